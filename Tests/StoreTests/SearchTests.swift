import Model
import Testing

@testable import Store

/// Searching people and customers.
@Suite struct SearchTests {
    private let mirror: Mirror

    init() throws {
        mirror = try Mirror()
        try mirror.cycle([
            Person(1, "anna.meyer").with(\.customer, "ACME"), Person(2, "ben_x").with(\.customer, "100%"),
            Person(3, "benax").with(\.furtherCustomers, "a*b").with(\.isValid, false), Person(4, #"c\d"#).with(\.customer, "Ä"),
        ])
    }

    private func people(_ text: String) throws -> [String] {
        var logins: [String] = []
        try mirror.store.forEachPerson(.matching(Wildcard(text))) { logins.append($0.login) }
        return logins
    }

    private func customers(_ text: String) throws -> [String] {
        var ids: [String] = []
        try mirror.store.forEachCustomer(Wildcard(text)) { ids.append($0.customerID) }
        return ids
    }

    @Test func `given texts for LIKE, when made of a wildcard, then only the star stands for anything`() {
        #expect(Wildcard(#"a*b%c_d\e"#).like == #"a%b\%c\_d\\e"#)
        #expect(Wildcard(exactly: "a*b%").like == #"a*b\%"#)
    }

    @Test func `given people, when searched, then whole values count, without regard to case`() throws {
        #expect(try people("anna") == [])
        #expect(try people("ANNA*") == ["anna.meyer"])
        #expect(try people("*@TEST.example") == ["anna.meyer", "ben_x", "benax", #"c\d"#])
        #expect(try people("acme") == ["anna.meyer", "benax"])
    }

    @Test func `given characters that mean something to SQL, when searched, then they are themselves`() throws {
        #expect(try people("ben_x") == ["ben_x"])
        #expect(try people("100%") == ["ben_x"])
        #expect(try people(#"c\d"#) == [#"c\d"#])
        #expect(try people("ben'x") == [])
    }

    @Test func `given customers, when searched, then by ID and name, and one is found exactly`() throws {
        #expect(try customers("a*") == ["ACME", "a*b"])
        #expect(try customers("100%") == ["100%"])
        #expect(try mirror.store.customer("a*b")?.people == 1)
        #expect(try mirror.store.customer("acme") == nil)
        #expect(try mirror.store.customer("A*") == nil)
        #expect(try mirror.store.customer("Ä")?.people == 1)
    }

    @Test func `given somebody has left, when searched, then they are not found`() throws {
        try mirror.cycle([Person(1, "anna.meyer").with(\.customer, "ACME")])
        #expect(try people("*") == ["anna.meyer"])
        #expect(try mirror.store.person("ben_x")?.isGone == true)
    }

    @Test func `given a customer with many people, when listed in pages, then each is there once`() throws {
        try mirror.cycle((1...7).map { Person(UInt128($0), "u\($0)").with(\.customer, "ACME") })
        var found: [String] = []
        while case let page = try mirror.store.people(ofCustomer: "ACME", after: found.last, limit: 3), !page.isEmpty {
            found += page
        }
        #expect(found == (1...7).map { "u\($0)" })
    }
}
