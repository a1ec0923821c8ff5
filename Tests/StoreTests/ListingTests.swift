import Model
import Store
import Testing

/// Listings of people, customers, groups and grants.
@Suite struct ListingTests {
    private let mirror: Mirror
    private let anna = Person(1, "anna")
    private let ben = Person(2, "ben").with(\.furtherCustomers, "B C")
    private let groups = GroupSettings(groups: ["users", "first line", "vip"], alwaysGroups: [:])

    init() throws {
        mirror = try Mirror()
        try mirror.cycle([(try Mirror.backEnd(requiresGroups: true), [anna, ben])], groups: groups)
        try carryOut(GrantCommand(.grant, users: ["anna", "ben"], groups: ["first line", "vip"], permissions: [.readOnly]))
        try carryOut(GrantCommand(.grant, customers: ["ACME", "B C"], groups: ["first line"], permissions: [.readWrite]))
    }

    private func order() -> CommandOrder { CommandOrder(actor: "grace", now: mirror.now(), text: "test") }

    private func carryOut(_ command: GrantCommand) throws { _ = try mirror.store.carryOut(command, order()) }

    @Test func `given group names with spaces, when people and customers are listed, then each grant is one`() throws {
        var people: [[String]] = []
        try mirror.store.forEachPerson(.all) { people.append($0.grants) }
        #expect(people == [["first line:ro", "vip:ro"], ["first line:ro", "vip:ro"]])
        var customers: [String: [String]] = [:]
        try mirror.store.forEachCustomer { customers[$0.customerID] = $0.grants }
        #expect(customers == ["ACME": ["first line:rw"], "B C": ["first line:rw"]])
    }

    @Test func `given somebody has left, when groups are listed, then only those who are there are counted`() throws {
        #expect(
            try mirror.store.groups().map { "\($0.name) \($0.customerUsers) \($0.customers)" } == [
                "first line 2 2", "users 0 0", "vip 2 0",
            ])
        try mirror.cycle([(try Mirror.backEnd(requiresGroups: true), [anna])], groups: groups)
        #expect(try mirror.store.groups().map { "\($0.name) \($0.customerUsers)" } == ["first line 1", "users 0", "vip 1"])
        var grants: [String] = []
        try mirror.store.forEachGrant(GrantFilter(group: "vip")) {
            grants.append("\($0.login ?? "") \($0.permission) \($0.source)")
        }
        #expect(grants == ["anna ro manual"])
    }

    @Test func `given grants of every source, when filtered, then only those are listed`() throws {
        try carryOut(GrantCommand(.withhold, users: ["anna"], groups: ["vip"], permissions: [.readWrite]))
        let listed = { (filter: GrantFilter) in
            var lines: [String] = []
            try mirror.store.forEachGrant(filter) { grant in
                lines.append(
                    [grant.login ?? grant.customerID, grant.context, grant.group, grant.permission, grant.source].compactMap(
                        \.self
                    ).joined(separator: "|"))
            }
            return lines
        }
        #expect(
            try listed(GrantFilter(login: "ANNA")) == [
                "anna|first line|ro|manual", "anna|vip|ro|manual", "anna|vip|rw|withheld",
            ])
        #expect(try listed(GrantFilter(source: "withheld")) == ["anna|vip|rw|withheld"])
        #expect(try listed(GrantFilter(customerID: "B C")) == ["B C|Same|first line|rw|manual"])
        #expect(try listed(GrantFilter(login: "nobody")) == [])
    }

    // MARK: A login that another back end's person takes

    @Test func `given a login is taken over, when merged, then rw goes on alone and what is kept away is taken from the heir`()
        throws
    {
        let rules = GroupRules(byAttribute: [
            .init(attribute: "o", value: "IT", gifts: [.init(group: "vip", permissions: [.readOnly])])
        ])
        let first = try Mirror.backEnd(1, rules: rules, requiresGroups: true)
        let second = try Mirror.backEnd(2, rules: rules, requiresGroups: true)
        let dora = Person(4, "dora").with(\.values, ["o": ["it"]])
        let heir = Person(5, "carl").with(\.values, ["o": ["it"]])
        try mirror.cycle([(first, [anna, ben, heir]), (second, [dora])], groups: groups)
        try carryOut(GrantCommand(.grant, users: ["carl"], groups: ["first line"], permissions: [.readOnly]))
        try carryOut(GrantCommand(.grant, users: ["dora"], groups: ["first line"], permissions: [.readWrite]))
        try carryOut(GrantCommand(.withhold, users: ["dora"], groups: ["vip"], permissions: [.readOnly]))
        try mirror.cycle([(first, [anna, ben, heir.with(\.login, "dora")]), (second, [dora])], groups: groups)
        var grants: [String] = []
        try mirror.store.forEachGrant(GrantFilter(login: "dora")) { grants.append("\($0.group) \($0.permission) \($0.source)") }
        #expect(grants == ["first line rw manual", "vip ro withheld"])
    }
}
