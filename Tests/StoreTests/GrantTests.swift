import Model
import Store
import Testing

/// What rules give and take back, and what they leave alone.
@Suite struct GrantTests {
    private let mirror: Mirror
    private static let vip = "UserSyncGroupsDefinition cn=vip,dc=x"
    private static let rules = GroupRules(
        initialGroups: ["users"],
        byLDAPGroup: [.init(groupDN: "cn=vip,dc=x", gifts: [.init(group: "vip", permissions: [.readWrite, .readOnly])])],
        byAttribute: [
            .init(
                attribute: "departmentNumber", value: "IT",
                gifts: [.init(group: "it", permissions: [.readOnly, Permission("create")])])
        ])
    private static let groups = Mirror.noGroups(["users", "vip", "it"])
    private let anna = Person(1, "anna").with(\.memberships, [.member]).with(\.values, ["departmentnumber": ["it"]])

    init() throws { mirror = try Mirror() }

    @discardableResult
    private func cycle(
        _ people: [Person], rules: GroupRules = rules, groups: GroupSettings = groups, requiresGroups: Bool = true
    ) throws -> Mirror.Result {
        try mirror.cycle([(try Mirror.backEnd(rules: rules, requiresGroups: requiresGroups), people)], groups: groups)[0]
    }

    private func grants() throws -> [String] {
        try mirror.query(
            """
            SELECT login, name, permission, source FROM person_grant JOIN person ON person.id = person
                JOIN user_group ON user_group.id = group_id ORDER BY 1, 2, 3, 4
            """)
    }

    @Test func `given somebody new, when merged, then initial groups and matching rules give grants, each recorded`() throws {
        let result = try cycle([anna, Person(2, "ben")])
        #expect(
            try grants() == [
                "anna it create rule", "anna it ro rule", "anna users rw initial", "anna vip rw rule", "ben users rw initial",
            ])
        #expect(result.counts.grantsAdded == 5)
        #expect(try mirror.records().count { $0 == "grant-added anna" } == 4)
        #expect(try mirror.query("SELECT count(*) FROM person_grant JOIN change_record USING (sequence)") == ["5"])
    }

    @Test func `given a rule no longer matches, when merged, then only what it gave is taken back`() throws {
        try cycle([anna])
        let records = try mirror.records { try cycle([anna.with(\.memberships, [.notMember])]) }
        #expect(records == ["grant-removed anna"])
        #expect(try grants() == ["anna it create rule", "anna it ro rule", "anna users rw initial"])
    }

    @Test func `given a group cannot be read, when merged, then what it gave stays and others are decided`() throws {
        try cycle([anna])
        let records = try mirror.records { try cycle([anna.with(\.memberships, [.unknown]).with(\.values, [:])]) }
        #expect(records == ["grant-removed anna", "grant-removed anna"])
        #expect(try grants() == ["anna users rw initial", "anna vip rw rule"])
        #expect(try mirror.records { try cycle([anna.with(\.memberships, [.notMember]).with(\.values, [:])]) }.count == 1)
        #expect(try grants() == ["anna users rw initial"])
    }

    @Test func `given initial groups change, when merged again, then nobody who is known is given any`() throws {
        try cycle([anna])
        var more = Self.rules
        more.initialGroups = ["users", "it"]
        #expect(try mirror.records { try cycle([anna.with(\.phone, "1")], rules: more) } == ["customer-user-updated anna"])
    }

    @Test func `given a manual grant like a rule's, when the rule goes and the person leaves, then it is still there`() throws {
        try cycle([anna])
        try mirror.execute(
            """
            INSERT INTO person_grant SELECT person, group_id, permission, 'manual', '', 0 FROM person_grant WHERE source = 'rule'
            """)
        let manual = try grants().filter { $0.hasSuffix("manual") }
        #expect(manual.count == 3)
        let bare = anna.with(\.memberships, [.notMember]).with(\.values, [:])
        try cycle([bare, Person(2, "ben")])
        #expect(try grants().filter { $0.hasPrefix("anna") && !$0.hasSuffix("initial") } == manual)
        try cycle([bare.with(\.login, "anna2"), Person(2, "ben")])
        try cycle([Person(2, "ben")])
        try cycle([anna, Person(2, "ben")])
        try cycle([Person(9, "anna").with(\.memberships, [.notMember]), Person(2, "ben")])
        #expect(try grants().filter { $0.hasSuffix("manual") } == manual)
    }

    @Test func `given a rule names a group that does not exist, when merged, then it is a problem and nothing is given`() throws
    {
        try cycle([anna], groups: Mirror.noGroups(["users", "it"]))
        #expect(try grants().filter { $0.contains(" vip ") } == [])
        #expect(
            try mirror.store.status().problems.map(\.message) == [
                "CustomerUser1 names the group 'vip', which does not exist. Nothing is given. "
                    + "Add it to Rollcall::Groups or correct the name."
            ])
    }

    @Test func `given grants are held, when another back end takes the people over, then its rules decide and its cycle tells`()
        throws
    {
        let people = (1...10).map { Person(UInt128($0), "u\($0)").with(\.memberships, [.member]) }
        let guarded = try Mirror.backEnd(2, rules: Self.rules, limit: .count(5))
        try mirror.cycle([(guarded, people)], groups: Self.groups)
        let bare = people.map { $0.with(\.memberships, [.notMember]) }
        let held = try mirror.records { try mirror.cycle([(guarded, bare)], groups: Self.groups) }
        #expect(held == people.map { "grant-held \($0.login)" })
        let heir = try Mirror.backEnd(1, rules: Self.rules)
        try mirror.cycle([(heir, bare), (guarded, [])], groups: Self.groups)
        #expect(try mirror.query("SELECT count(*) FROM held_grant") == ["0"])
        let removed = try mirror.query(
            """
            SELECT line ->> '$.rollcall.back_end', count(*) FROM change_record WHERE line ->> '$.event.action' = 'grant-removed'
            GROUP BY 1
            """)
        #expect(removed == ["CustomerUser1 10"])
    }

    // MARK: Groups and always-groups

    @Test func `given groups come, go and come back, when cycles begin, then each step is one record`() throws {
        try cycle([])
        #expect(
            try mirror.records().filter { $0.hasPrefix("group") } == ["group-added users", "group-added vip", "group-added it"])
        #expect(
            try mirror.records { try cycle([], groups: Mirror.noGroups()) } == [
                "group-invalidated it", "group-invalidated vip",
            ])
        #expect(try mirror.store.validGroups() == ["users"])
        #expect(try mirror.records { try cycle([], groups: Self.groups) } == ["group-updated vip", "group-updated it"])
        #expect(try mirror.records { try cycle([], groups: Self.groups) } == [])
    }

    @Test func `given a group made by hand, when a cycle begins, then it stays`() throws {
        try cycle([])
        try mirror.execute("INSERT INTO user_group (name, comments, origin, valid_id) VALUES ('own', '', 'manual', 1)")
        #expect(try mirror.records { try cycle([], groups: Self.groups) } == [])
        #expect(try mirror.store.validGroups() == ["it", "own", "users", "vip"])
    }

    @Test func `given always-groups change, when cycles begin, then each alteration is one record`() throws {
        let both = Mirror.noGroups(["users", "vip"], always: [.customerUser: ["users"], .customer: ["users", "vip", "none"]])
        let records = try mirror.records { try cycle([], rules: GroupRules(), groups: both) }
        #expect(
            records.suffix(3) == [
                "always-group-added users", "always-group-added users", "always-group-added vip",
            ])
        #expect(
            try mirror.store.status().problems.map(\.message) == [
                "CustomerGroupCompanyAlwaysGroups names the group 'none', which does not exist. Nothing is given. "
                    + "Add it to Rollcall::Groups or correct the name."
            ])
        let fewer = Mirror.noGroups(["users", "vip"], always: [.customer: ["vip"]])
        #expect(
            try mirror.records { try cycle([], rules: GroupRules(), groups: fewer) } == [
                "always-group-removed users", "always-group-removed users",
            ])
        #expect(try mirror.store.status().problems.isEmpty)
    }

    // MARK: Unassigned

    @Test func `given people without any permission, when counted, then they are unassigned until something gives one`() throws
    {
        let ben = Person(2, "ben")
        try cycle([anna, ben], rules: GroupRules(byLDAPGroup: Self.rules.byLDAPGroup))
        #expect(try mirror.status().unassigned == 1)
        var logins: [String] = []
        try mirror.store.forEachPerson(.unassigned) { logins.append($0.login) }
        #expect(logins == ["ben"])
        let always = Mirror.noGroups(["users", "vip", "it"], always: [.customer: ["users"]])
        try cycle([anna, ben], groups: always)
        #expect(try mirror.status().unassigned == 0)
        try cycle([anna, ben])
        #expect(try mirror.status().unassigned == 1)
        try mirror.execute(
            """
            INSERT INTO customer_grant SELECT 'ACME', id, 'ro', 'Ticket::CustomerID::Other', 'manual', '', 0
            FROM user_group WHERE name = 'it'
            """)
        try cycle([anna, ben.with(\.phone, "1")])
        #expect(try mirror.status().unassigned == 1)
        try mirror.execute("UPDATE customer_grant SET context = 'Ticket::CustomerID::Same'")
        try cycle([anna, ben.with(\.phone, "2")])
        #expect(try mirror.status().unassigned == 0)
    }

    @Test func `given a back end begins to require groups, when a cycle changes nothing else, then the count follows`() throws {
        let ben = Person(2, "ben")
        try cycle([ben], rules: GroupRules(), requiresGroups: false)
        #expect(try mirror.status().unassigned == 0)
        let records = try mirror.records { try cycle([ben], rules: GroupRules(), requiresGroups: true) }
        #expect(records == ["back-end-updated CustomerUser1"])
        #expect(try mirror.status().unassigned == 1)
        try cycle([ben], rules: GroupRules(), requiresGroups: false)
        #expect(try mirror.status().unassigned == 0)
    }
}
