import Foundation
import Support

/// Configuration files of a test, in a folder of their own, on which Rollcall and real perl give their word.
struct Judged {
    private let folder = Result { try TestFolder() }
    /// Their folder, under the name that it has in a ticket system.
    let kernel: String
    /// The folder around it.
    let home: String

    /// - Parameter files: texts by their names below the folder, such as `Config/Files/A.pm`.
    init(_ files: [String: String]) throws {
        let folder = try folder.get()
        (home, kernel) = (folder.path, folder["Kernel"])
        for (name, text) in files {
            let path = folder["1/" + name]
            let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        }
        try FileManager.default.createSymbolicLink(atPath: kernel, withDestinationPath: "1")
    }

    subscript(name: String) -> String { kernel + "/" + name }

    /// `rollcall` with these arguments, then these files, or all of them in the ticket system's order. The folder's path
    /// is left out of what it prints.
    func rollcall(_ arguments: [String], files: [String]? = nil, environment: [String: String] = [:]) throws -> Outcome {
        let paths = files.map { $0.map { self[$0] } } ?? [kernel]
        var outcome = try run(Rollcall.program, arguments + paths, environment: environment)
        outcome.output = outcome.output.replacingOccurrences(of: kernel, with: "Kernel")
        outcome.errors = outcome.errors.replacingOccurrences(of: kernel, with: "Kernel")
        return outcome
    }

    /// What `rollcall config dump` prints, with what perl says of it: `same` if it builds the same from these files.
    ///
    /// - Parameter files: in the order in which they take effect.
    func verdict(_ files: [String], environment: [String: String] = [:]) throws -> String {
        let dump = try run(
            Rollcall.program, ["config", "dump", "--show-secrets"] + files.map { self[$0] }, environment: environment)
        let place = try folder.get()["1/"]
        try Data((dump.output.isEmpty ? "null" : dump.output).utf8).write(to: URL(fileURLWithPath: place + "dump.json"))
        try Data(files.map { $0 + "\n" }.joined().utf8).write(to: URL(fileURLWithPath: place + "files"))
        let judge = DemoTests.root + "/Tests/SettingsTests/Judge.pl"
        let verdict = try run("/usr/bin/perl", [judge, home], environment: environment)
        return (verdict.output + verdict.errors).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

extension Judged {
    /// One file of `Kernel/Config/Files` whose `Load` has these statements.
    static func file(_ name: String, _ statements: String) -> String {
        """
        package Kernel::Config::Files::\(name);
        use strict;
        use warnings;
        use utf8;

        sub Load {
            my ($File, $Self) = @_;
        \(statements)
            return;
        }
        1;

        """
    }
}
