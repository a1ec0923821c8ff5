import Foundation
import Model

/// A connected stream socket, made with a limit on each wait.
enum Socket {
    /// - Returns: a blocking descriptor that the caller owns.
    /// - Throws: `.unreachable` or `.timedOut`.
    static func connect(to server: Server, seconds: Int) throws(DirectoryProblem) -> Int32 {
        switch server {
        case .local(let path): try connectLocal(path, server: server)
        case .tcp(let host, let port, _): try connectTCP(host, port, server: server, seconds: seconds)
        }
    }

    private static func connectLocal(_ path: String, server: Server) throws(DirectoryProblem) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else {
            throw unreachable(server, "the socket's path is longer than \(capacity - 1) bytes")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw unreachable(server, words(errno)) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let reason = words(errno)
            close(descriptor)
            throw unreachable(server, reason)
        }
        return descriptor
    }

    private static func connectTCP(
        _ host: String, _ port: Int, server: Server, seconds: Int
    ) throws(DirectoryProblem) -> Int32 {
        let addresses = try NameLookUp.addresses(of: host, port: port, server: server, seconds: seconds)
        var last = unreachable(server, "the name has no address")
        for address in addresses {
            do {
                return try connect(address, server: server, seconds: seconds)
            } catch {
                last = error
            }
        }
        throw last
    }

    private static func connect(
        _ address: NameLookUp.Address, server: Server, seconds: Int
    ) throws(DirectoryProblem) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw unreachable(server, words(errno)) }
        do {
            try finish(address, on: descriptor, server: server, seconds: seconds)
        } catch {
            close(descriptor)
            throw error
        }
        setUp(descriptor)
        return descriptor
    }

    private static func finish(
        _ address: NameLookUp.Address, on descriptor: Int32, server: Server, seconds: Int
    ) throws(DirectoryProblem) {
        let result = address.bytes.withUnsafeBytes { bytes in
            Foundation.connect(
                descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
        }
        if result == 0 { return }
        guard errno == EINPROGRESS else { throw unreachable(server, words(errno)) }
        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&wait, 1, Int32(clamping: seconds * 1000)) > 0 else {
            throw .timedOut(server, step: "connecting", seconds: seconds)
        }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        if code != 0 { throw unreachable(server, words(code)) }
    }

    /// Blocking again, without delay for small requests, and noticing a peer that has vanished.
    private static func setUp(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
        setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, size)
        // A peer that has vanished without a word is noticed after a minute and a half, also on a connection that rests.
        for (option, seconds) in [(TCP_KEEPIDLE, 60), (TCP_KEEPINTVL, 10), (TCP_KEEPCNT, 3)] as [(Int32, Int32)] {
            var value = seconds
            setsockopt(descriptor, Int32(IPPROTO_TCP), option, &value, size)
        }
    }

    static func unreachable(_ server: Server, _ reason: String) -> DirectoryProblem {
        DirectoryProblem(
            kind: .unreachable, server: server.description, step: "connecting", reason: reason,
            remedy: "Check Host and port of the back end, and that the server runs and can be reached from here.")
    }

    private static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// Turns a host name into addresses, with a limit on the wait.
enum NameLookUp {
    /// A socket address as the system made it.
    struct Address: Sendable {
        let family: Int32
        let bytes: [UInt8]
    }

    /// `getaddrinfo` has no limit of its own.
    static func addresses(
        of host: String, port: Int, server: Server, seconds: Int
    ) throws(DirectoryProblem) -> [Address] {
        guard let result = LimitedWait.run(seconds: seconds, { ask(host, port, server) }) else {
            throw .timedOut(server, step: "looking up the name", seconds: seconds)
        }
        return try result.get()
    }

    private static func ask(_ host: String, _ port: Int, _ server: Server) -> Result<[Address], DirectoryProblem> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            return .failure(Socket.unreachable(server, String(cString: gai_strerror(code))))
        }
        defer { freeaddrinfo(list) }
        let addresses = sequence(first: list) { $0?.pointee.ai_next }.prefix { $0 != nil }.compactMap { item -> Address? in
            guard let item = item?.pointee, let address = item.ai_addr else { return nil }
            return Address(
                family: item.ai_family,
                bytes: Array(UnsafeRawBufferPointer(start: address, count: Int(item.ai_addrlen))))
        }
        return .success(addresses)
    }
}
