import Foundation

/// The files of one change log, the oldest first: what rotation has put away, and the one that is written to.
package enum LogFiles {
    /// The file and those beside it that rotation made of it: its name with `-20261125`, `.1`, and so on, compressed or not.
    ///
    /// - Throws: a `LogProblem` when there is none, or the folder cannot be read.
    package static func all(of path: String) throws -> [String] {
        let files = try rotated(of: path) + (FileManager.default.fileExists(atPath: path) ? [path] : [])
        guard !files.isEmpty else {
            throw LogProblem(path: path, reason: "there is no such file", remedy: "Name the files of the change log.")
        }
        return try inOrder(files)
    }

    /// What rotation made of the file, in no order.
    private static func rotated(of path: String) throws -> [String] {
        let url = URL(fileURLWithPath: path)
        let (folder, name) = (url.deletingLastPathComponent().path, url.lastPathComponent)
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw LogProblem(
                path: path, reason: "its folder cannot be read",
                remedy: "Name the files, or run it as somebody who may read them.")
        }
        return names.filter { isRotated($0, of: name) }.map { "\(folder)/\($0)" }
    }

    /// The last whole line of what rotation has put away last. Half a line after it, which a crash has left, is cut off, unless the
    /// file is compressed.
    ///
    /// - Returns: nil when there is no such file, or no record in it.
    package static func lastRotatedLine(of path: String) -> [UInt8]? {
        guard let file = try? inOrder(rotated(of: path)).last else { return nil }
        if !["gz", "zst"].contains(URL(fileURLWithPath: file).pathExtension) { return try? LogFile(path: file).lastLine }
        var last: [UInt8]?
        _ = try? LogReader(file).forEachLine { line, _ in
            last = Array(line)
            return true
        }
        return last
    }

    private static func isRotated(_ other: String, of name: String) -> Bool {
        guard other.hasPrefix(name), let mark = other.dropFirst(name.count).first, mark == "." || mark == "-" else {
            return false
        }
        let ending = other.dropFirst(name.count + 1).split(separator: ".", omittingEmptySubsequences: false)
        return ending.enumerated().allSatisfy { position, part in
            position > 0 && (part == "gz" || part == "zst") || !part.isEmpty && part.allSatisfy { $0.isNumber || $0 == "-" }
        }
    }

    /// By the number of their first record; those without any come last.
    package static func inOrder(_ files: [String]) throws -> [String] {
        try files.map { (try firstNumber(of: $0), $0) }
            .sorted { ($0.0 ?? .max, $0.1) < ($1.0 ?? .max, $1.1) }.map(\.1)
    }

    private static func firstNumber(of file: String) throws -> Int64? {
        var first: Int64?
        try LogReader(file).forEachLine { line, _ in
            first = ChainedLine(line)?.sequence
            return false
        }
        return first
    }
}
