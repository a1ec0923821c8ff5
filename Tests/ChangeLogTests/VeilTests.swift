import Foundation
import Model
import Support
import Testing

@testable import ChangeLog

/// `Rollcall::ChangeLogValues`: what a record tells of a person.
@Suite struct VeilTests {
    private static let salt = PersonSalt(Array(0..<32)) ?? PersonSalt()
    private static let fields = [
        FieldChange("login", from: "ann", to: "anna"), FieldChange("phone", from: nil, to: "1"),
        FieldChange("valid_id", from: "2", to: "1"),
    ]
    private static let change = Change.customerUserRevalidated(Samples.anna, fields)

    /// From the person on, without the chain.
    private func line(_ veil: Veil, _ change: Change = change) throws -> String {
        let text = String(decoding: Record.form(Samples.record(change), under: veil), as: UTF8.self)
        let start = try #require(text.range(of: #""user":"#)).lowerBound
        let end = try #require(text.range(of: #","actor":"#)).lowerBound
        return String(text[start..<end])
    }

    private func digest(_ field: String, _ value: String) -> String {
        Commitment(Self.salt, to: field).digest(of: value)
    }

    @Test func `given names, when a record is written, then it says who it is and which fields changed`() throws {
        #expect(
            try line(Veil.names)
                == #""user":{"id":"01234567-89ab-cdef-0123-456789abcdef","name":"anna"},"organization":{"id":"ACME"},"#
                + #""rollcall":{"cycle":3,"back_end":"CustomerUser1","changes":{"login":{},"phone":{},"#
                + #""valid_id":{"from":"2","to":"1"}}"#)
    }

    @Test func `given digests, when a record is written, then it has the immutable id and digests`() throws {
        #expect(
            try line(Veil.digests(Self.salt))
                == #""user":{"id":"01234567-89ab-cdef-0123-456789abcdef","hash":"\#(digest("login", "anna"))"},"#
                + #""rollcall":{"cycle":3,"back_end":"CustomerUser1","changes":{"#
                + #""login":{"from_digest":"\#(digest("login", "ann"))","to_digest":"\#(digest("login", "anna"))"},"#
                + #""phone":{"from_digest":null,"to_digest":"\#(digest("phone", "1"))"},"#
                + #""valid_id":{"from":"2","to":"1"}}"#)
    }

    @Test func `given what the store keeps, when it is written, then it says who it was and no other value`() throws {
        #expect(
            try line(.kept)
                == #""user":{"id":"01234567-89ab-cdef-0123-456789abcdef","name":"anna"},"organization":{"id":"ACME"},"#
                + #""rollcall":{"cycle":3,"back_end":"CustomerUser1","changes":{"login":{"from":"ann","to":"anna"},"#
                + #""phone":{},"valid_id":{"from":"2","to":"1"}}"#)
    }

    @Test func `given a record that tells all that is kept, when it is written, then nothing is kept beside it`() {
        let phone = Change.customerUserUpdated(Samples.anna, [FieldChange("phone", from: nil, to: "1")])
        #expect(!Veil.names.needsKept(beside: phone))
        #expect(Veil.names.needsKept(beside: Self.change))
        #expect(!Veil.names.needsKept(beside: .grantAdded(.customerUser(Samples.anna), Samples.rule)))
        #expect(Veil.digests(Self.salt).needsKept(beside: phone))
        #expect(!Veil.none.needsKept(beside: Self.change))
    }

    @Test func `given a digest and the salt of its field, when sha256sum is asked, then it proves the value`() throws {
        let salt = Commitment(Self.salt, to: "login").salt
        let outcome = try run("/bin/sh", ["-c", #"printf '%s' "$1$2" | sha256sum"#, "sh", salt, "anna"])
        #expect(outcome.output.hasPrefix(digest("login", "anna") + " "))
    }

    @Test func `given equal values, when digests are made, then they are equal for one field of one person alone`() {
        let other = PersonSalt()
        #expect(digest("phone", "1") == digest("phone", "1"))
        #expect(digest("phone", "1") != digest("phone", "2"))
        #expect(digest("phone", "1") != digest("mobile", "1"))
        #expect(digest("phone", "1") != Commitment(other, to: "phone").digest(of: "1"))
        #expect(other != PersonSalt())
    }

    @Test(arguments: [1, 20_261_125] as [UInt64])
    func `given random changes under a veil, when written, then no value is told, and the schema has nothing against it`(
        _ seed: UInt64
    ) throws {
        var random = RandomChange(seed)
        let folder = try TestFolder()
        var lines: [[UInt8]] = []
        for number in 0..<20 * RandomChange.kindCount {
            let change = random.change(number % RandomChange.kindCount)
            guard change.person != nil else { continue }
            let veil = number % 2 == 0 ? Veil.names : Veil.digests(PersonSalt())
            let record = Samples.record(change, sequence: Int64(number + 1))
            let line = Record.form(record, under: veil)
            lines.append(line)
            try check(line, record, veil, "seed \(seed), change \(number)")
        }
        try Data(lines.flatMap { $0 + [0x0A] }).write(to: URL(fileURLWithPath: folder["log"]))
        let outcome = try Schema.validate(folder["log"])
        #expect(outcome.status == 0, "\(outcome.output.prefix(500)) \(outcome.errors.prefix(500))")
    }

    private func check(_ line: [UInt8], _ record: ChangeRecord, _ veil: Veil, _ place: String) throws {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any], "\(place)")
        let user = try #require(object["user"] as? [String: Any], "\(place)")
        #expect(Set(user.keys) == (veil.tellsWho ? ["id", "name"] : ["id", "hash"]), "\(place)")
        #expect((object["organization"] == nil) != veil.tellsWho, "\(place)")
        let changes = (object["rollcall"] as? [String: Any])?["changes"] as? [String: [String: Any]] ?? [:]
        #expect(changes.count == record.change.fields?.count ?? 0, "\(place)")
        for (_, change) in changes {
            #expect(Set(change.keys) == (veil.tellsWho ? [] : ["from_digest", "to_digest"]), "\(place)")
        }
        let read = try Record.form.decode(line)
        #expect(read.change.person?.directoryID == record.change.person?.directoryID, "\(place)")
        #expect(read.change.action == record.change.action, "\(place)")
    }

    @Test func `given records under a veil, when shown to people, then digests are short and names stand alone`() throws {
        let digests = try RecordText(Record.form(Samples.record(Self.change), under: Veil.digests(Self.salt)))
        let (old, new) = (digest("login", "ann").prefix(8), digest("login", "anna").prefix(8))
        #expect(
            digests.change
                == "customer-user-revalidated  01234567-89ab-cdef-0123-456789abcdef  login: #\(old) -> #\(new); "
                + "phone: (none) -> #\(digest("phone", "1").prefix(8)); valid_id: 2 -> 1 (CustomerUser1)")
        let names = try RecordText(Record.form(Samples.record(Self.change), under: Veil.names))
        #expect(names.change == "customer-user-revalidated  anna  login; phone; valid_id: 2 -> 1 (CustomerUser1)")
    }
}
