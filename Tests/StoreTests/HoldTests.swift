import Model
import Testing

@testable import Store

/// The removal guard, with a real mirror.
@Suite struct HoldTests {
    private let mirror: Mirror
    private let people = (1...20).map { Person(UInt128($0), "u\($0 + 100)") }
    private let guarded: BackEnd
    private static let reason =
        "10 of 20 people are missing, more than the 5 that RemovalLimit allows. "
        + "If they really left, approve it with 'rollcall approve'."

    init() throws {
        mirror = try Mirror()
        guarded = try Mirror.backEnd(limit: .percent(20))
    }

    private func held() throws -> [String] {
        var logins: [String] = []
        try mirror.store.forEachPerson(.held) { logins.append($0.login) }
        return logins
    }

    @Test func `given too many are missing, when merged, then all are held, once recorded, and the rest stands`() throws {
        try mirror.cycle(people, guarded)
        let half = Array(people.prefix(10)).map { $0.id == 1 ? $0.with(\.phone, "1") : $0 }
        var result: Mirror.Result?
        let records = try mirror.records { result = try mirror.cycle(half, guarded) }
        #expect(result?.end == .init(people: 20, heldReason: Self.reason))
        #expect(result?.counts.held == 10)
        #expect(records == ["customer-user-updated u101"] + (111...120).map { "customer-user-removal-held u\($0)" })
        #expect(try mirror.validLogins().count == 20)
        #expect(try held() == (111...120).map { "u\($0)" })
        #expect(try mirror.status().held == 10)
        #expect(try mirror.records { try mirror.cycle(half, guarded) } == [])
        #expect(try mirror.query("SELECT DISTINCT since_cycle, reason FROM held_removal") == ["2 \(Self.reason)"])
    }

    @Test func `given the held come back, when merged, then nobody is held and nothing is recorded`() throws {
        try mirror.cycle(people, guarded)
        try mirror.cycle(Array(people.prefix(10)), guarded)
        #expect(try mirror.records { try mirror.cycle(people, guarded) } == [])
        #expect(try held() == [])
        #expect(try mirror.status().people == 20)
    }

    @Test func `given some of the held come back, when few enough are missing, then the rest go`() throws {
        try mirror.cycle(people, guarded)
        try mirror.cycle(Array(people.prefix(10)), guarded)
        let records = try mirror.records { try mirror.cycle(Array(people.prefix(15)), guarded) }
        #expect(records == (116...120).map { "customer-user-invalidated u\($0)" })
        #expect(try held() == [])
    }

    @Test func `given some come back and still too many are missing, when merged, then only those are held`() throws {
        try mirror.cycle(people, guarded)
        try mirror.cycle(Array(people.prefix(10)), guarded)
        #expect(try mirror.records { try mirror.cycle(Array(people.prefix(13)), guarded) } == [])
        #expect(try held() == (114...120).map { "u\($0)" })
        #expect(try mirror.query("SELECT DISTINCT since_cycle FROM held_removal") == ["2"])
        #expect(
            try mirror.records { try mirror.cycle(Array(people.prefix(12)), guarded) } == ["customer-user-removal-held u113"])
    }

    @Test func `given the limit is raised, when merged, then the held go`() throws {
        try mirror.cycle(people, guarded)
        try mirror.cycle(Array(people.prefix(10)), guarded)
        let records = try mirror.records { try mirror.cycle(Array(people.prefix(10)), Mirror.backEnd(limit: .percent(100))) }
        #expect(records == (111...120).map { "customer-user-invalidated u\($0)" })
        #expect(try held() == [])
    }

    @Test func `given the directory returns nobody, when merged, then all are held whatever the limit`() throws {
        try mirror.cycle(people)
        let result = try mirror.cycle([])
        #expect(
            result.end.heldReason == "the directory returned nobody, where the mirror has 20. "
                + "Check the base, the filter and what the bind account may read. "
                + "If they really left, approve it with 'rollcall approve'.")
        #expect(try mirror.validLogins().count == 20)
    }

    @Test func `given people are held, when a reading is cut short, then they stay held`() throws {
        try mirror.cycle(people, guarded)
        try mirror.cycle(Array(people.prefix(10)), guarded)
        let records = try mirror.records { try mirror.cycle(people, guarded, coverage: .partial(reason: "cut")) }
        #expect(records == ["back-end-failed CustomerUser1"])
        #expect(try held().count == 10)
    }

    @Test func `given people are reported gone whom a lower slot takes over meanwhile, when merged, then nobody is held`()
        throws
    {
        let (lower, higher) = (try Mirror.backEnd(1), try Mirror.backEnd(2, limit: .percent(20)))
        try mirror.cycle([(higher, people)])
        let cycle = try mirror.store.beginCycle(Configuration(backEnds: [lower, higher], groups: Mirror.noGroups()), now: 1)
        let merge = { backEnd in Merge(mirror.store, backEnd, cycle: cycle, server: "ldap://test:389") { 1 } }
        let late = merge(higher)
        let departures = people.prefix(10).map { Departure(id: DirectoryID(bits: $0.id), kind: .reported) }
        try late.apply(Batch([], departures: departures))
        let end = ReadingEnd(coverage: .delta, strategy: .sync, entries: 10)
        let records = try mirror.records {
            let early = merge(lower)
            try early.apply(Batch((1...10).map { Person(UInt128($0 + 100), "u\($0 + 100)") }))
            _ = try early.close(end)
            #expect(try late.close(end) == MergeEnd(people: 10, heldReason: nil))
        }
        #expect(records == (101...110).map { "customer-user-updated u\($0)" })
        #expect(try held().isEmpty)
    }

    @Test func `given most were made anew and some are missing, when merged, then nobody goes before being looked for`()
        throws
    {
        try mirror.cycle(people, guarded)
        // Fifteen have another id, two are gone: by ids alone seventeen are missing, which the guard would hold.
        let anew = (1...15).map { Person(UInt128($0 + 100), "u\($0 + 100)") }
        let next = anew + Array(people[15..<18])
        let first = try mirror.records { try mirror.cycle(next, guarded) }
        #expect(first == (101...115).map { "customer-user-updated u\($0)" })
        #expect(try mirror.validLogins().count == 20)
        #expect(try mirror.status().people == 20)
        let second = try mirror.records { try mirror.cycle(next, guarded) }
        #expect(second == ["customer-user-invalidated u119", "customer-user-invalidated u120"])
        #expect(try mirror.status().people == 18)
    }
}
