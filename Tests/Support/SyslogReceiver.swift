import Foundation
import Synchronization

/// A syslog receiver on 127.0.0.1; ended with the test.
package final class SyslogReceiver: Sendable {
    package enum Way: Sendable {
        case udp, tcp
        /// With PEM files.
        case tls(TLSServer)
    }

    package enum Conduct: Sendable, Equatable {
        case reads
        /// Takes connections, and nothing from them.
        case ignores
        /// Breaks the first connection off after a message, with what is on its way.
        case resets
        /// Ends the first connection in good order after a message.
        case ends
    }

    package let port: Int
    private let way: Way
    private let conduct: Conduct
    private let descriptor: Int32
    private let state = Mutex(State())
    private let happened = Signal()

    private struct State {
        var messages: [ReceivedSyslog] = []
        var flaws: [String] = []
        var open: Set<Int32> = []
        var connections = 0
        var ended = 0
    }

    /// - Parameter port: nil for a free one.
    package init(_ way: Way, _ conduct: Conduct = .reads, port wanted: Int? = nil) throws {
        self.way = way
        self.conduct = conduct
        port = try wanted ?? FreePort.take()
        if case .udp = way {
            descriptor = try Loopback.bindDatagrams(port)
        } else {
            // So small that not much can be on its way to somebody who does not read.
            descriptor = try Loopback.listen(port, receiveBytes: conduct == .ignores || conduct == .resets ? 4096 : nil)
        }
        let owner: @Sendable () -> SyslogReceiver? = { [weak self] in self }
        Thread.detachNewThread { [descriptor] in
            if case .udp = way { Self.receiveDatagrams(descriptor, owner) } else { Self.accept(descriptor, owner) }
        }
    }

    deinit {
        // The descriptor is closed by the thread that uses it: after that its number may be another test's.
        if case .udp = way { Loopback.wake(port) } else { Loopback.knock(port) }
        state.withLock { for connection in $0.open { shutdown(connection, Int32(SHUT_RDWR)) } }
    }

    // MARK: What has come

    package var messages: [ReceivedSyslog] { state.withLock { $0.messages } }
    package var connectionCount: Int { state.withLock { $0.connections } }

    /// Waits for so many messages in all.
    ///
    /// - Throws: also when something came that is no message.
    package func wait(for count: Int, seconds: Int = 60) throws -> [ReceivedSyslog] {
        try wait(seconds, "\(count) messages") { $0.messages.count >= count }
        return messages
    }

    /// Waits until the messages so far are enough.
    package func wait(
        for what: String, seconds: Int = 60, until isEnough: ([ReceivedSyslog]) -> Bool
    ) throws {
        try wait(seconds, what) { isEnough($0.messages) }
    }

    /// Waits until a connection has ended from this side.
    package func waitForEnd(seconds: Int = 60) throws { try wait(seconds, "the end of a connection") { $0.ended > 0 } }

    private func wait(_ seconds: Int, _ what: String, until isDone: (State) -> Bool) throws {
        let deadline = DispatchTime.now() + .seconds(seconds)
        while true {
            let (isDone, flaws, count) = state.withLock { (isDone($0), $0.flaws, $0.messages.count) }
            guard flaws.isEmpty else { throw TestFailure("received: \(flaws)") }
            if isDone { return }
            guard happened.wait(until: deadline) else {
                throw TestFailure("waited \(seconds) s for \(what); \(count) messages came")
            }
        }
    }

    private func add(_ messages: [[UInt8]]) {
        state.withLock { state in
            for message in messages {
                do {
                    state.messages.append(try ReceivedSyslog(message))
                } catch {
                    state.flaws.append("\(error)")
                }
            }
        }
        happened.raise()
    }

    // MARK: Threads

    private static func receiveDatagrams(_ descriptor: Int32, _ owner: () -> SyslogReceiver?) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0, let owner = owner() {
            owner.add([Array(buffer[..<count])])
        }
        close(descriptor)
    }

    private static func accept(_ listener: Int32, _ owner: @escaping @Sendable () -> SyslogReceiver?) {
        defer { close(listener) }
        while case let client = Foundation.accept(listener, nil, nil), client >= 0 {
            guard let receiver = owner() else {
                close(client)
                return
            }
            receiver.begin(client, owner)
        }
    }

    private func begin(_ client: Int32, _ owner: @escaping @Sendable () -> SyslogReceiver?) {
        let number = state.withLock {
            $0.open.insert(client)
            $0.connections += 1
            return $0.connections
        }
        happened.raise()
        if conduct == .ignores { return }
        Thread.detachNewThread { [way, conduct = number == 1 ? conduct : .reads] in Self.read(client, way, conduct, owner) }
    }

    private static func read(_ client: Int32, _ way: Way, _ conduct: Conduct, _ owner: () -> SyslogReceiver?) {
        var session: TLSServer.Session?
        if case .tls(let server) = way { session = server.session(over: client) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var frames = OctetCounting()
        while case let count = session?.read(&buffer) ?? Foundation.read(client, &buffer, buffer.count), count > 0,
            let receiver = owner()
        {
            guard receiver.take(buffer[..<count], into: &frames) == 0 || conduct == .reads else { break }
        }
        session = nil
        owner()?.end(client, withReset: conduct == .resets)
    }

    /// - Returns: how many messages there were.
    private func take(_ bytes: ArraySlice<UInt8>, into frames: inout OctetCounting) -> Int {
        do {
            let messages = try frames.take(bytes)
            add(messages)
            return messages.count
        } catch {
            state.withLock { $0.flaws.append("\(error)") }
            happened.raise()
            return 0
        }
    }

    private func end(_ client: Int32, withReset: Bool) {
        _ = state.withLock { $0.open.remove(client) }
        if withReset { Loopback.reset(client) } else { close(client) }
        state.withLock { $0.ended += 1 }
        happened.raise()
    }
}
