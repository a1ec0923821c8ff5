import Model
import Store
import Testing

/// Logins that are claimed twice, passed on, exchanged.
@Suite struct LoginTests {
    private let mirror: Mirror
    private let anna = Person(1, "anna")
    private let ben = Person(2, "ben")

    init() throws { mirror = try Mirror() }

    private func problems() throws -> [String] { try mirror.store.status().problems.map(\.message) }

    private static func claimed(_ login: String, _ id: Int, holder: String) -> String {
        "cn=\(id),dc=test: login '\(login)' belongs to another entry, of \(holder). Not mirrored. "
            + "Give one of the two another login, or exclude one with AlwaysFilter."
    }

    @Test func `given two entries with one login, when merged, then the first has it and the second is a problem`() throws {
        let result = try mirror.cycle([anna, Person(2, "ANNA"), ben.with(\.id, 3)])
        #expect(result.counts.added == 2)
        #expect(result.counts.problems == 1)
        #expect(try problems() == [Self.claimed("ANNA", 2, holder: "CustomerUser1")])
        #expect(try mirror.records { try mirror.cycle([Person(2, "ANNA"), anna, ben.with(\.id, 3)]) } == [])
        #expect(try mirror.validLogins() == ["anna", "ben"])
        #expect(try problems().count == 1)
    }

    @Test func `given a claimed login is given up, when merged, then the other entry has it`() throws {
        try mirror.cycle([anna, Person(2, "anna")])
        #expect(
            try mirror.records { try mirror.cycle([Person(2, "anna"), anna.with(\.login, "cara")]) } == [
                "customer-user-renamed cara", "customer-user-added anna",
            ])
        #expect(try mirror.validLogins() == ["anna", "cara"])
        #expect(try problems() == [])
    }

    @Test func `given a latecomer is added, when closed, then the back end's people are counted with them`() throws {
        try mirror.cycle([anna])
        let result = try mirror.cycle([Person(2, "anna"), anna.with(\.login, "cara")])
        #expect(result.end.people == 2)
        #expect(try mirror.status().people == 2)
    }

    @Test func `given two back ends claim one login, when merged, then the lower slot wins`() throws {
        let low = try Mirror.backEnd(1)
        let high = try Mirror.backEnd(2)
        try mirror.cycle([(low, [anna]), (high, [Person(11, "Anna"), Person(12, "zoe")])])
        #expect(try mirror.query("SELECT login, back_end FROM person ORDER BY id") == ["anna 1", "zoe 2"])
        #expect(try problems() == [Self.claimed("Anna", 11, holder: "CustomerUser1")])
        #expect(
            try mirror.records { try mirror.cycle([(low, [anna]), (high, [Person(11, "Anna"), Person(12, "zoe")])]) } == [])
    }

    @Test func `given the holder of a login has gone, when merged, then the higher slot takes it over in the same cycle`()
        throws
    {
        let low = try Mirror.backEnd(1)
        let high = try Mirror.backEnd(2)
        try mirror.cycle([(low, [anna, ben]), (high, [Person(11, "anna")])])
        let records = try mirror.records { try mirror.cycle([(low, [ben]), (high, [Person(11, "anna")])]) }
        #expect(records == ["customer-user-invalidated anna", "customer-user-revalidated anna"])
        #expect(try mirror.query("SELECT login, back_end, valid_id FROM person ORDER BY id") == ["anna 2 1", "ben 1 1"])
        #expect(try problems() == [])
    }

    @Test func `given a lower slot comes to a login, when merged, then it takes the row from the higher one`() throws {
        let low = try Mirror.backEnd(1)
        let high = try Mirror.backEnd(2)
        try mirror.cycle([(low, []), (high, [Person(11, "anna")])])
        let records = try mirror.records { try mirror.cycle([(low, [anna]), (high, [Person(11, "anna")])]) }
        #expect(records == ["customer-user-updated anna"])
        #expect(try mirror.query("SELECT login, back_end FROM person") == ["anna 1"])
        #expect(try mirror.records { try mirror.cycle([(low, [anna]), (high, [Person(11, "anna")])]) } == [])
    }

    @Test func `given a lower slot's person is renamed to a higher slot's login, when merged, then that one is displaced`()
        throws
    {
        let low = try Mirror.backEnd(1)
        let high = try Mirror.backEnd(2)
        try mirror.cycle([(low, [anna]), (high, [Person(11, "ben")])])
        let taken = anna.with(\.login, "ben")
        let records = try mirror.records { try mirror.cycle([(low, [taken]), (high, [Person(11, "ben")])]) }
        #expect(records == ["customer-user-invalidated ben", "customer-user-renamed ben"])
        let owners = try mirror.query(
            """
            SELECT line ->> '$.user.id', line ->> '$.rollcall.back_end' FROM change_record WHERE line ->> '$.user.id' IS NOT NULL
            ORDER BY sequence DESC LIMIT 2
            """)
        #expect(owners == ["\(DirectoryID(bits: 1)) CustomerUser1", "\(DirectoryID(bits: 11)) CustomerUser2"])
        #expect(try mirror.query("SELECT login, back_end, gone FROM person ORDER BY id") == ["ben 1 0", "ben 2 1"])
        #expect(try mirror.records { try mirror.cycle([(low, [taken]), (high, [Person(11, "ben")])]) } == [])
        let back = try mirror.records { try mirror.cycle([(low, [anna]), (high, [Person(11, "ben")])]) }
        #expect(back == ["customer-user-renamed anna", "customer-user-revalidated ben"])
    }

    @Test func `given a login goes to another back end's person, when merged, then what was given by hand goes on with it`()
        throws
    {
        let low = try Mirror.backEnd(1)
        let high = try Mirror.backEnd(2)
        try mirror.cycle([(low, [anna]), (high, [Person(11, "ben")])])
        let order = CommandOrder(actor: "ines", now: 1_800_000_000_000_000, text: "grant")
        _ = try mirror.store.carryOut(
            GrantCommand(.withhold, users: ["ben"], groups: ["users"], permissions: [.readOnly]), order)
        _ = try mirror.store.carryOut(
            GrantCommand(.grant, users: ["ben"], groups: ["users"], permissions: [.readWrite]), order)
        let taken = anna.with(\.login, "ben")
        let records = try mirror.records { try mirror.cycle([(low, [taken]), (high, [Person(11, "ben")])]) }
        #expect(
            records == [
                "customer-user-invalidated ben", "customer-user-renamed ben", "grant-added ben", "grant-withheld ben",
            ])
        let held = try mirror.query(
            """
            SELECT login, permission, source FROM person_grant JOIN person ON person.id = person WHERE NOT gone
            UNION ALL SELECT login, permission, 'withheld' FROM withheld_permission JOIN person ON person.id = person
            WHERE NOT gone ORDER BY 3
            """)
        #expect(held == ["ben rw manual", "ben ro withheld"])
    }

    @Test func `given a chain of logins, when merged in any order, then everybody has the new one`() throws {
        let people = (1...5).map { Person(UInt128($0), "u\($0)", mail: "\($0)@x.test") }
        let chained = people.map { $0.with(\.login, "u\($0.id + 1)") }
        for order in [chained, chained.reversed()] {
            try mirror.cycle(people)
            let records = try mirror.records { try mirror.cycle(order) }
            #expect(Set(records) == Set((2...6).map { "customer-user-renamed u\($0)" }))
            #expect(records.count == 5)
            #expect(
                try mirror.query("SELECT email, login FROM person WHERE valid_id = 1 ORDER BY email")
                    == (1...5).map { "\($0)@x.test u\($0 + 1)" })
            #expect(try mirror.records { try mirror.cycle(order) } == [])
        }
    }

    @Test func `given logins are exchanged, when merged, then each is one rename`() throws {
        try mirror.cycle([anna, ben, Person(3, "cara")])
        let ring = [anna.with(\.login, "ben"), ben.with(\.login, "cara"), Person(3, "cara").with(\.login, "anna")]
        let records = try mirror.records { try mirror.cycle(ring) }
        #expect(Set(records) == ["customer-user-renamed ben", "customer-user-renamed cara", "customer-user-renamed anna"])
        #expect(records.count == 3)
        #expect(
            try mirror.query("SELECT login, email FROM person WHERE valid_id = 1 ORDER BY id") == [
                "ben anna@test.example", "cara ben@test.example", "anna cara@test.example",
            ])
        #expect(try mirror.query("SELECT count(*) FROM person WHERE login_key <> lower(login)") == ["0"])
        #expect(try mirror.records { try mirror.cycle(ring) } == [])
    }

    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]], ["ben", "anna"])
    func `given an exchange and an outsider claim one login, when merged in any order, then one has it and the rest is told`(
        _ order: [Int], _ wanted: String
    ) throws {
        let cara = Person(3, "cara")
        try mirror.cycle([anna, ben, cara])
        let claims = [anna.with(\.login, "ben"), ben.with(\.login, "anna"), cara.with(\.login, wanted)]
        let ordered = order.map { claims[$0] }
        try mirror.cycle(ordered)
        // Who is left over keeps the login from before, or has none and is invalid.
        let logins = try mirror.validLogins()
        #expect([["anna", "ben"], ["anna", "ben", "cara"]].contains(logins))
        #expect(try mirror.query("SELECT count(*) FROM person WHERE login_key <> lower(login)") == ["0"])
        let served = try mirror.query("SELECT email || login FROM person WHERE valid_id = 1")
        let unserved = claims.filter { !served.contains($0.mail + $0.login) }
        #expect(try !unserved.isEmpty && problems().count == unserved.count)
        #expect(try mirror.records { try mirror.cycle(ordered) } == [])
        #expect(try mirror.validLogins() == logins)
    }

    @Test func `given a login of somebody who has gone is given to another, when looked up, then only the heir shows`() throws {
        try mirror.cycle([anna, ben])
        try mirror.cycle([ben])
        #expect(try mirror.records { try mirror.cycle([ben.with(\.login, "anna")]) } == ["customer-user-renamed anna"])
        #expect(try mirror.query("SELECT login, email, valid_id FROM customer_user") == ["anna ben@test.example 1"])
    }
}
