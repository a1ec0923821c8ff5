import Foundation
import Synchronization

/// Stands between a client and a server on 127.0.0.1 and spoils the answer.
package final class FaultProxy: Sendable {
    package enum Fault: Sendable {
        /// Closes the connection after so many bytes from the server.
        case cut(afterBytes: Int)
        /// The same, as a server does that has crashed: the client gets a reset in place of an end.
        case reset(afterBytes: Int)
        /// Sends nothing more after so many bytes, and keeps the connection.
        case stall(afterBytes: Int)
        /// Lets no more than so many bytes pass in a second.
        case slow(bytesPerSecond: Int)
        /// Does something after so many bytes, and goes on.
        case interlude(afterBytes: Int, @Sendable () -> Void)
        /// Ends one answer with an LDAP result code in place of its message number `message`, counted from 0 over all of the
        /// connection.
        case result(code: UInt8, message: Int)
        /// Puts a reference to another server before the first entry from message number `message` on.
        case reference(message: Int)
        /// Nothing is spoilt.
        case none
    }

    package var port: Int { acceptor.port }
    private let acceptor: Acceptor
    private let target: Int
    private let first: Int
    private let state: Mutex<State>

    private struct State {
        var fault: Fault
        var open: [Relay] = []
        var count = 0
        var bytes = 0
        var messages = 0
    }

    /// - Parameter first: the number of the first connection that is spoilt.
    package init(to target: Int, _ fault: Fault, from first: Int = 0) throws {
        self.first = first
        self.target = target
        state = Mutex(State(fault: fault))
        acceptor = try Acceptor()
        acceptor.start { [weak self] client in
            guard let self else { return false }
            serve(client)
            return true
        }
    }

    deinit {
        for relay in state.withLock(\.open) { relay.end() }
    }

    /// Spoils connections in another way from now on, and ends those that there are.
    package func spoil(_ fault: Fault) {
        let open = state.withLock { state in
            state.fault = fault
            defer { state.open = [] }
            return state.open
        }
        for relay in open { relay.end() }
    }

    package var uri: String { "ldap://127.0.0.1:\(port)" }
    /// From the server, over all connections.
    package var bytes: Int { state.withLock(\.bytes) }
    /// LDAP messages from the server, over all connections that were not spoilt by bytes.
    package var messages: Int { state.withLock(\.messages) }

    private func serve(_ client: Int32) {
        let server = Loopback.new(SOCK_STREAM)
        guard Loopback.withAddress(target, { connect(server, $0, $1) }) == 0 else {
            close(client)
            close(server)
            return
        }
        let relay = Relay(client: client, server: server)
        let fault = state.withLock { state in
            state.open.append(relay)
            state.count += 1
            return state.count <= first ? .none : state.fault
        }
        Thread.detachNewThread {
            relay.copyRequests()
            relay.leave()
        }
        Thread.detachNewThread { [weak self] in
            relay.copyAnswers(fault) { bytes, messages in
                self?.state.withLock { state in
                    state.bytes += bytes
                    state.messages += messages
                }
            }
            relay.leave()
        }
    }

    /// Copies until the end of the stream; then shuts both down.
    static func copy(from source: Int32, to target: Int32) {
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = read(source, &buffer, buffer.count)
            guard count > 0, send(target, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
        }
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(target, Int32(SHUT_RDWR))
    }
}

/// One connection through a proxy. Its two threads leave it, and the last one closes the sockets.
private final class Relay: Sendable {
    private let client: Int32
    private let server: Int32
    private let threads = Mutex(2)

    init(client: Int32, server: Int32) {
        self.client = client
        self.server = server
    }

    func leave() {
        threads.withLock { threads in
            threads -= 1
            guard threads == 0 else { return }
            close(client)
            close(server)
        }
    }

    /// Ends both streams, if they are still open.
    func end() {
        threads.withLock { threads in
            guard threads > 0 else { return }
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(server, Int32(SHUT_RDWR))
        }
    }

    func copyRequests() {
        var buffer = [UInt8](repeating: 0, count: 16384)
        while case let count = read(client, &buffer, buffer.count), count > 0, pass(buffer[..<count], to: server) {}
        shutdown(server, Int32(SHUT_RDWR))
    }

    func copyAnswers(_ fault: FaultProxy.Fault, _ count: (_ bytes: Int, _ messages: Int) -> Void) {
        switch fault {
        case .cut(let bytes):
            copyBytes(upTo: bytes, count)
            end()
        case .reset(let bytes):
            copyBytes(upTo: bytes, count)
            reset()
        case .stall(let bytes): if !copyBytes(upTo: bytes, count) { end() }
        case .slow(let rate): copySlowly(rate)
        case .interlude(let bytes, let body):
            if copyBytes(upTo: bytes, count) { body() }
            copyBytes(upTo: .max, count)
            end()
        case .result, .reference, .none:
            copyMessages(fault, count)
            end()
        }
    }

    /// - Returns: false when the stream ended before.
    @discardableResult
    private func copyBytes(upTo limit: Int, _ note: (Int, Int) -> Void) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16384)
        var left = limit
        while left > 0 {
            let count = read(server, &buffer, min(buffer.count, left))
            guard count > 0, pass(buffer[..<count], to: client) else { return false }
            note(count, 0)
            left -= count
        }
        return true
    }

    private func copySlowly(_ bytesPerSecond: Int) {
        var buffer = [UInt8](repeating: 0, count: max(1, bytesPerSecond / 20))
        while case let count = read(server, &buffer, buffer.count), count > 0, pass(buffer[..<count], to: client) {
            usleep(50_000)
        }
        end()
    }

    /// The tag that every LDAP message begins with.
    private static let sequence: UInt8 = 0x30

    private func copyMessages(_ fault: FaultProxy.Fault, _ note: (Int, Int) -> Void) {
        var spoiler = MessageSpoiler(fault: fault)
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(server, &buffer, buffer.count), count > 0 {
            pending += buffer[..<count]
            guard pending.first == Self.sequence else {
                // Not LDAP, but TLS.
                note(count, 0)
                guard pass(pending[...], to: client) else { return }
                pending = []
                continue
            }
            var messages = 0
            var answer: [UInt8] = []
            var start = 0
            while let length = BERElement.length(of: pending[start...]) {
                answer += spoiler.spoil(pending[start..<start + length])
                start += length
                messages += 1
            }
            pending.removeFirst(start)
            note(count, messages)
            guard pass(answer[...], to: client) else { return }
        }
    }

    private func pass(_ bytes: ArraySlice<UInt8>, to target: Int32) -> Bool {
        bytes.isEmpty || bytes.withUnsafeBytes { send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } == bytes.count
    }

    /// The client gets a reset when its socket is closed.
    private func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(client, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        shutdown(client, Int32(SHUT_RD))
        shutdown(server, Int32(SHUT_RDWR))
    }
}

/// Replaces messages of a server (RFC 4511 section 4.1.1).
private struct MessageSpoiler {
    private static let bindResponse: UInt8 = 0x61
    private static let entry: UInt8 = 0x64
    private static let done: UInt8 = 0x65
    private static let reference: UInt8 = 0x73

    let fault: FaultProxy.Fault
    private var count = 0
    /// The answer of which nothing more is passed on.
    private var dropped: [UInt8]?
    private var isOver = false

    init(fault: FaultProxy.Fault) { self.fault = fault }

    /// What to send in place of a message.
    mutating func spoil(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        defer { count += 1 }
        var rest = Array(bytes)
        guard let message = BERElement(takenFrom: &rest) else { return Array(bytes) }
        let parts = message.children
        guard parts.count >= 2 else { return Array(bytes) }
        if let dropped {
            guard dropped == parts[0].content else { return Array(bytes) }
            if parts[1].tag == Self.done { self.dropped = nil }
            return []
        }
        switch fault {
        case .result(let code, count) where !isOver:
            isOver = true
            let isBind = parts[1].tag == Self.bindResponse
            if !isBind, parts[1].tag != Self.done { dropped = parts[0].content }
            return Self.result(code, isBind ? Self.bindResponse : Self.done, to: parts[0]).bytes
        case .reference(let first) where !isOver && count >= first && parts[1].tag == Self.entry:
            isOver = true
            let uri = BERElement(tag: 0x04, content: Array("ldap://127.0.0.1:1/dc=elsewhere".utf8))
            let reference = BERElement(tag: Self.reference, children: [uri])
            return BERElement(tag: 0x30, children: [parts[0], reference]).bytes + bytes
        default: return Array(bytes)
        }
    }

    private static func result(_ code: UInt8, _ tag: UInt8, to number: BERElement) -> BERElement {
        var children = [
            BERElement(tag: 0x0A, content: [code]), BERElement(tag: 0x04, content: []),
            BERElement(tag: 0x04, content: Array("by the test".utf8)),
        ]
        if code == 10 {
            let uri = BERElement(tag: 0x04, content: Array("ldap://127.0.0.1:1/dc=elsewhere".utf8))
            children.append(BERElement(tag: 0xA3, children: [uri]))
        }
        return BERElement(tag: 0x30, children: [number, BERElement(tag: tag, children: children)])
    }
}
