import Foundation
import Model
import Support
import Testing

@testable import ChangeLog

/// Syslog messages, read back by a strict reader.
@Suite struct SyslogFormTests {
    private static let form = SyslogForm(facility: .audit)

    private static func message(_ change: Change) throws -> ReceivedSyslog {
        let line = Record.form(Samples.record(change))
        return try ReceivedSyslog(form.message(try RecordText(line), line: line))
    }

    @Test(arguments: Samples.all)
    func `given each change, when written, then header and line say it`(_ change: Change) throws {
        let line = Record.form(Samples.record(change))
        let message = try Self.message(change)
        #expect(message.facility == 13)
        #expect(message.severity == (change.action.hasSuffix("-held") ? 4 : 6))
        #expect(message.timestamp == "2023-11-14T22:13:20.000007Z")
        #expect(message.hostName != "-")
        #expect(message.appName == "rollcall")
        #expect(message.processID == "\(getpid())")
        #expect(message.messageID == change.action)
        let user = change.person.map { ["user": $0.login] } ?? [:]
        #expect(message.elements.map(\.id) == ["rollcall@32473"])
        #expect(message.elements[0].names == ["sequence"] + user.keys)
        #expect(message.elements[0].values == ["7"] + user.values)
        #expect(message.message == line)
        #expect(message.isMarkedUTF8)
    }

    @Test func `given a failure, when written, then it is an error`() throws {
        let line = String(decoding: Record.form(Samples.record(Samples.all[0])), as: UTF8.self)
            .replacingOccurrences(of: #""outcome":"success""#, with: #""outcome":"failure""#)
        let bytes = Self.form.message(try RecordText(Array(line.utf8)), line: Array(line.utf8))
        #expect(try ReceivedSyslog(bytes).severity == 3)
    }

    @Test(arguments: [
        ("\"]\\", "\"]\\"), ("\\\"", "\\\""), ("a\"\u{301}b", "a\"\u{301}b"), ("]\u{20E3}", "]\u{20E3}"),
        ("a\n<0>1 - - - - - -", "a\u{FFFD}<0>1 - - - - - -"), ("\u{1B}[2J", "\u{FFFD}[2J"), ("\u{202E}x", "\u{FFFD}x"),
        ("M\u{FC}ller", "M\u{FC}ller"), ("", ""),
    ])
    func `given a hostile login, when written, then it is one value on one line`(_ login: String, _ shown: String) throws {
        let person = PersonReference(directoryID: DirectoryID(bits: 1), login: login, customerID: "ACME")
        let line = Record.form(Samples.record(.customerUserRevalidated(person, [])))
        let bytes = Self.form.message(try RecordText(line), line: line)
        #expect(!bytes.contains { $0 < 0x20 })
        let message = try ReceivedSyslog(bytes)
        #expect(message.elements[0].values.last.map { Array($0.utf8) } == Array(shown.utf8))
        #expect(message.message == line)
    }

    @Test func `given a record that is too long for a datagram, when told in short, then by number, length and hash`() throws {
        let long = FieldChange("comments", from: nil, to: String(repeating: "x", count: 70_000))
        let line = Record.form(Samples.record(.customerUserUpdated(Samples.anna, [long])))
        let hash = try #require(line.withUnsafeBytes { ChainedLine($0)?.hash }).description
        let message = try ReceivedSyslog(Self.form.shortMessage(try RecordText(line), line: line))
        #expect(message.messageID == "customer-user-updated")
        #expect(message.elements[0].names == ["sequence", "bytes", "hash"])
        #expect(message.elements[0].values == ["7", "\(line.count)", hash])
        #expect(
            String(decoding: message.message, as: UTF8.self)
                == "record 7 is too long for a datagram: \(line.count) bytes, hash \(hash)")
    }

    @Test func `given the head of the chain, when written, then it is a message of its own kind`() throws {
        let hash = String(repeating: "9f", count: 32)
        let message = try ReceivedSyslog(
            Self.form.message(head: ChainHead(sequence: 4711, hash: hash), at: 1_700_000_000_000_007))
        #expect(message.messageID == "head")
        #expect(message.severity == 6)
        #expect(message.timestamp == "2023-11-14T22:13:20.000007Z")
        #expect(message.elements[0].names == ["head"])
        #expect(message.elements[0].values == ["4711:\(hash)"])
        #expect(String(decoding: message.message, as: UTF8.self) == "change log head 4711:\(hash)")
    }

    @Test(arguments: [("kern", 6), ("13", 110), ("local7", 190)])
    func `given a facility, when written, then PRI is eight times it and the severity`(_ word: String, _ priority: Int) throws {
        let form = SyslogForm(facility: try #require(SyslogFacility(word)))
        let line = Record.form(Samples.record(Samples.all[0]))
        let bytes = form.message(try RecordText(line), line: line)
        #expect(String(decoding: bytes.prefix(8), as: UTF8.self).hasPrefix("<\(priority)>1 "))
    }
}
