import ChangeLog
import Foundation
import GRDB
import Model
import Support
import Synchronization

@testable import Store

/// A person as a test's directory describes them.
struct Person: Hashable {
    var id: UInt128
    var login: String
    var mail: String
    var customer = "ACME"
    var furtherCustomers = ""
    var phone = ""
    var isValid = true
    var missing: [String] = []
    var memberships: [Membership] = []
    var values: [String: [String]] = [:]

    init(_ id: UInt128, _ login: String, mail: String? = nil) {
        self.id = id
        self.login = login
        self.mail = mail ?? "\(login)@test.example"
    }

    /// The same person, with something else.
    func with<Value>(_ path: WritableKeyPath<Person, Value>, _ value: Value) -> Person {
        var copy = self
        copy[keyPath: path] = value
        return copy
    }

    var header: EntryHeader {
        let text = "\(login)|\(mail)|\(customer)|\(furtherCustomers)|\(phone)|\(isValid)|\(missing)|\(memberships)|\(values)"
        // FNV-1a, the same in every run.
        let bits = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return EntryHeader(id: DirectoryID(bits: id), fingerprint: Fingerprint(bits: UInt128(bits)))
    }

    fileprivate var mapped: MappedPerson {
        let fields: [Field: String] = [
            .login: login, .email: mail, .customerID: customer, .customerIDs: furtherCustomers, .phone: phone,
        ]
        return MappedPerson(
            customerUser: CustomerUser(fields, isValid: isValid, missing: missing),
            facts: RuleFacts(memberships: memberships, values: values))
    }
}

/// A run of entries without a directory.
struct Batch: MappedBatch {
    let people: [Person]
    let headers: [EntryHeader]
    var problems: [Problem] = []
    let departures: [Departure]
    let isInOrder: Bool

    init(_ people: [Person], departures: [Departure], isInOrder: Bool = false) {
        self.people = people
        headers = people.map(\.header)
        self.departures = departures
        self.isInOrder = isInOrder
    }

    init(_ people: [Person]) { self.init(people, departures: [], isInOrder: true) }

    /// What reading `ids` again by immutable id brings, from a directory of `people`.
    init(_ people: [Person], again ids: [DirectoryID]) {
        let wanted = Set(ids)
        let found = people.filter { wanted.contains(DirectoryID(bits: $0.id)) }
        let known = Set(found.map { DirectoryID(bits: $0.id) })
        self.init(found, departures: ids.filter { !known.contains($0) }.map { Departure(id: $0, kind: .noLongerMatches) })
    }

    func dn(at index: Int) -> String { "cn=\(people[index].id),dc=test" }

    func person(at index: Int) throws(Problem) -> MappedPerson {
        if people[index].mail.isEmpty {
            throw .missingAttribute(dn: dn(at: index), attribute: "mail", field: .email)
        }
        return people[index].mapped
    }
}

/// A store of a test's own, with the readings of directories that exist only in the test.
final class Mirror: Sendable {
    let folder: TestFolder
    let store: Store
    private let moment = Mutex<Int64>(1_700_000_000_000_000)
    /// Whom each directory had in the last cycle.
    private let last = Mutex<[Slot: [Person]]>([:])
    var path: String { folder["store.sqlite"] }

    /// What the change log tells of people.
    let values: ChangeLogValues

    /// - Parameter folder: where the store is made.
    init(in folder: TestFolder? = nil, telling values: ChangeLogValues = .values) throws {
        self.values = values
        self.folder = try folder ?? TestFolder()
        store = try Store(writingTo: self.folder["store.sqlite"], form: Record.form)
    }

    static func slot(_ number: Int) throws -> Slot {
        guard let slot = Slot(number) else { throw TestFailure("no slot \(number)") }
        return slot
    }

    static func backEnd(
        _ number: Int = 1, rules: GroupRules = GroupRules(), requiresGroups: Bool = false, limit: RemovalLimit = .percent(100)
    ) throws -> BackEnd {
        BackEnd(
            slot: try slot(number), name: "Test \(number)",
            connection: ConnectionSettings(servers: [.tcp(host: "x", port: 389, tls: false)]),
            search: SearchSettings(baseDN: "dc=test", scope: .sub), mapping: Mapping(keyAttribute: "uid", rows: []),
            rules: rules, requiresGroups: requiresGroups, removalLimit: limit)
    }

    static func noGroups(_ groups: [String] = ["users"], always: [AlwaysGroupKind: [String]] = [:]) -> GroupSettings {
        GroupSettings(groups: groups, alwaysGroups: always)
    }

    /// What one reading of one back end came to.
    struct Result {
        var counts: MergeCounts
        var end: MergeEnd
    }

    /// The moment of whatever happens next.
    func now() -> Int64 {
        moment.withLock {
            // More than a day, so that nobody who comes and goes is taken for flapping.
            $0 += 90_000_000_000
            return $0
        }
    }

    /// One cycle over `readings`, in order.
    ///
    /// - Parameter coverage: `.delta` reads what has changed since the last cycle; everybody, where there was none.
    @discardableResult
    func cycle(
        _ readings: [(BackEnd, [Person])], groups: GroupSettings = noGroups(), coverage: Coverage = .complete,
        batchSize: Int = 3
    ) throws -> [Result] {
        var configuration = Configuration(backEnds: readings.map(\.0), groups: groups)
        configuration.changeLogValues = values
        let number = try store.beginCycle(configuration, now: now())
        let results = try readings.map { backEnd, people in
            let before = last.withLock { $0[backEnd.slot] }
            if coverage.shortfall == nil { last.withLock { $0[backEnd.slot] = people } }
            guard coverage == .delta, let before else {
                return try read(backEnd, people, number, coverage == .delta ? .complete : coverage, batchSize)
            }
            return try readChanges(backEnd, from: before, to: people, number, batchSize)
        }
        _ = try store.settleCustomers(configuration, cycle: number, now: now())
        _ = try store.settleCustomerRules(configuration, cycle: number, now: now())
        _ = try store.settleRequirements(configuration, cycle: number, now: now())
        try store.endCycle(number, CycleSummary(outcome: .done, counts: [:], nanoseconds: 0), now: now())
        return results
    }

    /// The order of a cycle: stream, who is missing, renames, latecomers, end.
    private func read(
        _ backEnd: BackEnd, _ people: [Person], _ cycle: Int64, _ coverage: Coverage, _ batchSize: Int
    ) throws -> Result {
        let merge = Merge(store, backEnd, cycle: cycle, server: "ldap://test:389") { [self] in now() }
        for start in stride(from: 0, to: people.count, by: batchSize) {
            try merge.apply(Batch(Array(people[start..<min(start + batchSize, people.count)])))
        }
        return try finish(
            merge, people, ReadingEnd(coverage: coverage, strategy: .full, entries: people.count, state: Self.state(coverage)))
    }

    /// The same for a directory that tells what has changed, and a little more than that.
    private func readChanges(
        _ backEnd: BackEnd, from before: [Person], to people: [Person], _ cycle: Int64, _ batchSize: Int
    ) throws -> Result {
        let merge = Merge(store, backEnd, cycle: cycle, server: "ldap://test:389") { [self] in now() }
        let known = Set(before)
        let changed = people.enumerated().filter { $0.offset % 7 == 0 || !known.contains($0.element) }.map(\.element)
        let present = Set(people.map(\.id))
        let gone = before.map(\.id).filter { !present.contains($0) } + [UInt128.max]
        for start in stride(from: 0, to: changed.count, by: batchSize) {
            let some = Array(changed[start..<min(start + batchSize, changed.count)])
            try merge.apply(Batch(some, again: some.map { DirectoryID(bits: $0.id) }))
        }
        try merge.apply(Batch([], departures: gone.map { Departure(id: DirectoryID(bits: $0), kind: .reported) }))
        return try finish(
            merge, people,
            ReadingEnd(coverage: .delta, strategy: .sync, entries: changed.count, state: Self.state(.delta)))
    }

    private static func state(_ coverage: Coverage) -> ReadingState? {
        guard coverage.shortfall == nil else { return nil }
        return ReadingState(
            strategy: .sync, cookie: [1], lineage: "", request: 0, surroundings: 0, seesItself: true, lastComplete: 0)
    }

    /// What comes after the stream of people.
    private func finish(_ merge: Merge, _ people: [Person], _ readingEnd: ReadingEnd) throws -> Result {
        if readingEnd.coverage.shortfall == nil {
            let again = { (ids: [DirectoryID]) in Batch(people, again: ids) }
            try merge.apply(again(try merge.candidates(after: readingEnd)))
            try merge.collectRenames(again(merge.waitingRenames))
            try merge.settleRenames()
            try merge.applyLatecomers(again(merge.latecomers))
            if try merge.hasClaimants() { try merge.apply(again(try merge.heirs())) }
        }
        let end = try merge.close(readingEnd)
        return Result(counts: merge.counts, end: end)
    }

    /// One back end, one reading.
    @discardableResult
    func cycle(_ people: [Person], _ backEnd: BackEnd? = nil, coverage: Coverage = .complete) throws -> Result {
        let results = try cycle([(try backEnd ?? Self.backEnd(), people)], coverage: coverage)
        return results[0]
    }

    /// A cursor over the people of back end 1.
    func cursor() throws -> MirrorCursor {
        try store.pool.writeWithoutTransaction { try MirrorCursor($0, backEnd: try Self.slot(1)) }
    }

    // MARK: What is in it

    /// Action and subject of each record after `sequence`, but for beginnings and ends of cycles.
    func records(after sequence: Int64 = 0) throws -> [String] {
        try store.records(after: sequence).map { try RecordText($0.line) }
            .filter { !$0.action.hasPrefix("cycle-") }.map(\.keys)
    }

    /// Runs `body` and returns the records that it made.
    func records(of body: () throws -> Void) throws -> [String] {
        let before = try store.lastSequence()
        try body()
        return try records(after: before)
    }

    /// Rows of a query, each as its values with spaces between; NULL as "NULL".
    func query(_ sql: String) throws -> [String] {
        try DatabaseQueue(path: path).read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map {
                    String.fromDatabaseValue($0) ?? Int64.fromDatabaseValue($0).map(String.init) ?? "NULL"
                }
                .joined(separator: " ")
            }
        }
    }

    /// What a person with SQL does.
    func execute(_ sql: String) throws { try DatabaseQueue(path: path).write { try $0.execute(sql: sql) } }

    /// Logins of those who are valid, as they are written.
    func validLogins() throws -> [String] { try query("SELECT login FROM person WHERE valid_id = 1 ORDER BY login") }

    /// The line of one back end in the status.
    func status(_ number: Int = 1) throws -> Status.BackEnd {
        let key = try Self.slot(number).key
        guard let line = try store.status().backEnds.first(where: { $0.key == key }) else { throw TestFailure("no \(key)") }
        return line
    }
}
