import Model
import Store
import Testing

/// What becomes of customers whose people come and go.
@Suite struct CustomerTests {
    private let mirror: Mirror
    private let anna = Person(1, "anna").with(\.customer, "A")
    private let ben = Person(2, "ben").with(\.customer, "B")

    init() throws { mirror = try Mirror() }

    private func customers() throws -> [String] {
        try mirror.query("SELECT customer_id, valid_id, people FROM customer ORDER BY customer_id")
    }

    @Test func `given the last person of a customer leaves, when merged, then it is invalid until somebody has it`() throws {
        try mirror.cycle([anna, ben])
        #expect(try customers() == ["A 1 1", "B 1 1"])
        let records = try mirror.records { try mirror.cycle([ben]) }
        #expect(records == ["customer-user-invalidated anna", "customer-invalidated A"])
        #expect(try customers() == ["A 2 0", "B 1 1"])
        #expect(try mirror.records { try mirror.cycle([ben]) } == [])
        #expect(
            try mirror.records { try mirror.cycle([ben, Person(3, "cara").with(\.customer, "A")]) }
                == ["customer-user-added cara", "customer-updated A"])
        #expect(try customers() == ["A 1 1", "B 1 1"])
    }

    @Test func `given a person changes to another customer, when merged, then both are counted`() throws {
        try mirror.cycle([anna, ben.with(\.furtherCustomers, "A;C")])
        #expect(try customers() == ["A 1 2", "B 1 1", "C 1 1"])
        try mirror.cycle([anna.with(\.customer, "C"), ben])
        #expect(try customers() == ["A 2 0", "B 1 1", "C 1 1"])
        try mirror.cycle([anna.with(\.phone, "7"), ben.with(\.isValid, false)])
        #expect(try customers() == ["A 1 1", "B 1 1", "C 2 0"])
    }

    @Test func `given many customers lose their last person, when merged, then they are held until approved`() throws {
        let people = (0..<30).map { Person(UInt128($0 + 1), "u\($0)").with(\.customer, "C\($0)") }
        let backEnd = try Mirror.backEnd(limit: .count(20))
        try mirror.cycle(people, backEnd)
        // Everybody has moved to one customer.
        let moved = people.map { $0.with(\.customer, "C0") }
        let records = try mirror.records { try mirror.cycle(moved, backEnd) }
        #expect(!records.contains { $0.hasPrefix("customer-invalidated") })
        var held: [HeldItem] = []
        try mirror.store.forEachHeld(of: backEnd.slot) { held.append($0) }
        #expect(held.count == 29)
        #expect(
            held.first?.reason == "29 of 30 customers have nobody left, more than the 20 that RemovalLimit allows. "
                + "If that is right, approve it with 'rollcall approve'.")
        #expect(held.first?.kind == "customer")
        let approval = try mirror.store.approve(backEnd.slot, logins: [], actor: "grace", now: 1)
        #expect(approval.customers == 29)
        try mirror.cycle(moved, backEnd)
        #expect(try mirror.query("SELECT count(*) FROM customer WHERE valid_id = 1") == ["1"])
        #expect(try mirror.query("SELECT count(*) FROM held_customer") == ["0"])
    }
}
