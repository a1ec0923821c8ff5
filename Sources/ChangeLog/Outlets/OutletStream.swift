import Foundation

/// A stream of bytes over a socket, with TLS or without.
protocol OutletStream: AnyObject {
    var socket: OutletSocket { get }

    /// Hands all of `bytes` to the kernel.
    func write(_ bytes: [UInt8]) throws(OutletProblem)

    /// Takes what has arrived, without waiting. Receivers of syslog have nothing to say, but TLS has.
    ///
    /// - Returns: false when the receiver has ended the stream.
    func takeIncoming() throws(OutletProblem) -> Bool
}

/// TCP as it is.
final class PlainStream: OutletStream {
    let socket: OutletSocket

    init(_ socket: OutletSocket) { self.socket = socket }

    func write(_ bytes: [UInt8]) throws(OutletProblem) {
        var sent = 0
        while sent < bytes.count { sent += try socket.send(bytes[sent...]) }
    }

    func takeIncoming() throws(OutletProblem) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(socket.descriptor, &buffer, buffer.count, 0)
            switch (count, errno) {
            case (0, _): return false
            case (1..., _), (_, EINTR): continue
            case (_, EAGAIN): return true
            case (_, let code): throw socket.lost(code)
            }
        }
    }
}
