import Foundation
import Synchronization

/// Stands before a server and has it show at most so many values of `member` at once, as Active Directory does
/// (MaxValRange) and Samba does not.
///
/// It rewrites requests: who asks for `member` asks for `member;range=0-1499`, and that Samba answers as Active Directory
/// answers a group that is too large. A smaller group is answered with a range as well, which ends in `*`.
package final class RangeProxy: Sendable {
    package var port: Int { acceptor.port }
    private let acceptor: Acceptor
    private let limit: Int?
    private let path: String
    private let open = Mutex<[Int32]>([])

    package var uri: String { "ldap://127.0.0.1:\(port)" }

    /// - Parameters:
    ///   - path: the server's Unix-domain socket.
    ///   - limit: nil lets everything pass as it is.
    package init(to path: String, limit: Int? = 1500) throws {
        self.path = path
        self.limit = limit
        acceptor = try Acceptor()
        acceptor.start { [weak self] client in
            guard let self else { return false }
            serve(client)
            return true
        }
    }

    deinit {
        open.withLock { for descriptor in $0 { shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }

    private func serve(_ client: Int32) {
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard Self.connect(server, to: path) else {
            close(client)
            return
        }
        open.withLock { $0 += [client, server] }
        let limit = limit
        Thread.detachNewThread {
            guard let limit else { return FaultProxy.copy(from: client, to: server) }
            Self.copyRequests(from: client, to: server, limit: limit)
        }
        Thread.detachNewThread { FaultProxy.copy(from: server, to: client) }
    }

    private static func connect(_ descriptor: Int32, to path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    private static func copyRequests(from client: Int32, to server: Int32, limit: Int) {
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = read(client, &buffer, buffer.count)
            guard count > 0 else { break }
            pending += buffer[..<count]
            while let message = BERElement(takenFrom: &pending) {
                let bytes = MemberRange.limited(message, to: limit).bytes
                guard send(server, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return }
            }
        }
        shutdown(client, Int32(SHUT_RDWR))
        shutdown(server, Int32(SHUT_RDWR))
    }
}

/// How a search (RFC 4511 section 4.5.1) is made to ask for few members.
private enum MemberRange {
    private static let searchRequest: UInt8 = 0x63

    /// The same LDAP message; a search in it asks for at most `limit` values of `member`.
    static func limited(_ message: BERElement, to limit: Int) -> BERElement {
        var parts = message.children
        guard parts.count > 1, parts[1].tag == searchRequest else { return message }
        var request = parts[1].children
        guard let attributes = request.last else { return message }
        let names = attributes.children.map { name in
            BERElement(tag: name.tag, content: Array(limited(String(decoding: name.content, as: UTF8.self), to: limit).utf8))
        }
        request[request.count - 1] = BERElement(tag: attributes.tag, children: names)
        parts[1] = BERElement(tag: searchRequest, children: request)
        return BERElement(tag: message.tag, children: parts)
    }

    private static func limited(_ attribute: String, to limit: Int) -> String {
        let name = attribute.lowercased()
        if name == "member" { return "\(attribute);range=0-\(limit - 1)" }
        guard name.hasPrefix("member;range="),
            let first = name.dropFirst("member;range=".count).split(separator: "-").first.flatMap({ Int($0) })
        else { return attribute }
        return "member;range=\(first)-\(first + limit - 1)"
    }
}
