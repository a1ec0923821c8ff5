import ChangeLog
import Foundation
import Model
import Support
import Testing

/// Records to a syslog receiver over UDP and TCP.
@Suite struct SyslogSenderTests {
    private static let limits = OutletLimits(connectSeconds: 1, writeSeconds: 1)
    private static let remedy =
        "Check Host and Port of Rollcall::Syslog, and that the receiver runs and can be reached from here."

    /// Records of which each has about as many bytes.
    private static func lines(_ numbers: ClosedRange<Int64>, bytes: Int = 0) -> [[UInt8]] {
        let value = FieldChange("comments", from: nil, to: String(repeating: "x", count: bytes))
        return numbers.map { Record.form(Samples.record(.customerUserUpdated(Samples.anna, [value]), sequence: $0)) }
    }

    private static func sender(
        _ transport: SyslogTarget.Transport, _ port: Int, host: String = "127.0.0.1", limits: OutletLimits = OutletLimits()
    ) -> SyslogSender { SyslogSender(to: SyslogTarget(transport, host: host, port: port), limits: limits) }

    private static func problem(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [SyslogTarget.Transport.udp, .tcp], ["127.0.0.1", "localhost"])
    func `given records, when sent, then each is a message with its line, in order, and the head is one as well`(
        _ transport: SyslogTarget.Transport, _ host: String
    ) throws {
        let receiver = try SyslogReceiver(transport == .udp ? .udp : .tcp)
        let sender = Self.sender(transport, receiver.port, host: transport == .udp ? "127.0.0.1" : host)
        let lines = Samples.all.enumerated().map { Record.form(Samples.record($1, sequence: Int64($0 + 1))) }
        try sender.send(lines)
        try sender.send([])
        try sender.announce(head: 14, hash: String(repeating: "9f", count: 32))
        let messages = try receiver.wait(for: lines.count + 1)
        #expect(messages.map(\.message).dropLast() == lines[...])
        #expect(messages.map(\.messageID) == Samples.all.map(\.action) + ["head"])
        #expect(receiver.connectionCount == (transport == .udp ? 0 : 1))
    }

    @Test func `given a record beyond a datagram, when sent over UDP, then it is told in short, and over TCP whole`() throws {
        let lines = Self.lines(1...1, bytes: 70_000) + Self.lines(2...2)
        let udp = try SyslogReceiver(.udp)
        try Self.sender(.udp, udp.port).send(lines)
        let short = try udp.wait(for: 2)
        #expect(short[0].elements[0].names == ["sequence", "bytes", "hash"])
        #expect(short[1].message == lines[1])
        let tcp = try SyslogReceiver(.tcp)
        try Self.sender(.tcp, tcp.port).send(lines)
        #expect(try tcp.wait(for: 2).map(\.message) == lines)
    }

    @Test func `given a record that just fits, when sent over UDP, then it is whole`() throws {
        let receiver = try SyslogReceiver(.udp)
        let lines = [64_000, 64_500].flatMap { Self.lines(1...1, bytes: $0) }
        try Self.sender(.udp, receiver.port).send(lines)
        #expect(try receiver.wait(for: 2).map(\.message) == lines)
    }

    @Test(arguments: [SyslogTarget.Transport.udp, .tcp])
    func `given nobody who listens, when sent, then the problem says so`(_ transport: SyslogTarget.Transport) throws {
        let port = try FreePort.take()
        let sender = Self.sender(transport, port)
        let what = transport == .udp ? "nobody listens there: Connection refused" : "Connection refused"
        #expect(
            Self.problem { try sender.send(Self.lines(1...1)) }
                == "syslog \(transport.rawValue)://127.0.0.1:\(port): \(what). \(Self.remedy)")
    }

    @Test func `given a name without an address, when sent, then the problem says so`() {
        let text = Self.problem { try Self.sender(.tcp, 601, host: "nowhere.invalid").send(Self.lines(1...1)) }
        #expect(text?.hasPrefix("syslog tcp://nowhere.invalid:601: ") == true)
        #expect(text?.hasSuffix(". \(Self.remedy)") == true)
    }

    // MARK: Connections that end

    @Test func `given a receiver that ended the connection, when more is sent, then over a new one, without a loss`() throws {
        let receiver = try SyslogReceiver(.tcp, .ends)
        let sender = Self.sender(.tcp, receiver.port)
        let lines = Self.lines(1...2)
        try sender.send([lines[0]])
        try receiver.waitForEnd()
        try sender.send([lines[1]])
        #expect(try receiver.wait(for: 2).map(\.message) == lines)
        #expect(receiver.connectionCount == 2)
    }

    @Test func `given a reset amid a batch, when sent, then it is a problem, and sent again all of it arrives`() throws {
        let receiver = try SyslogReceiver(.tcp, .resets)
        let sender = Self.sender(.tcp, receiver.port)
        let lines = Self.lines(1...200, bytes: 50_000)
        let text = try #require(Self.problem { try sender.send(lines) })
        let start = "syslog tcp://127.0.0.1:\(receiver.port): the connection is lost: "
        #expect(["Connection reset by peer", "Broken pipe"].contains { text == "\(start)\($0). \(Self.remedy)" }, "\(text)")
        let before = receiver.messages.count
        #expect((1..<200).contains(before))
        try sender.send(lines)
        #expect(try receiver.wait(for: before + 200).suffix(200).map(\.message) == lines)
    }

    @Test(arguments: [1_000, 200_000])
    func `given a receiver that does not read, when more is sent than it has room for, then the wait has a limit`(_ bytes: Int)
        throws
    {
        let receiver = try SyslogReceiver(.tcp, .ignores)
        let sender = Self.sender(.tcp, receiver.port, limits: Self.limits)
        // The smaller batch fits into the sender's own queue, which is not enough.
        #expect(
            Self.problem { try sender.send(Self.lines(1...100, bytes: bytes)) }
                == "syslog tcp://127.0.0.1:\(receiver.port): the receiver has taken nothing for 1 s. "
                + "Check the receiver, and its disk.")
    }

    @Test func `given two who send at once, when they share a sender, then no message is torn`() async throws {
        let receiver = try SyslogReceiver(.tcp)
        let sender = Self.sender(.tcp, receiver.port)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<4 as Range<Int64> {
                group.addTask {
                    for batch in 0..<5 as Range<Int64> {
                        let first = part * 100 + batch * 10
                        try sender.send(Self.lines(first + 1...first + 10, bytes: 3_000))
                    }
                }
            }
            try await group.waitForAll()
        }
        let messages = try receiver.wait(for: 200)
        #expect(Set(messages.map(\.message)).count == 200)
        #expect(receiver.connectionCount == 1)
    }
}
