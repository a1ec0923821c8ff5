import Foundation
import Synchronization

/// Stands between a client and a server on 127.0.0.1 and spoils the answer.
package final class FaultProxy: Sendable {
    package enum Fault: Sendable {
        /// Closes the connection after so many bytes from the server.
        case cut(afterBytes: Int)
        /// Sends nothing more after so many bytes, and keeps the connection.
        case stall(afterBytes: Int)
    }

    package let port: Int
    private let listener: Int32
    private let target: Int
    private let fault: Fault
    private let open = Mutex<[Int32]>([])
    private let isOver = Mutex(false)

    package init(to target: Int, _ fault: Fault) throws {
        self.target = target
        self.fault = fault
        port = try FreePort.take()
        listener = try Self.listener(on: port)
        Thread.detachNewThread { [weak self, listener] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let self, !self.isOver.withLock({ $0 }) else { return }
                self.serve(client)
            }
        }
    }

    deinit {
        isOver.withLock { $0 = true }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        open.withLock { for descriptor in $0 { shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }

    /// A socket that listens on `port` of 127.0.0.1.
    static func listener(on port: Int) throws -> Int32 {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var on: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let bound = withAddress(port) { bind(listener, $0, $1) }
        guard bound == 0, listen(listener, 8) == 0 else { throw TestFailure("proxy: \(String(cString: strerror(errno)))") }
        return listener
    }

    private static func withAddress<Result>(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private func serve(_ client: Int32) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard Self.withAddress(target, { connect(server, $0, $1) }) == 0 else {
            close(client)
            return
        }
        open.withLock { $0 += [client, server] }
        let fault = fault
        Thread.detachNewThread { Self.copy(from: client, to: server, limit: nil) }
        Thread.detachNewThread {
            switch fault {
            case .cut(let bytes):
                Self.copy(from: server, to: client, limit: bytes)
            case .stall(let bytes):
                Self.copy(from: server, to: client, limit: bytes, endsAtLimit: false)
            }
        }
    }

    /// Copies until the end of the stream or `limit`; then shuts both down, or leaves them hanging.
    static func copy(from source: Int32, to target: Int32, limit: Int?, endsAtLimit: Bool = true) {
        var buffer = [UInt8](repeating: 0, count: 16384)
        var left = limit ?? .max
        while left > 0 {
            let count = read(source, &buffer, min(buffer.count, left))
            guard count > 0, send(target, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
            left -= count
        }
        if left == 0, !endsAtLimit { return }
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(target, Int32(SHUT_RDWR))
    }
}
