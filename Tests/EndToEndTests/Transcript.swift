import Foundation
import Support

/// Commands with all that they say: lines that begin with `$` are given to bash; what follows is the output, errors with
/// `! ` before them, and the exit code where it is not 0. Lines that begin with `#` are words for people.
///
/// `ROLLCALL_GOLDEN=write` writes anew what the commands say now, to be looked at before it is committed.
struct Transcript {
    private let path: String
    private let text: String

    init(_ name: String, file: String = #filePath) throws {
        path = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Golden/\(name).txt").path
        text = try String(contentsOfFile: path, encoding: .utf8)
    }

    /// What the transcript says of each command, and what it does now.
    func play(with rollcall: Rollcall?, prepare: (String) throws -> Void = { _ in }) throws -> [(
        expected: String, found: String
    )] {
        var blocks: [(words: String, command: String, expected: String)] = [("", "", "")]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("$ ") {
                blocks.append(("", String(line), ""))
            } else if line.hasPrefix("#") {
                blocks.append((line + "\n", "", ""))
            } else {
                blocks[blocks.count - 1].expected += line + "\n"
            }
        }
        var all = ""
        var pairs: [(expected: String, found: String)] = []
        for block in blocks {
            all += block.words
            if block.command.isEmpty {
                all += block.words.isEmpty ? block.expected : "\n"
                try prepare(block.words)
                continue
            }
            let found = try run(block.command, rollcall) + "\n"
            all += block.command + "\n" + found
            pairs.append((block.command + "\n" + block.expected, block.command + "\n" + found))
        }
        if ProcessInfo.processInfo.environment["ROLLCALL_GOLDEN"] == "write" {
            while all.hasSuffix("\n\n") { all.removeLast() }
            try all.write(toFile: path, atomically: true, encoding: .utf8)
        }
        return pairs
    }

    private func run(_ command: String, _ rollcall: Rollcall?) throws -> String {
        let script = """
            rollcall() { "$PROGRAM" "$@" \(rollcall == nil ? "" : #"--config "$CONFIG""#); }
            \(command.dropFirst(2))
            """
        let outcome = try Support.run(
            "/bin/bash", ["-c", script],
            environment: [
                "PROGRAM": Rollcall.program, "CONFIG": rollcall?.configuration ?? "", "COLUMNS": "120", "SUDO_USER": "grace",
            ], folder: rollcall?.folder.path)
        var text = Self.general(outcome.output, rollcall)
        for line in Self.general(outcome.errors, rollcall).split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            text += line.isEmpty ? "!\n" : "! \(line)\n"
        }
        if outcome.status != 0 { text += "exit code \(outcome.status)\n" }
        return text
    }

    /// Without what is another in every run.
    private static func general(_ text: String, _ rollcall: Rollcall?) -> String {
        var text = text
        if let rollcall { text = text.replacingOccurrences(of: rollcall.folder.path, with: "FOLDER") }
        let id = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
        for (pattern, word) in [
            (id, "ID"), ("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "TIME"), ("\"(time|created|changed)\":[0-9]+", "\"$1\":0"),
        ] {
            text = text.replacingOccurrences(of: pattern, with: word, options: .regularExpression)
        }
        return text
    }
}
