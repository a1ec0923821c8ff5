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
    private let first: Int
    private let open = Mutex<[Int32]>([])
    private let isOver = Mutex(false)

    /// - Parameter first: the number of the first connection that is spoilt.
    package init(to target: Int, _ fault: Fault, from first: Int = 0) throws {
        self.first = first
        self.target = target
        self.fault = fault
        port = try FreePort.take()
        listener = try Loopback.listen(port)
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

    private func serve(_ client: Int32) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard Loopback.withAddress(target, { connect(server, $0, $1) }) == 0 else {
            close(client)
            return
        }
        let number = open.withLock { open in
            defer { open += [client, server] }
            return open.count / 2
        }
        let fault = number < first ? .cut(afterBytes: .max) : fault
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
