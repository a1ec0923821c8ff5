import Model
import Testing

/// Which settings ask for which attributes.
@Suite struct AttributeUseTests {
    private static func backEnd(always: String = "", valid: String = "") throws -> BackEnd {
        BackEnd(
            slot: try #require(Slot(1)), name: "", connection: ConnectionSettings(servers: []),
            search: SearchSettings(baseDN: "", scope: .sub, alwaysFilter: always, validFilter: valid),
            mapping: Mapping(
                keyAttribute: "uid",
                rows: [
                    .init(.field(.login), from: "uid"), .init(.field(.email), from: "mail"),
                    .init(.extra("Second"), from: "MAIL"),
                ]),
            rules: GroupRules(byAttribute: [
                .init(attribute: "Mail", value: "x", gifts: []), .init(attribute: "title", value: "x", gifts: []),
                .init(attribute: "title", value: "y", gifts: []),
            ]))
    }

    private static func lines(_ uses: [AttributeUse]) -> [String] {
        uses.map { "\($0.name): \($0.settings.joined(separator: ", "))" }
    }

    @Test func `given a Map and rules, when asked who takes what, then each attribute is once, whatever its case`() throws {
        #expect(
            try Self.lines(Self.backEnd().takenAttributes) == [
                "uid: Map UserLogin", "mail: Map UserEmail, Map Second, UserSyncAttributeGroupsDefinition",
                "title: UserSyncAttributeGroupsDefinition",
            ])
    }

    @Test func `given filters, when asked what they compare, then every attribute names its filters`() throws {
        let backEnd = try Self.backEnd(always: "(&(objectClass=person)(mail=*))", valid: "(!(MAIL:1.2:=4))")
        #expect(
            Self.lines(backEnd.comparedAttributes) == [
                "objectClass: AlwaysFilter", "mail: AlwaysFilter, CustomerUserValidFilter",
            ])
        #expect(try Self.lines(Self.backEnd().comparedAttributes) == ["uid: CustomerKey", "mail: CustomerKey"])
    }

    @Test(arguments: [
        ("(&(a=b)(|(C>=d)(!(e;lang-de~=f))))", ["a", "C", "e;lang-de"]), ("(&)", []), ("(a:dn:1.2.3:=x)", ["a"]),
        ("(:dn:1.2.3:=x)", []), ("(|(a=1)(A=2)(a=*))", ["a"]), (#"(cn=\28mail=x\29)"#, ["cn"]),
    ])
    func `given a filter, when read, then the attributes that it compares are known`(_ text: String, _ names: [String]) throws {
        #expect(try LDAPFilter(text).attributes == names)
    }

    @Test(arguments: [
        ("ou=people,dc=x", "dc=x", true), ("DC=X", "dc=x", true), ("dc=x", "ou=people,dc=x", false), ("dc=x", "", true),
        (#"cn=a\,dc=x"#, "dc=x", false), ("ou=A , dc=X", "OU=a,dc=x", true), ("ou=ab,dc=x", "ou=b,dc=x", false),
        ("no name", "dc=x", nil), ("dc=x", "no name", nil),
    ])
    func `given two names, when compared, then the one that is at or below the other is known`(
        _ name: String, _ ancestor: String, _ expected: Bool?
    ) {
        #expect(DistinguishedName.isAt(name, orBelow: ancestor) == expected)
    }
}
