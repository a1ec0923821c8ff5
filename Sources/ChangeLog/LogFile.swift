import Foundation

/// Why the change log cannot be written: which file, why, and what to do.
package struct LogProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package var path: String
    package var reason: String
    package var remedy: String

    package init(path: String, reason: String, remedy: String) {
        self.path = path
        self.reason = reason
        self.remedy = remedy
    }

    package var description: String { "change log \(path): \(reason). \(remedy)" }
}

/// The change log, open for appending whole lines.
///
/// A class because it owns a file descriptor.
package final class LogFile {
    /// What has become of an open file in the meantime.
    package enum Standing: Sendable, Hashable {
        /// It is what the path names, and has what was written to it.
        case asWritten
        /// The path names another file, or none.
        case renamed
        /// It has no name any more: nobody will read what is written to it.
        case removed
        /// It is shorter, or longer.
        case altered
    }

    package let path: String
    /// The last record that was in the file when it was opened; nil when it had none.
    package private(set) var last: ChainedLine?
    private(set) var lastLine: [UInt8] = []
    /// When that record was made, in microseconds since 1970 (UTC).
    package var lastMicroseconds: Int64? { ChainedLine.microseconds(lastLine) }
    /// The number of the last record in the file; nil when it has none.
    package private(set) var lastSequence: Int64?
    private let descriptor: Int32
    private var size: off_t

    /// Opens or makes the file, and cuts it back to its last whole line.
    ///
    /// - Throws: when it cannot be written, or holds something other than change records.
    package init(path: String) throws(LogProblem) {
        self.path = path
        let isNew = access(path, F_OK) != 0
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw Self.problem(path, errno) }
        self.descriptor = descriptor
        size = lseek(descriptor, 0, SEEK_END)
        if isNew { Self.syncFolder(of: path) }
        try cutBack()
    }

    deinit { close(descriptor) }

    package var standing: Standing {
        var (own, named) = (stat(), stat())
        guard fstat(descriptor, &own) == 0, own.st_nlink > 0 else { return .removed }
        guard stat(path, &named) == 0, own.st_ino == named.st_ino, own.st_dev == named.st_dev else { return .renamed }
        return own.st_size == size ? .asWritten : .altered
    }

    /// Whether that was the last line when the file was opened.
    ///
    /// - Parameter line: without its line feed.
    package func endsWith(_ line: [UInt8]) -> Bool { lastLine == line }

    /// Appends `lines`, each with its line feed, and waits until they are on the disk. All or nothing.
    package func append(_ lines: [UInt8], lastSequence: Int64) throws(LogProblem) {
        var written = 0
        while written < lines.count {
            let count = lines.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw undo(errno) }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw undo(errno) }
        size += off_t(written)
        self.lastSequence = lastSequence
    }

    private func undo(_ code: Int32) -> LogProblem {
        ftruncate(descriptor, size)
        return Self.problem(path, code)
    }

    // MARK: The end of the file

    private func cutBack() throws(LogProblem) {
        guard size > 0 else { return }
        let tail = try readTail()
        guard let lineFeed = tail.lastIndex(of: UInt8(ascii: "\n")) else {
            guard tail.count == size, tail.starts(with: Self.opening.prefix(tail.count)) else { throw foreign }
            return try truncate(to: 0)
        }
        let whole = tail[...lineFeed]
        let start = whole.dropLast().lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? whole.startIndex
        lastLine = Array(whole[start..<lineFeed])
        last = lastLine.withUnsafeBytes { ChainedLine($0) }
        guard let last else { throw foreign }
        lastSequence = last.sequence
        let torn = tail.count - (lineFeed + 1)
        if torn > 0 { try truncate(to: size - off_t(torn)) }
    }

    /// The last bytes of the file, from before its last whole line on.
    private func readTail() throws(LogProblem) -> [UInt8] {
        var length: off_t = 1 << 16
        while true {
            length = min(length, size)
            var tail = [UInt8](repeating: 0, count: Int(length))
            let count = tail.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, size - length) }
            guard count == tail.count else { throw Self.problem(path, errno) }
            if length == size || tail.count(where: { $0 == UInt8(ascii: "\n") }) >= 2 { return tail }
            length *= 2
        }
    }

    private func truncate(to length: off_t) throws(LogProblem) {
        guard ftruncate(descriptor, length) == 0, fsync(descriptor) == 0 else { throw Self.problem(path, errno) }
        size = length
    }

    private static let opening = Array(#"{"@timestamp":"#.utf8)

    private var foreign: LogProblem {
        LogProblem(
            path: path, reason: "it holds something other than change records",
            remedy: "Move the file away, or name another one with Rollcall::ChangeLog.")
    }

    private static func problem(_ path: String, _ code: Int32) -> LogProblem {
        let remedy =
            switch code {
            case ENOENT: "Create its folder, or name another file with Rollcall::ChangeLog."
            case EACCES, EPERM, EROFS: "Let the service user write the file and its folder."
            case ENOSPC, EDQUOT: "Make room on the disk. Nothing is lost: the store has every record."
            default: "Check the disk and the system's log."
            }
        return LogProblem(path: path, reason: String(cString: strerror(code)), remedy: remedy)
    }

    /// Makes a new file's name durable as well.
    private static func syncFolder(of path: String) {
        let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }
}
