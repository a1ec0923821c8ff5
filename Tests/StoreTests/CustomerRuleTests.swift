import Model
import Store
import Testing

/// What rules give to customers and take back.
@Suite struct CustomerRuleTests {
    private let mirror: Mirror
    private static let groups = GroupSettings(groups: ["users", "acme", "it"], alwaysGroups: [:], contexts: [.same, .other])
    private static let byID = CustomerRule(
        .id("ACME"), gifts: [.same: [.init(group: "acme", permissions: [.readWrite, .readOnly])]])
    private static let byAttribute = CustomerRule(
        .attribute("departmentNumber", value: "IT"),
        gifts: [.same: [.init(group: "it", permissions: [.readOnly])], .other: [.init(group: "it", permissions: [.readOnly])]])
    private let anna = Person(1, "anna").with(\.values, ["departmentnumber": ["it", "HR"]])
    private let ben = Person(2, "ben").with(\.customer, "B")

    init() throws { mirror = try Mirror() }

    private func backEnd(
        _ number: Int = 1, _ rules: [CustomerRule], limit: RemovalLimit = .percent(100)
    ) throws -> BackEnd {
        var groupRules = GroupRules()
        groupRules.forCustomers = rules
        return try Mirror.backEnd(number, rules: groupRules, limit: limit)
    }

    @discardableResult
    private func cycle(
        _ people: [Person], _ rules: [CustomerRule] = [byID, byAttribute], groups: GroupSettings = groups,
        limit: RemovalLimit = .percent(100)
    ) throws -> [String] {
        let reading = (try backEnd(1, rules, limit: limit), people)
        return try mirror.records { try mirror.cycle([reading], groups: groups) }.filter { $0.hasPrefix("grant") }
    }

    private func grants() throws -> [String] {
        try mirror.query(
            """
            SELECT customer_id, replace(context, 'Ticket::CustomerID::', ''), name, permission, source FROM customer_grant
                JOIN user_group ON user_group.id = group_id ORDER BY 1, 2, 3, 4, 5
            """)
    }

    @Test func `given rules by ID and by attribute, when a cycle runs, then the customers that match hold what they give`()
        throws
    {
        #expect(
            try cycle([anna, ben]) == ["grant-added customer ACME", "grant-added customer ACME", "grant-added customer ACME"])
        #expect(try grants() == ["ACME Other it ro rule", "ACME Same acme rw rule", "ACME Same it ro rule"])
        #expect(try cycle([anna, ben]) == [])
        #expect(try mirror.query("SELECT count(*) FROM customer_grant JOIN change_record USING (sequence)") == ["3"])
    }

    @Test func `given another of a customer's people matches, when the first no longer does, then nothing changes`() throws {
        let cara = Person(3, "cara").with(\.values, ["departmentnumber": ["IT"]])
        try cycle([anna, cara])
        #expect(try cycle([anna.with(\.values, [:]), cara]) == [])
        #expect(try cycle([anna.with(\.values, [:])]) == ["grant-removed customer ACME", "grant-removed customer ACME"])
        #expect(try grants() == ["ACME Same acme rw rule"])
    }

    @Test func `given a person has further customers, when they match, then all of these hold what the rule gives`() throws {
        try cycle([anna.with(\.furtherCustomers, "B;C")], [Self.byAttribute])
        #expect(
            try grants().filter { $0.contains("Same") } == ["ACME Same it ro rule", "B Same it ro rule", "C Same it ro rule"])
    }

    @Test func `given a rule is given up, when a cycle runs, then what it gave goes and what was given by hand stays`() throws {
        try cycle([anna, ben])
        let order = CommandOrder(actor: "ines", now: 1_800_000_000_000_000, text: "grant")
        _ = try mirror.store.carryOut(
            GrantCommand(.grant, customers: ["ACME"], groups: ["acme"], permissions: [.readWrite]), order)
        #expect(try cycle([anna, ben], []).count == 3)
        #expect(try grants() == ["ACME Same acme rw manual"])
    }

    @Test func `given the context Other is off, when a rule gives in it, then nothing is given there`() throws {
        let same = GroupSettings(groups: ["users", "acme", "it"], alwaysGroups: [:])
        try cycle([anna], groups: same)
        #expect(try grants() == ["ACME Same acme rw rule", "ACME Same it ro rule"])
        try cycle([anna])
        #expect(try grants().count == 3)
        try cycle([anna], groups: same)
        #expect(try grants().count == 2)
    }

    @Test func `given what rules give is withheld, when cycles run, then it stays away until it is released`() throws {
        try cycle([anna])
        let order = CommandOrder(actor: "ines", now: 1_800_000_000_000_000, text: "revoke")
        let request = { (act: GrantCommand.Act) in
            GrantCommand(act, customers: ["ACME"], groups: ["acme"], permissions: [.readWrite])
        }
        #expect(throws: CommandRefusal.self) { try mirror.store.carryOut(request(.revoke), order) }
        #expect(try mirror.store.carryOut(request(.withhold), order).taken == 1)
        #expect(try cycle([anna]) == [])
        #expect(try mirror.store.carryOut(request(.release), order).released == 1)
        #expect(try cycle([anna]) == ["grant-added customer ACME"])
    }

    @Test
    func `given an attribute suddenly shows nothing, when many customers would lose grants, then all are held until approved`()
        throws
    {
        let crowd = (1...20).map {
            Person(UInt128($0), "u\($0)").with(\.customer, "C\($0)").with(\.values, ["departmentnumber": ["IT"]])
        }
        try cycle(crowd, [Self.byAttribute], limit: .count(5))
        let bare = crowd.map { $0.with(\.values, [:]) }
        #expect(try cycle(bare, [Self.byAttribute], limit: .count(5)) == [])
        #expect(try grants().count == 40)
        var held: [HeldItem] = []
        try mirror.store.forEachHeld(of: nil) { held.append($0) }
        #expect(held.count == 40)
        #expect(held.first?.kind == "customer-grant")
        #expect(
            held.first?.reason == "rules would take 40 of 40 grants of customers, more than the 5 that RemovalLimit allows. "
                + "Look at the attributes that rules name, and at what the bind account may read. "
                + "If it is right, approve it with 'rollcall approve'.")
        #expect(try cycle(crowd, [Self.byAttribute], limit: .count(5)) == [])
        #expect(try mirror.query("SELECT count(*) FROM held_customer_grant") == ["0"])
        try cycle(bare, [Self.byAttribute], limit: .count(5))
        let approval = try mirror.store.approve(try Mirror.slot(1), logins: [], actor: "ines", now: 1_800_000_000_000_000)
        #expect(approval.grants == 40)
        #expect(try cycle(bare, [Self.byAttribute], limit: .count(5)).count == 40)
        #expect(try grants() == [])
        #expect(try mirror.query("SELECT count(*) FROM held_customer_grant") == ["0"])
    }
}
