import GRDB
import Model

/// What one merge did to the people of one back end.
package struct MergeCounts: Sendable, Hashable {
    package var added = 0
    package var updated = 0
    package var renamed = 0
    package var invalidated = 0
    package var revalidated = 0
    package var grantsAdded = 0
    package var grantsRemoved = 0
    package var held = 0
    package var grantsHeld = 0
    package var problems = 0

    package init() {}
}

/// Brings the mirror of one back end up to what a reading says, one short transaction for each batch.
///
/// The stream of entries runs in lockstep with a cursor over the mirror; only entries whose fingerprint differs are
/// looked at closer. A class because the cursor, the set of rows seen and the counts live as long as the reading.
package final class Merge {
    let store: Store
    let backEnd: BackEnd
    let cycle: Int64
    let server: String
    package internal(set) var counts = MergeCounts()
    /// New entries whose login belongs to a row of this back end that was not seen yet: for `applyLatecomers`.
    package private(set) var latecomers: [DirectoryID] = []
    /// Those rows.
    var contested: [Int64] = []
    /// Known entries that want such a login: for `collectRenames` and `settleRenames`.
    package private(set) var waitingRenames: [DirectoryID] = []

    /// Rows that this reading has shown.
    var seen = RowSet()
    /// Those of them whose login is final for this reading: the others may still give theirs up.
    var settled = RowSet()
    var renames: [WaitingRename] = []
    /// Customer IDs that are in the store for certain: a few of the last ones.
    var knownCustomers: Set<UTF8Key> = []
    /// The ids that a first reading has added; nil when the back end had people before.
    var recentIDs: RecentKeys?
    /// While an empty store is being filled.
    var firstFill: FirstFill?
    /// Whether anybody in the store may be gone; nil before that was looked up.
    var mayHaveGone: Bool?
    /// Rows of those who left, and how that is known: nobody else is ever removed.
    var departed: [Int64: Evidence.Kind] = [:]
    /// How many more people are present than before the reading.
    var gained = 0
    /// Whether a row that was not seen may be taken for gone: not when only changes are read.
    var isAbsenceTold = true
    /// Some grant of the back end is held, or waits for the end of the reading; nil before that was looked up.
    var hasHeldGrants: Bool?
    /// By customer ID: how many more present people have it than before the transaction in hand, or the filling.
    var customerGains: [UTF8Key: Int] = [:]
    /// Somebody has come by a DN that the mirror does not have them under.
    package internal(set) var hasNewNames = false
    let rules: RuleBook
    /// What somebody new is given.
    let initialGrants: [Grant]
    /// All that the rules can give.
    let givable: Set<Grant>
    /// The last look at who was not seen.
    var lastScan: MirrorScan?
    private var cursor: MirrorCursor?
    let clock: @Sendable () -> Int64

    /// - Parameters:
    ///   - server: the URI of the server that is being read, for evidence.
    ///   - clock: microseconds since 1970.
    package init(_ store: Store, _ backEnd: BackEnd, cycle: Int64, server: String, clock: @escaping @Sendable () -> Int64) {
        self.store = store
        self.backEnd = backEnd
        self.cycle = cycle
        self.server = server
        self.clock = clock
        rules = RuleBook(backEnd.rules)
        initialGrants = backEnd.rules.initialGrants
        givable = backEnd.rules.givable
    }

    deinit {
        // The cursor's statement belongs to the connection that writes, which others may be using: it must end where they take
        // turns, not on this thread.
        if cursor != nil { store.pool.unsafeReentrantWrite { _ in cursor = nil } }
    }

    /// Whether the mirror has nobody of this back end, present or gone.
    package func isFirstReading() throws(StoreProblem) -> Bool {
        try store.read { try !PersonTable.hasPeople($0, of: backEnd.slot) }
    }

    /// Merges entries as they come from the directory, in one transaction. Without differences nothing is written.
    ///
    /// - Returns: the records that were committed, if there are any.
    package func apply(_ batches: [some MappedBatch]) throws(StoreProblem) -> RecordRun? {
        try merge(batches, at: .streaming)
    }

    package func apply(_ batch: some MappedBatch) throws(StoreProblem) { _ = try merge([batch], at: .streaming) }

    /// Merges entries that were put off, after it is known who is gone.
    package func applyLatecomers(_ batch: some MappedBatch) throws(StoreProblem) {
        _ = try merge([batch], at: .settling)
    }

    private func merge(_ batches: [some MappedBatch], at stage: Stage) throws(StoreProblem) -> RecordRun? {
        if firstFill?.isOver == true { try endFirstFill() }
        return try Store.translating(store.path) {
            try store.pool.writeWithoutTransaction { db in
                var differing: [[Difference]] = []
                for batch in batches {
                    differing.append(try compare(batch, db))
                    try note(batch.present, batch.departures, db)
                }
                let count = differing.reduce(0) { $0 + $1.count }
                guard count > 0 || batches.contains(where: { !$0.problems.isEmpty }) else { return nil }
                return try transact(db, expecting: count) { step in
                    for (batch, differing) in zip(batches, differing) { try step.merge(differing, of: batch, at: stage) }
                }
            }
        }
    }

    /// When the reading has ended, in whatever way. Whoever had to be kept back is merged now.
    package func endFirstFill() throws(StoreProblem) {
        guard let fill = firstFill else { return }
        firstFill = nil
        recentIDs = fill.isOver ? fill.keys : nil
        guard fill.hasBegun else { return }
        try Store.translating(store.path) {
            try store.pool.writeWithoutTransaction { db in
                try FirstFill.end(db) { try CustomerTable.add(customerGains, db, backEnd.slot) }
            }
        }
        if !fill.kept.headers.isEmpty { try apply(fill.kept) }
    }

    /// Runs `body` in one transaction that ends with its change records.
    func inTransaction(_ db: Database, _ body: (MergeStep) throws -> Void) throws {
        _ = try transact(db, expecting: 1, body)
    }

    /// - Parameter expected: how many records there may well be.
    /// - Returns: those that were committed.
    private func transact(
        _ db: Database, expecting expected: Int, _ body: (MergeStep) throws -> Void
    ) throws -> RecordRun? {
        var records: RecordRun?
        try db.inTransaction(.immediate) {
            let changes = try ChangeWriter(
                db, cycle: cycle, backEnd: backEnd.slot, now: clock(), form: store.form, expected: expected)
            try prepareTransaction(db)
            let step = try MergeStep(self, db, changes)
            try body(step)
            try step.finish()
            if firstFill == nil { try CustomerTable(db, changes).apply(customerGains, backEnd.slot) }
            try changes.finish()
            try store.storeNotedDelivery(db)
            records = changes.records
            return .commit
        }
        return records
    }

    private func prepareTransaction(_ db: Database) throws {
        guard let firstFill else { return customerGains.removeAll(keepingCapacity: true) }
        if !firstFill.hasBegun {
            firstFill.hasBegun = true
            try FirstFill.begin(db)
        }
        // They are counted at the end, unless they become too many to remember.
        guard customerGains.count > Self.gainLimit else { return }
        try CustomerTable.add(customerGains, db, backEnd.slot)
        customerGains.removeAll()
    }

    private static let gainLimit = 20_000

    /// The row is there.
    func see(_ row: Int64) {
        seen.insert(row)
        if !departed.isEmpty { departed[row] = nil }
    }

    /// - Returns: the entries that the mirror does not have in the same form.
    private func compare(_ batch: some MappedBatch, _ db: Database) throws -> [Difference] {
        if batch.headers.isEmpty { return [] }
        return batch.isInOrder ? try compareInOrder(batch.headers, db) : try lookUp(batch.headers, db)
    }

    private func compareInOrder(_ headers: [EntryHeader], _ db: Database) throws -> [Difference] {
        var cursor = try self.cursor ?? makeCursor(db)
        self.cursor = nil
        var lookUp: PersonTable?
        var differing: [Difference] = []
        for (index, header) in headers.enumerated() {
            if let match = try cursor.match(header) {
                see(match.row)
                if match.isEqual { settled.insert(match.row) } else { differing.append(Difference(index, match.row)) }
                continue
            }
            guard !cursor.isFirstReading else {
                differing.append(Difference(index, nil))
                continue
            }
            let people = try lookUp ?? PersonTable(db)
            lookUp = people
            let found = try people.fingerprint(header.id, of: backEnd.slot)
            if let found { try cursor.follow(to: found.row) }
            if !isEqual(found, header) { differing.append(Difference(index, found?.row)) }
        }
        self.cursor = cursor
        return differing
    }

    private func lookUp(_ headers: [EntryHeader], _ db: Database) throws -> [Difference] {
        let people = try PersonTable(db)
        return try headers.enumerated().compactMap { index, header in
            let found = try people.fingerprint(header.id, of: backEnd.slot)
            return isEqual(found, header) ? nil : Difference(index, found?.row)
        }
    }

    /// Whether the mirror has the entry in the same form; its row is seen then.
    private func isEqual(_ found: PersonTable.Found?, _ header: EntryHeader) -> Bool {
        guard let found, !found.isGone, found.fingerprint == header.fingerprint else { return false }
        see(found.row)
        settled.insert(found.row)
        return true
    }

    /// Notes who is there as they were, and who left. Ids that the mirror does not know are none of its people.
    private func note(_ present: [DirectoryID], _ departures: [Departure], _ db: Database) throws {
        if present.isEmpty, departures.isEmpty { return }
        let people = try PersonTable(db)
        for id in present {
            guard let found = try people.fingerprint(id, of: backEnd.slot), !found.isGone else { continue }
            see(found.row)
            settled.insert(found.row)
        }
        for departure in departures {
            guard let found = try people.fingerprint(departure.id, of: backEnd.slot), !found.isGone,
                !seen.contains(found.row)
            else { continue }
            departed[found.row] = departure.kind
        }
    }

    private func makeCursor(_ db: Database) throws -> MirrorCursor {
        let cursor = try MirrorCursor(db, backEnd: backEnd.slot)
        if cursor.isEmptyStore {
            firstFill = FirstFill()
        } else if cursor.isFirstReading {
            recentIDs = RecentKeys()
        }
        return cursor
    }

    /// Leaves an entry for later, when it is known who is gone.
    func putOff(_ header: EntryHeader, row: PersonRow?, holder: Int64) {
        contested.append(holder)
        if row == nil { latecomers.append(header.id) } else { waitingRenames.append(header.id) }
    }
}

/// An entry that the mirror does not have in the same form.
struct Difference {
    /// In its batch.
    let index: Int
    /// Where the mirror has it, if it does.
    let row: Int64?

    init(_ index: Int, _ row: Int64?) {
        self.index = index
        self.row = row
    }
}

/// How far a reading has come, which decides what an unseen row means.
enum Stage {
    /// Rows that were not seen may still be.
    case streaming
    /// The reading was complete, and who was not seen has been looked for again: they are gone.
    case settling
}
