import CLDAP
import Foundation
import Model
import Support
import Testing

@testable import Directory

/// Entries as libldap hands them over, and what becomes of them. The server is a socket with its answer already in it.
@Suite struct EntryTests {
    private static let attributes: [(Field, String)] = [
        (.login, "uid"), (.email, "mail"), (.customerID, "o"), (.phone, "telephoneNumber"),
    ]

    private static func backEnd(_ change: (inout BackEnd) -> Void = { _ in }) throws -> BackEnd {
        let slot = try #require(Slot(1))
        var backEnd = BackEnd(
            slot: slot, name: "Test", connection: ConnectionSettings(servers: []),
            search: SearchSettings(baseDN: "dc=x", scope: .sub),
            mapping: Mapping(
                keyAttribute: "uid",
                rows: attributes.map { .init(.field($0), from: $1, isRequired: true) }
                    + [.init(.extra("DynamicField_Floor"), from: "roomNumber")]))
        change(&backEnd)
        return backEnd
    }

    private static func values(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    private static let uuid = ("entryUUID", values("00000000-0000-0000-0000-000000000007"))
    private static let anna = [
        uuid, ("uid", values("anna", "anna.second")), ("mail", values("anna@x.test")), ("o", values("ACME")),
    ]

    /// Gives each entry that a server sends to `body`.
    private func receive(
        _ entries: [(String, [(String, [[UInt8]])])], _ body: (EntryMessage) throws -> Void
    ) throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { close(ends[1]) }
        let answer = entries.flatMap { Wire.entry($0, $1) } + Wire.done
        try #require(write(ends[1], answer, answer.count) == answer.count)
        var made: OpaquePointer?
        try #require(ldap_init_fd(ends[0], LDAP_PROTO_IPC, "ldapi://", &made) == LDAP_SUCCESS)
        let handle = try #require(made)
        defer { ldap_unbind_ext(handle, nil, nil) }
        var version = LDAP_VERSION3
        ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version)
        var number: Int32 = 0
        try #require(
            ldap_search_ext(handle, "dc=x", LDAP_SCOPE_SUBTREE, "(objectClass=*)", nil, 0, nil, nil, nil, 0, &number)
                == LDAP_SUCCESS)
        try #require(number == 1)
        while true {
            var message: OpaquePointer?
            let kind = ldap_result(handle, number, LDAP_MSG_ONE, nil, &message)
            defer { ldap_msgfree(message) }
            try #require(kind > 0)
            guard kind == LDAP_RES_SEARCH_ENTRY, let message else { return }
            try body(EntryMessage(handle: handle, message: message))
        }
    }

    private func mapped(
        _ entries: [(String, [(String, [[UInt8]])])], _ backEnd: BackEnd, groups: [String] = [],
        surroundings: Surroundings = Surroundings()
    ) throws -> MappedPage {
        var page = MappedPage(mapping: EntryMapping(backEnd, knownGroups: groups), surroundings: surroundings)
        try receive(entries) { #expect(page.append($0) == LDAP_SUCCESS) }
        return page
    }

    @Test func `given entries, when decoded, then names match in any case and options are told`() throws {
        var page = EntryPage()
        let list = AttributeList(["uid", "member"])
        let entries = [
            ("cn=a,dc=x", [("UID", Self.values("a", "b")), ("mail", Self.values("unasked"))]),
            ("cn=g,dc=x", [("member;range=0-1499", Self.values("cn=a")), ("uid;lang-de", Self.values("c"))]),
            ("cn=bare,dc=x", []),
        ]
        var isOpen: [Bool] = []
        try receive(entries) {
            #expect(page.append($0, asking: list) == LDAP_SUCCESS)
            isOpen.append(!page.openRanges.isEmpty)
        }
        #expect(page.count == 3)
        #expect((0..<3).map { String(decoding: page.dn($0), as: UTF8.self) } == ["cn=a,dc=x", "cn=g,dc=x", "cn=bare,dc=x"])
        #expect(isOpen == [false, true, false])
        var values: [String] = []
        page.forEachValue(0, of: 0) { values.append(String(decoding: $0, as: UTF8.self)) }
        #expect(values == ["a", "b"])
        #expect(page.firstValue(0, of: 1) == nil)
        #expect(page.firstValue(1, of: 0).map { Array($0) } == Array("c".utf8))
        #expect(page.firstValue(2, of: 0) == nil)
        page.removeAll()
        #expect(page.count == 0)
    }

    @Test func `given an entry, when mapped, then first values fill the fields and missing ones are named`() throws {
        let page = try mapped([("cn=anna,dc=x", Self.anna + [("roomNumber", Self.values("3"))])], Self.backEnd())
        #expect(page.headers.map(\.id) == [DirectoryID(bits: 7)])
        let user = try page.person(at: 0).customerUser
        #expect(
            user
                == CustomerUser(
                    [.login: "anna", .email: "anna@x.test", .customerID: "ACME"], extra: ["DynamicField_Floor": "3"],
                    missing: ["UserPhone"]))
        #expect(page.dn(at: 0) == "cn=anna,dc=x")
    }

    @Test func `given an entry without an id, when mapped, then it is a problem and the others have headers`() throws {
        let page = try mapped([("cn=bare,dc=x", Array(Self.anna.dropFirst())), ("cn=anna,dc=x", Self.anna)], Self.backEnd())
        #expect(page.problems == [.noImmutableID(dn: "cn=bare,dc=x")])
        #expect(page.headers.count == 1)
        #expect(page.dn(at: 0) == "cn=anna,dc=x")
        #expect(page.entryCount == 2)
    }

    @Test(arguments: [
        ([] as [[UInt8]], Problem.missingAttribute(dn: "cn=a", attribute: "mail", field: .email)),
        ([[0x20, 0x09]], .missingAttribute(dn: "cn=a", attribute: "mail", field: .email)),
        (
            [[0x61, 0xFF]],
            .unusableValue(
                dn: "cn=a", attribute: "mail", field: .email, reason: "is not valid text in the directory's character set")
        ),
        (
            [[0x61, 0x00]],
            .unusableValue(
                dn: "cn=a", attribute: "mail", field: .email, reason: "is not valid text in the directory's character set")
        ),
        ([[0x61, 0x0A]], .unusableValue(dn: "cn=a", attribute: "mail", field: .email, reason: "has control characters")),
        (
            [[UInt8](repeating: 0x61, count: 1025)],
            .unusableValue(dn: "cn=a", attribute: "mail", field: .email, reason: "is longer than 1024 bytes")
        ),
    ])
    func `given an essential value that cannot serve, when mapped, then the problem says why`(
        _ values: [[UInt8]], _ problem: Problem
    ) throws {
        let entry = [Self.uuid, ("uid", Self.values("a")), ("mail", values), ("o", Self.values("ACME"))]
        let page = try mapped([("cn=a", entry)], Self.backEnd())
        #expect(page.headers.count == 1)
        #expect(throws: problem) { try page.person(at: 0) }
    }

    @Test func `given a directory in Latin-1, when mapped, then values are the characters that were meant`() throws {
        let backEnd = try Self.backEnd { $0.search.charset = .latin1 }
        let page = try mapped([("cn=a", Self.anna + [("telephoneNumber", [[0x4D, 0xFC, 0x6C]])])], backEnd)
        #expect(try page.person(at: 0).customerUser[.phone] == "M\u{FC}l")
    }

    @Test func `given valid ids and listed logins, when mapped, then they decide who is valid and who counts`() throws {
        var surroundings = Surroundings()
        surroundings.valid = IDSet([DirectoryID(bits: 8)])
        surroundings.listedLogins = [Digest128.of(Array("anna".utf8))]
        let ben = [Self.uuid, ("uid", Self.values("ben"))]
        let page = try mapped([("cn=anna", Self.anna), ("cn=ben", ben)], Self.backEnd(), surroundings: surroundings)
        #expect(page.headers.count == 1)
        #expect(try page.person(at: 0).customerUser.isValid == false)
        #expect(page.entryCount == 2)
    }

    @Test func `given anything that decides a row changes, when mapped, then the fingerprint changes and else it does not`()
        throws
    {
        let rule = GroupRules.AttributeRule(
            attribute: "title", value: "IT", gifts: [.init(group: "it", permissions: [.readOnly])])
        let ruled = try Self.backEnd { $0.rules.byAttribute = [rule] }
        let print = { (entry: [(String, [[UInt8]])], backEnd: BackEnd, groups: [String]) throws -> Fingerprint in
            try #require(mapped([("cn=a", entry)], backEnd, groups: groups).headers.first).fingerprint
        }
        let plain = try Self.backEnd()
        let base = try print(Self.anna, plain, ["users"])
        #expect(try print(Self.anna, plain, ["users"]) == base)
        #expect(try print(Self.anna.reversed(), plain, ["users"]) == base)
        #expect(try print(Self.anna + [("description", Self.values("x"))], plain, ["users"]) == base)
        var others = [try print(Self.anna, plain, ["users", "it"]), try print(Self.anna, ruled, ["users"])]
        others.append(try print(Self.anna + [("title", Self.values("IT"))], ruled, ["users"]))
        others.append(try print(Self.anna + [("title", Self.values("I", "T"))], ruled, ["users"]))
        others.append(try print(Self.anna + [("roomNumber", Self.values(""))], plain, ["users"]))
        others.append(try print(Self.anna + [("telephoneNumber", Self.values("1"))], plain, ["users"]))
        others.append(try print(Self.anna, Self.backEnd { $0.mapping.rows[3].isRequired = false }, ["users"]))
        #expect(Set(others + [base]).count == others.count + 1)
        #expect(
            try mapped([("cn=a", Self.anna + [("TITLE", Self.values("a", "IT"))])], ruled).person(at: 0).facts.values == [
                "title": ["a", "IT"]
            ])
    }
}
