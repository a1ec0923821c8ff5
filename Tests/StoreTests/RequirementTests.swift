import Model
import Store
import Testing

/// `OnMissingGroup => 'invalidate'`: valid only with a group.
@Suite struct RequirementTests {
    private let mirror: Mirror
    private static let groups = Mirror.noGroups(["users", "it"])
    private let anna = Person(1, "anna").with(\.values, ["departmentnumber": ["IT"]])
    private let ben = Person(2, "ben")

    init() throws { mirror = try Mirror() }

    private func backEnd(_ onMissing: MissingGroup = .invalidate, limit: RemovalLimit = .percent(100)) throws -> BackEnd {
        let rules = GroupRules(byAttribute: [
            .init(attribute: "departmentNumber", value: "IT", gifts: [.init(group: "it", permissions: [.readOnly])])
        ])
        var backEnd = try Mirror.backEnd(rules: rules, requiresGroups: true, limit: limit)
        backEnd.onMissingGroup = onMissing
        return backEnd
    }

    private func cycle(
        _ people: [Person], _ onMissing: MissingGroup = .invalidate, limit: RemovalLimit = .percent(100),
        groups: GroupSettings = groups
    ) throws -> [String] {
        let reading = (try backEnd(onMissing, limit: limit), people)
        return try mirror.records { try mirror.cycle([reading], groups: groups) }
    }

    private func grant(_ login: String, _ act: GrantCommand.Act = .grant) throws {
        let order = CommandOrder(actor: "ines", now: 1_800_000_000_000_000, text: "grant")
        _ = try mirror.store.carryOut(
            GrantCommand(act, users: [login], groups: ["users"], permissions: [.readOnly]), order)
    }

    @Test func `given somebody has no group, when a cycle runs, then they are invalid until they have one`() throws {
        let first = try cycle([anna, ben])
        #expect(first.last == "customer-user-invalidated ben")
        #expect(try mirror.validLogins() == ["anna"])
        #expect(
            try mirror.query(
                "SELECT line ->> '$.rollcall.evidence.kind', line ->> '$.rollcall.back_end' FROM change_record "
                    + "WHERE line ->> '$.event.action' = 'customer-user-invalidated'") == ["no-group CustomerUser1"])
        #expect(try cycle([anna, ben]) == [])
        try grant("ben")
        #expect(try cycle([anna, ben]) == ["customer-user-revalidated ben"])
        try grant("ben", .revoke)
        #expect(try cycle([anna, ben]) == ["customer-user-invalidated ben"])
        #expect(
            try cycle([anna, ben.with(\.values, ["departmentnumber": ["IT"]])]).sorted() == [
                "customer-user-revalidated ben", "grant-added ben",
            ])
    }

    @Test func `given somebody lacks a group, when their entry changes, then they stay invalid and one record tells it`() throws
    {
        _ = try cycle([anna, ben])
        #expect(try cycle([anna, ben.with(\.phone, "1")]) == ["customer-user-updated ben"])
        #expect(try mirror.validLogins() == ["anna"])
        #expect(try cycle([anna, ben.with(\.phone, "1").with(\.isValid, false)]) == [])
        #expect(try mirror.query("SELECT lacks_group, valid_id FROM person WHERE login = 'ben'") == ["0 2"])
        #expect(try cycle([anna, ben]) == ["customer-user-revalidated ben", "customer-user-invalidated ben"])
    }

    @Test func `given somebody lacks a group, when they leave and return, then no record tells what was so already`() throws {
        _ = try cycle([anna, ben])
        #expect(try cycle([anna]) == [])
        #expect(try mirror.query("SELECT gone, lacks_group, valid_id FROM person WHERE login = 'ben'") == ["1 0 2"])
        #expect(try cycle([anna, ben]) == ["customer-user-revalidated ben", "customer-user-invalidated ben"])
    }

    @Test func `given it is only to be reported, when a cycle runs, then all are valid again and listed as unassigned`() throws
    {
        _ = try cycle([anna, ben])
        #expect(try mirror.status().unassigned == 1)
        #expect(try cycle([anna, ben], .report) == ["back-end-updated CustomerUser1", "customer-user-revalidated ben"])
        #expect(try mirror.status().unassigned == 1)
    }

    @Test func `given an always-group goes, when everybody would become invalid, then all are held until approved`() throws {
        let crowd = (1...20).map { Person(UInt128($0), "u\($0)") }
        let always = Mirror.noGroups(["users", "it"], always: [.customerUser: ["users"]])
        _ = try cycle(crowd, limit: .count(5), groups: always)
        #expect(try mirror.validLogins().count == 20)
        #expect(try cycle(crowd, limit: .count(5)) == ["always-group-removed users"])
        #expect(try mirror.validLogins().count == 20)
        var held: [HeldItem] = []
        try mirror.store.forEachHeld(of: nil) { held.append($0) }
        #expect(held.map(\.kind) == ["requirement"])
        #expect(
            held.first?.reason == "20 of 20 people have no group and would become invalid, more than the 5 that RemovalLimit "
                + "allows. 'rollcall users --unassigned' lists them. If it is right, approve it with 'rollcall approve'.")
        let approval = try mirror.store.approve(try Mirror.slot(1), logins: [], actor: "ines", now: 1_800_000_000_000_000)
        #expect(approval.requirements == 20)
        #expect(try cycle(crowd, limit: .count(5)).count == 20)
        #expect(try mirror.validLogins() == [])
    }
}
