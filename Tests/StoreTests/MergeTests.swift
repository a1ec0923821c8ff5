import GRDB
import Model
import Support
import Testing

@testable import Store

/// Who joins, changes, leaves and comes back.
@Suite struct MergeTests {
    private let mirror: Mirror
    private let anna = Person(1, "anna")
    private let ben = Person(2, "ben")

    init() throws { mirror = try Mirror() }

    @Test func `given a new directory, when merged, then everybody is added and a second reading writes nothing`() throws {
        let result = try mirror.cycle([anna, ben])
        #expect(result.counts.added == 2)
        #expect(result.end == .init(people: 2))
        #expect(
            try mirror.records() == [
                "group-added users", "customer-added ACME", "customer-user-added anna", "customer-user-added ben",
            ])
        #expect(try mirror.records { try mirror.cycle([anna, ben]) } == [])
        #expect(try mirror.records { try mirror.cycle([ben, anna]) } == [])
    }

    @Test func `given a value changes, when merged, then it is updated, and cleared when it goes`() throws {
        try mirror.cycle([anna, ben])
        let changed = anna.with(\.phone, "123").with(\.mail, "new@test.example")
        #expect(try mirror.records { try mirror.cycle([changed, ben]) } == ["customer-user-updated anna"])
        #expect(
            try mirror.query("SELECT login, email, phone FROM person WHERE login = 'anna'") == ["anna new@test.example 123"])
        #expect(try mirror.records { try mirror.cycle([anna, ben]) } == ["customer-user-updated anna"])
        #expect(try mirror.query("SELECT phone FROM person WHERE login = 'anna'") == [""])
    }

    @Test func `given another login, when merged, then it is one rename and the row stays`() throws {
        try mirror.cycle([anna, ben])
        let row = try mirror.query("SELECT id FROM person WHERE login = 'anna'")
        #expect(try mirror.records { try mirror.cycle([anna.with(\.login, "anna2"), ben]) } == ["customer-user-renamed anna2"])
        #expect(try mirror.query("SELECT id FROM person WHERE login = 'anna2'") == row)
        #expect(try mirror.query("SELECT count(*) FROM person") == ["2"])
    }

    @Test func `given only the case of a login changes, when merged, then it is a rename of the same person`() throws {
        try mirror.cycle([anna])
        #expect(try mirror.records { try mirror.cycle([anna.with(\.login, "Anna")]) } == ["customer-user-renamed Anna"])
        #expect(try mirror.validLogins() == ["Anna"])
    }

    @Test func `given somebody leaves, when merged, then they are invalid, not deleted, and valid again when they return`()
        throws
    {
        try mirror.cycle([anna, ben])
        #expect(try mirror.records { try mirror.cycle([ben]) } == ["customer-user-invalidated anna"])
        #expect(try mirror.query("SELECT login, gone, valid_id FROM person ORDER BY id") == ["anna 1 2", "ben 0 1"])
        #expect(try mirror.status().people == 1)
        #expect(try mirror.records { try mirror.cycle([ben]) } == [])
        #expect(try mirror.records { try mirror.cycle([anna, ben]) } == ["customer-user-revalidated anna"])
        #expect(try mirror.query("SELECT count(*) FROM person") == ["2"])
        #expect(try mirror.status().people == 2)
    }

    @Test func `given the valid filter no longer matches, when merged, then the person is invalid and still there`() throws {
        try mirror.cycle([anna, ben])
        #expect(
            try mirror.records { try mirror.cycle([anna.with(\.isValid, false), ben]) } == ["customer-user-invalidated anna"])
        #expect(try mirror.query("SELECT gone, valid_id FROM person WHERE login = 'anna'") == ["0 2"])
        #expect(try mirror.records { try mirror.cycle([ben]) } == [])
        #expect(try mirror.query("SELECT gone, valid_id FROM person WHERE login = 'anna'") == ["1 2"])
        #expect(try mirror.records { try mirror.cycle([anna, ben]) } == ["customer-user-revalidated anna"])
    }

    @Test func `given a reading that was cut short, when merged, then nobody is removed and what came is taken in`() throws {
        try mirror.cycle([anna, ben])
        let records = try mirror.records {
            try mirror.cycle([ben.with(\.phone, "1"), Person(3, "cara")], coverage: .partial(reason: "size limit"))
        }
        #expect(
            records == ["customer-user-updated ben", "customer-user-added cara", "back-end-failed CustomerUser1"])
        #expect(try mirror.validLogins() == ["anna", "ben", "cara"])
        #expect(try mirror.status().coverage == "partial")
        #expect(try mirror.status().failure == "size limit")
    }

    @Test func `given what has changed is read, when merged, then only those who are reported go`() throws {
        try mirror.cycle([anna, ben, Person(3, "cara")])
        let records = try mirror.records {
            try mirror.cycle([ben.with(\.phone, "1"), Person(3, "cara"), Person(4, "dora")], coverage: .delta)
        }
        #expect(records == ["customer-user-updated ben", "customer-user-added dora", "customer-user-invalidated anna"])
        #expect(try mirror.validLogins() == ["ben", "cara", "dora"])
        #expect(try mirror.status().coverage == "delta")
        #expect(try mirror.status().people == 3)
    }

    @Test func `given an entry is made anew, when merged, then it goes on with the row of its login`() throws {
        try mirror.cycle([anna, ben])
        let records = try mirror.records { try mirror.cycle([Person(9, "anna"), ben]) }
        #expect(records == ["customer-user-updated anna"])
        #expect(try mirror.query("SELECT count(*) FROM person") == ["2"])
        #expect(
            try mirror.query("SELECT hex(directory_id) FROM person WHERE login = 'anna'") == [
                "00000000000000000000000000000009"
            ])
        #expect(try mirror.records { try mirror.cycle([Person(9, "anna"), ben]) } == [])
    }

    @Test func `given an entry is made anew after it was gone, when merged, then the row is valid again`() throws {
        try mirror.cycle([anna, ben])
        try mirror.cycle([ben])
        #expect(try mirror.records { try mirror.cycle([ben, Person(9, "ANNA")]) } == ["customer-user-revalidated ANNA"])
        #expect(try mirror.query("SELECT count(*) FROM person") == ["2"])
    }

    @Test func `given an entry that cannot be mapped, when merged, then it is a problem and the others go on`() throws {
        try mirror.cycle([anna, ben])
        let records = try mirror.records { try mirror.cycle([anna.with(\.mail, ""), ben.with(\.phone, "1")]) }
        #expect(records == ["customer-user-updated ben"])
        #expect(try mirror.validLogins() == ["anna", "ben"])
        #expect(try mirror.status().problems == 1)
        #expect(
            try mirror.store.status().problems.map(\.message) == [
                "cn=1,dc=test: no value in 'mail', so no UserEmail. Not mirrored. Fill the attribute in the directory, "
                    + "or exclude the entry with AlwaysFilter."
            ])
        try mirror.cycle([anna, ben])
        #expect(try mirror.store.status().problems.isEmpty)
    }

    @Test func `given customers, when merged, then each is added once and further ones follow the person`() throws {
        let first = anna.with(\.furtherCustomers, "B;C;ACME")
        let records = try mirror.records { try mirror.cycle([first, ben.with(\.customer, "B")]) }
        #expect(
            records.filter { $0.hasPrefix("customer-added") } == [
                "customer-added B", "customer-added C", "customer-added ACME",
            ])
        let sql = "SELECT person, customer_id FROM person_in_customer ORDER BY person, customer_id"
        #expect(try mirror.query(sql) == ["1 ACME", "1 B", "1 C", "2 B"])
        try mirror.cycle([anna.with(\.furtherCustomers, "D"), ben])
        #expect(try mirror.query(sql) == ["1 ACME", "1 D", "2 ACME"])
        #expect(try mirror.query("SELECT customer_id FROM customer_company ORDER BY 1") == ["ACME", "B", "C", "D"])
    }

    @Test func `given a required value is missing, when merged, then the person counts as incomplete`() throws {
        try mirror.cycle([anna.with(\.missing, ["UserPhone", "UserCity"]), ben])
        #expect(try mirror.status().incomplete == 1)
        var listed: [[String]] = []
        try mirror.store.forEachPerson(.incomplete) { listed.append([$0.login] + $0.missing) }
        #expect(listed == [["anna", "UserPhone", "UserCity"]])
        try mirror.cycle([anna, ben])
        #expect(try mirror.status().incomplete == 0)
    }

    @Test func `given Map requires one value more, when merged without any other change, then the count follows`() throws {
        try mirror.cycle([anna, ben])
        #expect(try mirror.records { try mirror.cycle([anna.with(\.missing, ["UserPhone"]), ben]) } == [])
        #expect(try mirror.status().incomplete == 1)
    }

    /// What a reading holds of the connection that writes must be given back where writers take turns: the memory of SQLite would
    /// be damaged otherwise, now and then.
    @Test func `given others write meanwhile, when many readings end, then nothing is damaged`() async throws {
        try mirror.cycle([anna, ben])
        let store = mirror.store
        let backEnd = try Mirror.backEnd()
        let people = [anna, ben]
        async let readings: Void = OwnThread.run {
            for _ in 0..<200 {
                var merges = (0..<100).map { _ in Merge(store, backEnd, cycle: 1, server: "ldap://test:389") { 1 } }
                for merge in merges { try merge.apply(Batch(people)) }
                // In the midst of what the other thread does.
                merges.removeAll()
            }
        }
        async let writings: Void = OwnThread.run {
            for _ in 0..<5000 {
                try store.write { db in
                    for number in 0..<50 {
                        let count = try Int.fetchOne(db, sql: "SELECT count(*) + \(number) FROM person")
                        #expect(count == 2 + number)
                    }
                }
            }
        }
        _ = try await (readings, writings)
        #expect(try mirror.query("PRAGMA integrity_check") == ["ok"])
    }
}
