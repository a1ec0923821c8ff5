import Foundation
import Synchronization

/// Ports of 127.0.0.1 that nobody uses, and that stay the test run's own until it ends.
///
/// They lie below those that the kernel gives to clients, so no connection takes one before its server is there, or while
/// that is restarted. Other test runs leave them alone: each port is a byte of a file, and who has the port has locked it.
package enum FreePort {
    package static func take() throws -> Int { try claims.withLock { try $0.take() } }

    private static let claims = Mutex(Claims())

    private struct Claims {
        private var file: Int32?
        private var taken: Set<Int> = []

        mutating func take() throws -> Int {
            let file = try self.file ?? Self.open()
            self.file = file
            let range = FreePort.range
            let first = Int.random(in: range)
            for port in Array(first..<range.upperBound) + Array(range.lowerBound..<first) where !taken.contains(port) {
                guard FreePort.lock(port, in: file), FreePort.canListen(port) else { continue }
                taken.insert(port)
                return port
            }
            throw TestFailure("no free port in \(range)")
        }

        /// Never closed: with it the locks would go.
        private static func open() throws -> Int32 {
            let file = Foundation.open(FreePort.lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw TestFailure("\(FreePort.lockFile): \(String(cString: strerror(errno)))") }
            return file
        }
    }

    /// One for each user: others could not open it.
    package static let lockFile = "/tmp/rollcall-test-ports.\(geteuid())"

    /// Those of ordinary servers that the kernel gives to no client.
    package static let range: Range<Int> = {
        let text = try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
        let first = text?.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) } ?? 32768
        return first > 12000 ? 10000..<first : 10000..<32768
    }()

    /// - Returns: false when another process has locked it.
    private static func lock(_ port: Int, in file: Int32) -> Bool {
        lseek(file, off_t(port), Int32(SEEK_SET)) >= 0 && lockf(file, Int32(F_TLOCK), 1) == 0
    }

    private static func canListen(_ port: Int) -> Bool {
        guard let descriptor = probe(port) else { return false }
        close(descriptor)
        return true
    }

    /// A socket that has the port, if nobody listens there. A process that is being started may have a copy of it for a moment.
    package static func probe(_ port: Int) -> Int32? {
        let descriptor = Loopback.shared()
        if Loopback.withAddress(port, { bind(descriptor, $0, $1) }) == 0 { return descriptor }
        close(descriptor)
        return nil
    }
}
