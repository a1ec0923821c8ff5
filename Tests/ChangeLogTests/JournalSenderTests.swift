import ChangeLog
import Foundation
import Model
import Support
import Testing

/// Records in the journal.
@Suite struct JournalSenderTests {
    private static let hash = String(repeating: "9f", count: 32)

    private static func line(_ change: Change, sequence: Int64 = 7, backEnd: Slot? = Slot(1)) -> [UInt8] {
        Record.form(Samples.record(change, sequence: sequence, backEnd: backEnd))
    }

    @Test func `given a record, when sent, then its parts are fields, and the line is one as it is`() throws {
        let journal = try JournalSocket(in: try TestFolder())
        let line = Self.line(Samples.all[0])
        try JournalSender(path: journal.path).send([line])
        let entry = try #require(try journal.wait(for: 1).first)
        #expect(entry.seals == nil)
        #expect(
            zip(entry.names, entry.values).map { "\($0)=\(String(decoding: $1, as: UTF8.self))" } == [
                "MESSAGE=customer-user-added  anna  a@x.test, customer ACME (CustomerUser1)",
                "MESSAGE_ID=746d25a67b3b4ef7b136273ba69ca82e", "PRIORITY=6", "SYSLOG_IDENTIFIER=rollcall",
                "ROLLCALL_SEQUENCE=7", "ROLLCALL_ACTION=customer-user-added", "ROLLCALL_USER=anna",
                "ROLLCALL_USER_ID=\(Samples.anna.directoryID)", "ROLLCALL_BACK_END=CustomerUser1", "ROLLCALL_CYCLE=3",
                "ROLLCALL_RECORD=\(String(decoding: line, as: UTF8.self))",
            ])
    }

    @Test func `given records of all kinds, when sent, then they come in order with the priority that they have`() throws {
        let journal = try JournalSocket(in: try TestFolder())
        let lines = Samples.all.enumerated().map { Self.line($1, sequence: Int64($0 + 1)) }
        let failed = String(decoding: lines[0], as: UTF8.self).replacingOccurrences(
            of: #""outcome":"success""#, with: #""outcome":"failure""#)
        try JournalSender(path: journal.path).send(lines + [Array(failed.utf8)])
        let entries = try journal.wait(for: lines.count + 1)
        #expect(entries.map { $0["ROLLCALL_ACTION"] } == Samples.all.map(\.action) + ["customer-user-added"])
        #expect(
            entries.map { $0["PRIORITY"] }
                == Samples.all.map { $0.action.hasSuffix("-held") ? "4" : "6" } + ["3"])
    }

    @Test func `given a record without person, back end or cycle, when sent, then their fields are left out`() throws {
        let journal = try JournalSocket(in: try TestFolder())
        let record = ChangeRecord(sequence: 1, microseconds: 0, cycle: nil, backEnd: nil, change: .groupAdded(name: "vip"))
        try JournalSender(path: journal.path).send([Record.form(record)])
        let names = try #require(try journal.wait(for: 1).first).names
        #expect(
            names == [
                "MESSAGE", "MESSAGE_ID", "PRIORITY", "SYSLOG_IDENTIFIER", "ROLLCALL_SEQUENCE", "ROLLCALL_ACTION",
                "ROLLCALL_RECORD",
            ])
    }

    @Test(arguments: ["a\nROLLCALL_USER=root", "a\r\n\n", "\u{1B}[2J", "=", "\"]\\", "M\u{FC}ller\u{2028}\u{202E}"])
    func `given a hostile login, when sent, then it is one value, and the message is safe`(_ login: String) throws {
        let journal = try JournalSocket(in: try TestFolder())
        let person = PersonReference(directoryID: DirectoryID(bits: 1), login: login, customerID: "ACME")
        try JournalSender(path: journal.path).send([Self.line(.customerUserRevalidated(person, []))])
        let entry = try #require(try journal.wait(for: 1).first)
        #expect(entry["ROLLCALL_USER"] == login)
        #expect(entry.names.count == 11)
        #expect(entry["MESSAGE"] == "customer-user-revalidated  \(RecordText.safe(login))  (CustomerUser1)")
    }

    @Test func `given a record of 300 KB, when sent, then it comes as a sealed file, in its place among the others`() throws {
        let journal = try JournalSocket(in: try TestFolder())
        let long = FieldChange("comments", from: nil, to: String(repeating: "x", count: 300_000))
        let lines = [
            Self.line(.groupAdded(name: "a")), Self.line(.customerUserUpdated(Samples.anna, [long])),
            Self.line(.groupAdded(name: "b")),
        ]
        try JournalSender(path: journal.path).send(lines)
        let entries = try journal.wait(for: 3)
        // F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW and F_SEAL_WRITE.
        #expect(entries.map(\.seals) == [nil, 0xF, nil])
        #expect(entries.map { $0["ROLLCALL_RECORD"] } == lines.map { String(decoding: $0, as: UTF8.self) })
    }

    @Test func `given the head of the chain, when announced, then it is an entry of its own kind`() throws {
        let journal = try JournalSocket(in: try TestFolder())
        try JournalSender(path: journal.path).announce(head: 4711, hash: Self.hash)
        let entry = try #require(try journal.wait(for: 1).first)
        #expect(
            zip(entry.names, entry.values).map { "\($0)=\(String(decoding: $1, as: UTF8.self))" } == [
                "MESSAGE=change log head 4711:\(Self.hash)", "MESSAGE_ID=1440b0e43efa4dc4b2f3e99c66e89726", "PRIORITY=6",
                "SYSLOG_IDENTIFIER=rollcall", "ROLLCALL_HEAD=4711:\(Self.hash)",
            ])
    }

    // MARK: Problems

    private static func problem(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func `given no journal, when sent, then the problem says so; when there is one again, the same sender reaches it`()
        throws
    {
        let folder = try TestFolder()
        let path = folder["journal"]
        let sender = try JournalSender(path: path)
        #expect(!JournalSender.isThere(at: path))
        let lines = [Self.line(Samples.all[0])]
        let remedy = "Start systemd-journald, or write Rollcall::Journal => 0."
        #expect(
            Self.problem { try sender.send(lines) }
                == "journal \(path): no journal listens there: No such file or directory. \(remedy)")
        let journal = try JournalSocket(in: folder)
        #expect(JournalSender.isThere(at: path))
        try sender.send(lines)
        #expect(try journal.wait(for: 1).count == 1)
    }

    @Test func `given a journal that takes nothing, when its queue is full, then the wait has a limit`() throws {
        let journal = try JournalSocket(in: try TestFolder(), reads: false)
        let sender = try JournalSender(path: journal.path, limits: OutletLimits(writeSeconds: 1))
        let lines = [[UInt8]](repeating: Self.line(Samples.all[0]), count: 10_000)
        #expect(
            Self.problem { try sender.send(lines) }
                == "journal \(journal.path): the journal takes nothing more. Check systemd-journald, and the system's log.")
    }

    @Test func `given no record, when sent, then the problem says what to look at`() throws {
        let journal = try JournalSocket(in: try TestFolder())
        let sender = try JournalSender(path: journal.path)
        #expect(
            Self.problem { try sender.send([Array("{}".utf8)]) }
                == "journal \(journal.path): a change record cannot be read: it is no JSON of a change record. "
                + "Compare the change log with the store: rollcall log verify --against-store.")
    }

    @Test func `given a path that is too long, when a sender is made, then it is refused`() {
        let path = "/" + String(repeating: "x", count: 200)
        #expect(
            Self.problem { _ = try JournalSender(path: path) }
                == "journal \(path): the path is longer than 107 bytes. Name a shorter one.")
    }
}
