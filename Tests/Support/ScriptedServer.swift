import Foundation
import Synchronization

/// A server on 127.0.0.1 that answers with what it is told, whatever it is asked; ended with the test.
package final class ScriptedServer: Sendable {
    package enum Ending: Sendable {
        /// Keeps the connection and says nothing more.
        case stall
        case hangUp
    }

    package let port: Int
    private let listener: Int32
    private let answers: [[UInt8]]
    private let ending: Ending
    private let heard = Mutex<[UInt8]>([])
    private let open = Mutex<[Int32]>([])

    /// - Parameter answers: one for each time that something arrives on a connection.
    package init(_ answers: [[UInt8]], then ending: Ending) throws {
        self.answers = answers
        self.ending = ending
        port = try FreePort.take()
        listener = try Loopback.listen(port)
        Thread.detachNewThread { [weak self, listener] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let self else { return }
                self.open.withLock { $0.append(client) }
                Thread.detachNewThread { [weak self] in self?.serve(client) }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        open.withLock { for descriptor in $0 { shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }

    /// Everything that has arrived.
    package var received: [UInt8] { heard.withLock(\.self) }

    private func serve(_ client: Int32) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        for answer in answers {
            let count = read(client, &buffer, buffer.count)
            guard count > 0 else { break }
            heard.withLock { $0 += buffer[..<count] }
            _ = send(client, answer, answer.count, Int32(MSG_NOSIGNAL))
        }
        if ending == .hangUp { shutdown(client, Int32(SHUT_RDWR)) }
        while case let count = read(client, &buffer, buffer.count), count > 0 {
            heard.withLock { $0 += buffer[..<count] }
        }
    }
}

/// Sockets of 127.0.0.1.
enum Loopback {
    /// - Parameter receiveBytes: what connections hold for somebody who does not read; nil for what the kernel likes.
    static func listen(_ port: Int, receiveBytes: Int32? = nil) throws -> Int32 {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var on: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        if var receiveBytes {
            setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &receiveBytes, socklen_t(MemoryLayout<Int32>.size))
        }
        let bound = withAddress(port) { bind(listener, $0, $1) }
        guard bound == 0, Foundation.listen(listener, 8) == 0 else {
            throw TestFailure("port \(port): \(String(cString: strerror(errno)))")
        }
        return listener
    }

    /// A socket for datagrams.
    static func bindDatagrams(_ port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard withAddress(port, { bind(descriptor, $0, $1) }) == 0 else {
            throw TestFailure("port \(port): \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    /// Sends an empty datagram, which ends a wait for others.
    static func wake(_ port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        withAddress(port) { _ = sendto(descriptor, nil, 0, 0, $0, $1) }
        close(descriptor)
    }

    /// Connects and goes again, which ends a wait for others.
    static func knock(_ port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        _ = withAddress(port) { connect(descriptor, $0, $1) }
        close(descriptor)
    }

    /// Ends a connection at once, together with all that is on its way (RFC 9293 section 3.10.7.4, RST).
    static func reset(_ client: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(client, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close(client)
    }

    static func withAddress<Result>(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
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
}
