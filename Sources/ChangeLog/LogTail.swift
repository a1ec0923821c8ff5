import Foundation
import Model

/// Follows a change log file as `tail -F` does: through renaming, emptying, removal and making anew.
///
/// A class because it owns a file descriptor.
package final class LogTail {
    private let path: String
    private var descriptor: Int32 = -1
    private var offset: off_t = 0
    private var rest: [UInt8] = []
    /// What was read last, as long as a record's hash: a file that was emptied and has grown again ends otherwise there.
    private var ending: [UInt8] = []

    /// - Parameter end: begin with what is written from now on.
    package init(_ path: String, atEnd end: Bool) {
        self.path = path
        if end, open() { offset = lseek(descriptor, 0, SEEK_END) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The whole lines that have been added since, without their line feeds.
    package func lines() -> [[UInt8]] {
        var lines = newLines()
        // What was added to the old file before it was put away has been read: on to the new one.
        while hasMoved(), open() { lines += newLines() }
        return lines
    }

    private func open() -> Bool {
        let next = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard next >= 0 else { return false }
        if descriptor >= 0 { close(descriptor) }
        (descriptor, offset, rest, ending) = (next, 0, [], [])
        return true
    }

    private func hasMoved() -> Bool {
        guard descriptor >= 0 else { return true }
        var (own, named) = (stat(), stat())
        guard fstat(descriptor, &own) == 0, stat(path, &named) == 0 else { return false }
        guard named.st_ino == own.st_ino, named.st_dev == own.st_dev else { return true }
        return named.st_size < offset || !isContinued
    }

    /// What was read last is still where it was.
    private var isContinued: Bool {
        var bytes = [UInt8](repeating: 0, count: ending.count)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, offset - off_t($0.count)) }
        return count == ending.count && bytes == ending
    }

    private func newLines() -> [[UInt8]] {
        guard descriptor >= 0, isContinued else { return [] }
        var lines: [[UInt8]] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, offset) }
            guard count > 0 else { return lines }
            offset += off_t(count)
            ending = (ending + chunk[..<count]).suffix(ChainHash.hexCount + 4)
            rest += chunk[..<count]
            var parts = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            rest = Array(parts.removeLast())
            lines += parts.map(Array.init)
        }
    }
}
