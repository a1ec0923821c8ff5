import ChangeLog
import Model
import Support
import Testing

@testable import Store

/// The first reading of an empty store, which does without indexes.
@Suite struct FirstFillTests {
    private let mirror: Mirror
    private let indexes = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'person' ORDER BY name"
    private let all: [String]

    init() throws {
        mirror = try Mirror()
        all = try mirror.query(indexes)
    }

    private func people(_ numbers: Range<Int>) -> [Person] {
        numbers.map { Person(UInt128($0), "user\($0)").with(\.customer, "C\($0 % 7)") }
    }

    @Test func `given a store, when it is new, then it has the indexes that a filling makes, word for word`() throws {
        let made = try mirror.query("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'person'")
        for index in Schema.personIndexes {
            #expect(made.contains(index.sql.replacing(" IF NOT EXISTS", with: "")))
        }
    }

    /// A merge whose reading never comes to its end.
    private func beginFilling(with people: [Person]) throws {
        let backEnd = try Mirror.backEnd()
        let cycle = try mirror.store.beginCycle(Configuration(backEnds: [backEnd], groups: Mirror.noGroups()), now: 1)
        try Merge(mirror.store, backEnd, cycle: cycle, server: "x") { 1 }.apply(Batch(people))
    }

    @Test func `given an empty store, when it was filled, then its indexes and the counts of customers are there`() throws {
        try mirror.cycle(people(1..<100))
        #expect(try mirror.query(indexes) == all)
        #expect(try mirror.query("SELECT sum(people), count(*) FROM customer") == ["99 7"])
        #expect(try mirror.query("SELECT name FROM counter") == ["sequence"])
        #expect(try mirror.query("PRAGMA integrity_check") == ["ok"])
    }

    @Test func `given a filling ended halfway, when the next cycle begins, then indexes and counts are made up`() throws {
        try beginFilling(with: people(1..<50))
        let made = Schema.personIndexes.map(\.name)
        #expect(try mirror.query(indexes) == all.filter { !made.contains($0) })
        #expect(try mirror.query("SELECT sum(people) FROM customer") == ["0"])
        let added = try mirror.records { try mirror.cycle(people(1..<60)) }
        #expect(added == (50..<60).map { "customer-user-added user\($0)" })
        #expect(try mirror.query(indexes) == all)
        #expect(try mirror.query("SELECT sum(people), count(back_end) FROM customer") == ["59 7"])
        #expect(try mirror.query("PRAGMA integrity_check") == ["ok"])
    }

    @Test func `given a filling ended halfway, when somebody looks at the store, then they see what is there`() throws {
        try beginFilling(with: people(1..<50))
        #expect(try mirror.validLogins().count == 49)
        #expect(try mirror.query("SELECT count(*) FROM customer_user") == ["49"])
        #expect(try mirror.status().isConfigured)
    }

    @Test func `given entries come twice, when the store is filled, then each is there once, as it came last`() throws {
        let first = people(1..<30)
        let changed = first[3].with(\.phone, "2")
        let result = try mirror.cycle(first + [changed] + first[10..<20])
        #expect(result.counts.added == 29)
        #expect(try mirror.query("SELECT count(*), count(DISTINCT directory_id) FROM person") == ["29 29"])
        #expect(try mirror.query("SELECT phone FROM person WHERE login = 'user4'") == ["2"])
        #expect(try mirror.query("SELECT sum(people) FROM customer") == ["29"])
        #expect(try mirror.records { try mirror.cycle(first[..<3] + [changed] + first[4...]) } == [])
    }

    @Test func `given two want a login, when the store is filled, then the first has it and the other is a problem`() throws {
        let twin = Person(900, "USER5")
        try mirror.cycle(people(1..<20) + [twin])
        #expect(try mirror.query("SELECT count(*) FROM person") == ["19"])
        #expect(try mirror.query("SELECT count(*) FROM problem WHERE login_key = 'user5'") == ["1"])
    }

    @Test func `given more entries come twice than are kept back, when the store is filled, then the rest is looked up`() throws
    {
        let everybody = people(1..<20_501)
        let results = try mirror.cycle([(try Mirror.backEnd(), everybody + everybody)], batchSize: 1000)
        #expect(results[0].counts.added == 20_500)
        #expect(results[0].end.people == 20_500)
        #expect(try mirror.query("SELECT count(*) FROM person") == ["20500"])
        #expect(try mirror.query("SELECT sum(people) FROM customer") == ["20500"])
        #expect(try mirror.query(indexes) == all)
    }

    @Test(arguments: [0, 64, 80, 96] as [UInt128])
    func `given ids that differ in few bits, when many are new, then next to none is taken for known`(_ shift: UInt128) {
        var keys = RecentKeys()
        let known = (0..<20_000 as Range<UInt128>).count { number in
            keys.insert(number << shift) || keys.insert("user\(number)")
        }
        #expect(known < 5)
    }

    @Test func `given an entry out of its place, when read again, then nobody after it is looked up`() throws {
        let everybody = people(1..<4000)
        try mirror.cycle([(try Mirror.backEnd(), everybody)], batchSize: 1000)
        let moved = [everybody[3_500]] + everybody[..<3_500] + everybody[3_501...]
        #expect(try mirror.records { try mirror.cycle([(try Mirror.backEnd(), moved)], batchSize: 1000) } == [])
        var cursor = try mirror.cursor()
        var missed = 0
        for person in moved where try cursor.match(person.header) == nil {
            missed += 1
            try cursor.follow(to: Int64(person.id))
        }
        #expect(missed <= 3)
    }

    @Test func `given several back ends without people, when read in one cycle, then lower slots come first`() throws {
        let rules = GroupRules(initialGroups: ["users"])
        let both = [(try Mirror.backEnd(1, rules: rules), people(1..<50)), (try Mirror.backEnd(2), people(40..<90))]
        let results = try mirror.cycle(both)
        #expect(results.map(\.counts.added) == [49, 40])
        #expect(results[0].counts.grantsAdded == 49)
        #expect(try mirror.query("SELECT back_end, count(*) FROM person GROUP BY 1") == ["1 49", "2 40"])
        #expect(try mirror.query("SELECT count(*) FROM person_grant") == ["49"])
        #expect(try mirror.query("SELECT sum(people) FROM customer") == ["89"])
    }
}
