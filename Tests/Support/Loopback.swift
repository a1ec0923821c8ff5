import Foundation

/// Sockets of 127.0.0.1.
package enum Loopback {
    /// A socket that no process gets that is started meanwhile.
    static func new(_ type: __socket_type) -> Int32 {
        socket(AF_INET, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }

    /// One whose address others may take too, so long as none of them listens.
    ///
    /// Every process that is being started has a copy of it for a moment, which must stand in nobody's way.
    static func shared() -> Int32 {
        let descriptor = new(SOCK_STREAM)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
    }

    /// - Parameter receiveBytes: what connections hold for somebody who does not read; nil for what the kernel likes.
    package static func listen(_ port: Int, receiveBytes: Int32? = nil) throws -> Int32 {
        let listener = shared()
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
        let descriptor = new(SOCK_DGRAM)
        guard withAddress(port, { bind(descriptor, $0, $1) }) == 0 else {
            throw TestFailure("port \(port): \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    /// Sends an empty datagram, which ends a wait for others.
    static func wake(_ port: Int) {
        let descriptor = new(SOCK_DGRAM)
        withAddress(port) { _ = sendto(descriptor, nil, 0, 0, $0, $1) }
        close(descriptor)
    }

    /// Connects and goes again, which ends a wait for others.
    static func knock(_ port: Int) {
        let descriptor = new(SOCK_STREAM)
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

/// Takes connections on a port of 127.0.0.1, until nobody holds it any more.
final class Acceptor: Sendable {
    let port: Int
    private let listener: Int32

    init() throws {
        (port, listener) = try Self.listen()
    }

    /// The listener is closed by the thread that uses it: after that its number may be another test's.
    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// - Parameter serve: gets each connection; false when there is nobody any more who would serve it.
    func start(_ serve: @escaping @Sendable (Int32) -> Bool) {
        Thread.detachNewThread { [listener] in
            defer { close(listener) }
            while case let client = accept(listener, nil, nil), client >= 0 {
                guard serve(client) else {
                    close(client)
                    return
                }
            }
        }
    }

    /// On another port when somebody who asks nobody took the first.
    private static func listen() throws -> (port: Int, listener: Int32) {
        var last: any Error = TestFailure("no port was tried")
        for _ in 0..<5 {
            let port = try FreePort.take()
            do { return (port, try Loopback.listen(port)) } catch { last = error }
        }
        throw last
    }
}
