import Foundation

/// Reads the lines of one file of a change log, also one that `gzip` or `zstd` has compressed.
package struct LogReader {
    package let path: String

    package init(_ path: String) { self.path = path }

    /// The programs that undo what the ending of a name tells.
    private static let programs = ["gz": "gzip", "zst": "zstd"]

    private static let chunkSize = 1 << 20

    /// Calls `body` with each line, without its line feed, and its number from 1, until it returns false.
    ///
    /// - Returns: whether the file ends with a whole line, as far as it was read.
    /// - Throws: a `LogProblem` for a file that cannot be read, or what `body` throws.
    @discardableResult
    package func forEachLine(_ body: (UnsafeRawBufferPointer, Int) throws -> Bool) throws -> Bool {
        guard let name = Self.programs[(path as NSString).pathExtension] else {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw problem(String(cString: strerror(errno))) }
            defer { close(descriptor) }
            return try lines(of: descriptor, body)
        }
        guard access(path, R_OK) == 0 else { throw problem(String(cString: strerror(errno))) }
        return try lines(unpackedBy: name, body)
    }

    private func lines(
        unpackedBy name: String, _ body: (UnsafeRawBufferPointer, Int) throws -> Bool
    ) throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name, "-dc", "--", path]
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch { throw problem("\(name) cannot be run: \(error)", "Install \(name).") }
        let isWhole: Bool
        var hasSeenEnough = false
        do {
            isWhole = try lines(of: output.fileHandleForReading.fileDescriptor) { line, number in
                hasSeenEnough = try !body(line, number)
                return !hasSeenEnough
            }
        } catch {
            process.terminate()
            process.waitUntilExit()
            throw error
        }
        // Whoever has seen enough does not wait for the rest.
        try? output.fileHandleForReading.close()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard hasSeenEnough || process.terminationReason == .exit && process.terminationStatus == 0 else {
            let reason = said.split(separator: "\n").first.map(String.init) ?? "\(name) failed"
            throw problem(reason, "Install \(name) if it is missing; otherwise the file is damaged.")
        }
        return isWhole
    }

    private func lines(of descriptor: Int32, _ body: (UnsafeRawBufferPointer, Int) throws -> Bool) throws -> Bool {
        var bytes = [UInt8](repeating: 0, count: Self.chunkSize)
        var (filled, number) = (0, 0)
        while true {
            if filled == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
            let count = bytes.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw problem(String(cString: strerror(errno))) }
            if count == 0 { return filled == 0 }
            filled += count
            let used = try bytes.withUnsafeBytes { bytes in
                try Self.lines(in: UnsafeRawBufferPointer(rebasing: bytes[..<filled]), &number, body)
            }
            guard let used else { return true }
            bytes.withUnsafeMutableBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                memmove(start, start + used, filled - used)
            }
            filled -= used
        }
    }

    /// - Returns: how many bytes were whole lines; nil when `body` has seen enough.
    private static func lines(
        in bytes: UnsafeRawBufferPointer, _ number: inout Int, _ body: (UnsafeRawBufferPointer, Int) throws -> Bool
    ) throws -> Int? {
        var start = 0
        while start < bytes.count, let base = bytes.baseAddress, let found = memchr(base + start, 0x0A, bytes.count - start) {
            let end = UnsafeRawPointer(found) - base
            number += 1
            guard try body(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), number) else { return nil }
            start = end + 1
        }
        return start
    }

    private func problem(
        _ reason: String, _ remedy: String = "Name a file that is there and that you may read."
    ) -> LogProblem {
        LogProblem(path: path, reason: reason, remedy: remedy)
    }
}
