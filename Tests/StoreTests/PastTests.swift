import Model
import Store
import Testing

/// Whom a question about the past is about, and what counts as of then.
@Suite struct PastTests {
    private let mirror: Mirror
    private let groups = GroupSettings(groups: ["users", "vip"], alwaysGroups: [:])
    private let anna = Person(1, "anna")
    private let ben = Person(2, "ben")

    init() throws { mirror = try Mirror() }

    private func cycle(_ people: [Person]) throws {
        try mirror.cycle([(try Mirror.backEnd(requiresGroups: true), people)], groups: groups)
    }

    @discardableResult
    private func grant(_ login: String) throws -> Int64 {
        let order = CommandOrder(actor: "grace", now: mirror.now(), text: "grant")
        let command = GrantCommand(.grant, users: [login], groups: ["vip"], permissions: [.readOnly])
        return try mirror.store.carryOut(command, order).records?.upperBound ?? 0
    }

    private func explained(_ login: String, at moment: PastMoment?) throws -> String {
        guard let found = try mirror.store.explain(login, at: moment) else { return "nobody" }
        return "\(found.person.directoryID)".suffix(1) + " \(found.person.login) \(found.permissions.groups)"
    }

    @Test func `given a login went to somebody else, when asked for then, then whoever had it is meant`() throws {
        try cycle([anna, ben])
        let number = try grant("anna")
        try cycle([anna.with(\.login, "anna.meyer"), ben.with(\.login, "anna")])
        #expect(try explained("anna", at: .record(number)) == #"1 anna ["vip"]"#)
        #expect(try explained("anna", at: .record(number - 1)) == "1 anna []")
        #expect(try explained("anna", at: nil) == "2 anna []")
        #expect(try explained("anna.meyer", at: .record(number)) == #"1 anna ["vip"]"#)
        #expect(try explained("ben", at: nil) == "2 anna []")
    }

    @Test func `given nobody has the login any more, when asked, then whoever had it last is meant`() throws {
        try cycle([anna, ben])
        try grant("anna")
        try cycle([anna.with(\.login, "anna.meyer"), ben])
        #expect(try explained("anna", at: nil) == #"1 anna.meyer ["vip"]"#)
        #expect(try explained("Anna", at: nil) == "nobody")
    }

    @Test func `given a store that begins with a later number, when asked by time, then the moment is found`() throws {
        try mirror.store.continueNumbering(after: 1_000, head: .zero, time: 0)
        try cycle([anna, ben])
        let before = mirror.now()
        let number = try grant("anna")
        try cycle([anna, ben.with(\.phone, "2")])
        let sequence = try mirror.store.explain("anna", at: .time(before))?.sequence
        #expect(sequence == number - 1)
        #expect(try explained("anna", at: .time(before)) == "1 anna []")
        #expect(try explained("anna", at: .time(mirror.now())) == #"1 anna ["vip"]"#)
        #expect(try explained("anna", at: .time(1)) == "nobody")
    }

    @Test func `given a number that there is not yet, when asked, then the last one counts`() throws {
        try cycle([anna, ben])
        let number = try grant("anna")
        #expect(try mirror.store.explain("anna", at: .record(number + 100))?.sequence == number)
    }

    @Test func `given one permission on two groups, when asked for then, then each is there since its own record`() throws {
        try cycle([anna, ben])
        let order = { CommandOrder(actor: "grace", now: mirror.now(), text: "grant") }
        let command = { GrantCommand($0, users: ["anna"], groups: ["users", "vip"], permissions: [.readOnly]) }
        let given = try #require(try mirror.store.carryOut(command(.grant), order()).records)
        _ = try mirror.store.carryOut(command(.revoke), order())
        let past = try #require(try mirror.store.explain("anna", at: .record(given.upperBound)))
        #expect(
            past.picture.grants.map { "\($0.grant.group) \($0.since)" }.sorted() == [
                "users \(given.lowerBound)", "vip \(given.upperBound)",
            ])
    }
}
