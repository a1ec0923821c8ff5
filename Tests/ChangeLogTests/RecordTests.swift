import Foundation
import Model
import Support
import Testing

@testable import ChangeLog

/// The line of a change record, byte by byte.
@Suite struct RecordTests {
    /// Without the chain: `ChainTests`.
    private static func line(_ change: Change, backEnd: Slot? = Slot(1)) -> String {
        let line = String(decoding: Record.form(Samples.record(change, backEnd: backEnd)), as: UTF8.self)
        return line.dropLast(#","previous":"","hash":""}}"#.count + 128) + "}}"
    }

    private static let opening =
        #"{"@timestamp":"2023-11-14T22:13:20.000007Z","event":{"sequence":7,"action":"#
    private static let user =
        #""user":{"id":"01234567-89ab-cdef-0123-456789abcdef","name":"anna"},"organization":{"id":"ACME"},"#
    private static let from = #""rollcall":{"cycle":3,"back_end":"CustomerUser1","#
    private static let event = #","kind":"event","category":["iam"],"type":"#
    private static let evidence = #""evidence":{"kind":"absent-and-not-found","server":"ldap://ldap.test:389"},"#

    /// In the order of `Samples.all`.
    private static let golden = [
        #""customer-user-added"\#(event)["user","creation"],"outcome":"success"},\#(user)\#(from)"changes":{"login":{"from":null,"#
            + #""to":"anna"},"email":{"from":null,"to":"a@x.test"}},"actor":"cycle"}}"#,
        #""customer-user-updated"\#(event)["user","change"],"outcome":"success"},\#(user)\#(from)"changes":{"phone":{"from":"1","#
            + #""to":null}},"actor":"cycle"}}"#,
        #""customer-user-renamed"\#(event)["user","change"],"outcome":"success"},\#(user)\#(from)"changes":{"login":{"from":"ann","#
            + #""to":"anna"}},"actor":"cycle"}}"#,
        #""customer-user-invalidated"\#(event)["user","change"],"outcome":"success"},\#(user)\#(from)\#(evidence)"actor":"cycle"}}"#,
        #""customer-user-revalidated"\#(event)["user","change"],"outcome":"success"},\#(user)\#(from)"actor":"cycle"}}"#,
        #""customer-user-removal-held"\#(event)["user","info"],"outcome":"success","reason":"9 of 9 people are missing"},"#
            + #"\#(user)\#(from)\#(evidence)"actor":"cycle"}}"#,
        #""customer-added"\#(event)["group","creation"],"outcome":"success"},"organization":{"id":"ACME"},\#(from)"actor":"cycle"}}"#,
        #""group-added"\#(event)["group","creation"],"outcome":"success"},"group":{"name":"vip"},\#(from)"actor":"cycle"}}"#,
        #""group-updated"\#(event)["group","change"],"outcome":"success"},"group":{"name":"vip"},\#(from)"changes":{"valid_id":"#
            + #"{"from":"2","to":"1"}},"actor":"cycle"}}"#,
        #""group-invalidated"\#(event)["group","change"],"outcome":"success"},"group":{"name":"vip"},\#(from)"actor":"cycle"}}"#,
        #""grant-added"\#(event)["user","change"],"outcome":"success"},\#(user)"group":{"name":"vip"},\#(from)"grant":{"permission":"#
            + #""rw","source":"rule","rule":"UserSyncGroupsDefinition cn=vip,dc=x"},"actor":"cycle"}}"#,
        #""grant-removed"\#(event)["user","change"],"outcome":"success"},\#(user)"group":{"name":"vip"},\#(from)"grant":{"#
            + #""permission":"ro","source":"manual"},"actor":"cycle"}}"#,
        #""always-group-added"\#(event)["group","change"],"outcome":"success"},"group":{"name":"users"},\#(from)"#
            + #""always_group":"customer-user","actor":"cycle"}}"#,
        #""always-group-removed"\#(event)["group","change"],"outcome":"success"},"group":{"name":"users"},\#(from)"#
            + #""always_group":"customer","actor":"cycle"}}"#,
    ]

    @Test(arguments: zip(Samples.all, golden))
    func `given each change, when written, then the whole line is as documented`(_ change: Change, _ rest: String) {
        #expect(Self.line(change) == Self.opening + rest)
    }

    @Test func `given a change of no back end, when written, then there is no back_end`() {
        #expect(
            Self.line(.groupAdded(name: "vip"), backEnd: nil)
                == Self.opening + #""group-added"\#(Self.event)["group","creation"],"outcome":"success"},"#
                + #""group":{"name":"vip"},"rollcall":{"cycle":3,"actor":"cycle"}}"#)
    }

    @Test(arguments: [
        (0 as Int64, "1970-01-01T00:00:00.000000Z"), (999_999, "1970-01-01T00:00:00.999999Z"),
        (951_782_399_999_999, "2000-02-28T23:59:59.999999Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"), (-1, "1969-12-31T23:59:59.999999Z"),
        (-1_000_000, "1969-12-31T23:59:59.000000Z"),
    ])
    func `given a moment, when written, then it is RFC 3339 in UTC with microseconds`(_ moment: Int64, _ text: String) {
        let record = ChangeRecord(
            sequence: 1, microseconds: moment, cycle: 1, backEnd: nil, change: .groupAdded(name: "vip"))
        #expect(String(decoding: Record.form(record), as: UTF8.self).hasPrefix(#"{"@timestamp":"\#(text)","event":"#))
    }

    @Test(arguments: [
        ("\"", #"\""#), ("\\", #"\\"#), ("\n", #"\u000a"#), ("\r", #"\u000d"#), ("\t", #"\u0009"#), ("\u{0}", #"\u0000"#),
        ("\u{1B}[31m", #"\u001b[31m"#), ("\u{7F}", #"\u007f"#), ("\u{85}", #"\u0085"#), ("\u{9B}", #"\u009b"#),
        ("\u{61C}", #"\u061c"#), ("\u{200E}\u{200F}", #"\u200e\u200f"#), ("\u{202E}x", #"\u202ex"#),
        ("\u{2028}\u{2029}", #"\u2028\u2029"#), ("\u{2066}\u{2069}", #"\u2066\u2069"#), ("\u{FEFF}", #"\ufeff"#),
        ("M\u{FC}ller \u{1F600}", "M\u{FC}ller \u{1F600}"), ("\u{A0}/<>", "\u{A0}/<>"),
    ])
    func `given a value that could disturb a terminal, when written, then it is escaped`(_ value: String, _ escaped: String) {
        #expect(Self.line(.groupAdded(name: value)).contains("\"group\":{\"name\":\"\(escaped)\"}"))
    }

    @Test(arguments: [1, 20_261_122] as [UInt64])
    func `given random texts everywhere, when written, then one line of JSON gives the same texts back`(_ seed: UInt64) throws {
        var random = Seeded(seed)
        for round in 0..<500 {
            let texts = (0..<5).map { _ in Self.text(&random) }
            let person = PersonReference(directoryID: DirectoryID(bits: 9), login: texts[0], customerID: texts[1])
            let bytes = Record.form(
                Samples.record(.customerUserUpdated(person, [FieldChange(texts[2], from: texts[3], to: texts[4])])))
            #expect(!bytes.contains { $0 < 0x20 || $0 == 0x7F }, "seed \(seed), round \(round)")
            let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
            let user = object["user"] as? [String: Any]
            let changes = (object["rollcall"] as? [String: Any])?["changes"] as? [String: [String: Any]]
            let found = [
                user?["name"] as? String, (object["organization"] as? [String: Any])?["id"] as? String, changes?.first?.key,
                changes?.first?.value["from"] as? String, changes?.first?.value["to"] as? String,
            ]
            #expect(found.map { $0.map { Array($0.utf8) } } == texts.map { Array($0.utf8) }, "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: [1, 20_261_122] as [UInt64])
    func `given a new person, when the rest is encoded beforehand, then it is what any record's rest would be`(_ seed: UInt64) {
        var random = Seeded(seed)
        for round in 0..<500 {
            var user = CustomerUser([.login: "anna"])
            for field in Field.allCases where field != .login && random.oneIn(2) { user[field] = Self.text(&random) }
            for _ in 0..<random.number(0..<3) { user.extra[Self.text(&random)] = Self.text(&random) }
            user.isValid = random.oneIn(2)
            let id = DirectoryID(bits: UInt128(random.next()))
            let person = PersonReference(directoryID: id, login: user.login, customerID: user[.customerID])
            guard let slot = Slot(random.number(0..<11)) else { continue }
            let record = ChangeRecord(
                sequence: 1, microseconds: 1, cycle: Int64(round), backEnd: slot,
                change: .customerUserAdded(person, user.allAsChanges))
            var usual: [UInt8] = []
            var beforehand: [UInt8] = []
            Record.form.rest(record, .none, &usual)
            Record.form.addition(Int64(round), slot, id, user, &beforehand)
            #expect(
                String(decoding: usual, as: UTF8.self) == String(decoding: beforehand, as: UTF8.self),
                "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: [1, 20_261_125] as [UInt64])
    func `given a grant to somebody, when its record is made in parts, then it is what any record's rest would be`(
        _ seed: UInt64
    ) {
        var random = Seeded(seed)
        for round in 0..<500 {
            let person = PersonReference(
                directoryID: DirectoryID(bits: UInt128(random.next())), login: Self.text(&random),
                customerID: Self.text(&random))
            let grant = Grant(
                group: Self.text(&random), permission: Permission(Self.text(&random)),
                source: GrantSource.allCases.randomElement(using: &random) ?? .rule, rule: Self.text(&random))
            guard let slot = Slot(random.number(0..<11)) else { continue }
            let turn: GrantTurn = random.oneIn(2) ? .added : .removed
            let record = ChangeRecord(
                sequence: 1, microseconds: 1, cycle: Int64(round), backEnd: slot, change: turn.change(person, grant))
            var usual: [UInt8] = []
            var parts: [UInt8] = []
            let veil = random.oneIn(2) ? Veil.none : Veil.digests(PersonSalt())
            Record.form.rest(record, veil, &usual)
            Record.form.grant.person(turn, person, veil, &parts)
            Record.form.grant.grant(Int64(round), slot, grant, &parts)
            #expect(
                String(decoding: usual, as: UTF8.self) == String(decoding: parts, as: UTF8.self), "seed \(seed), round \(round)"
            )
        }
    }

    @Test(arguments: [0, 7, 10, -1, 1_234_567_890, .max, .min] as [Int64])
    func `given a number, when it is appended, then it is in decimal digits`(_ number: Int64) {
        var line = Array("x".utf8)
        line.append(decimal: number)
        #expect(String(decoding: line, as: UTF8.self) == "x\(number)")
    }

    /// Scalars of every kind, the awkward ones more often than they deserve.
    private static func text(_ random: inout Seeded) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<random.number(0..<12) {
            let limit = [0x30, 0x80, 0x3000, 0x11_0000].randomElement(using: &random) ?? 0x80
            // The parser drops a byte order mark, which nobody needs in a value.
            if let scalar = Unicode.Scalar(UInt32(random.number(0..<limit))), scalar != "\u{FEFF}" { text.append(scalar) }
        }
        return String(text)
    }
}
