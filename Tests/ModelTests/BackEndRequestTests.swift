import Model
import Testing

/// What a reading asks for.
@Suite struct BackEndRequestTests {
    private func backEnd(always: String = "", valid: String = "", rules: GroupRules = GroupRules()) throws -> BackEnd {
        let mapping = Mapping(
            keyAttribute: "uid",
            rows: [
                .init(.field(.login), from: "uid"), .init(.field(.email), from: "mail"), .init(.field(.customerID), from: "o"),
                .init(.field(.comments), from: "ENTRYUUID"), .init(.extra("a"), from: "Mail"),
            ])
        return BackEnd(
            slot: try #require(Slot(1)), name: "", connection: ConnectionSettings(servers: []),
            search: SearchSettings(baseDN: "", scope: .sub, alwaysFilter: always, validFilter: valid), mapping: mapping,
            rules: rules)
    }

    @Test func `given no AlwaysFilter, when people are asked for, then it is those with a login or an e-mail address`() throws {
        #expect(try backEnd().peopleFilter == "(|(uid=*)(mail=*))")
        #expect(try backEnd(always: "(a=b)").peopleFilter == "(a=b)")
    }

    @Test func `given a valid filter, when the valid are asked for, then both filters hold`() throws {
        #expect(try backEnd(always: "(a=b)").validPeopleFilter == nil)
        #expect(try backEnd(always: "(a=b)", valid: "(c=d)").validPeopleFilter == "(&(a=b)(c=d))")
        #expect(try backEnd(valid: "(c=d)").validPeopleFilter == "(&(|(uid=*)(mail=*))(c=d))")
    }

    @Test func `given mapping and rules, when attributes are asked for, then each is once, whatever its case`() throws {
        let rules = GroupRules(byAttribute: [
            .init(attribute: "o", value: "x", gifts: []), .init(attribute: "Title", value: "x", gifts: []),
            .init(attribute: "department", value: "x", gifts: []),
        ])
        #expect(
            try backEnd(rules: rules).attributes
                == ["entryUUID", "objectGUID", "nsUniqueId", "uid", "mail", "o", "department", "title"])
    }
}
