import GRDB
import Model

/// How a merge ended.
package struct MergeEnd: Sendable, Hashable {
    /// People of the back end who are present in the mirror.
    package var people: Int
    /// Why removals are held, if any are.
    package var heldReason: String?
}

extension Merge {
    /// Those who have to be looked for again by their immutable id before it can be said what became of them. After a
    /// reading of everybody: who was not seen, unless the guard is going to hold them anyway. After one of changes: whose
    /// removal is held, whose login somebody else wants, and whose account has expired.
    package func candidates(after end: ReadingEnd) throws(StoreProblem) -> [DirectoryID] {
        try endFirstFill()
        isAbsenceTold = end.coverage.provesAbsence
        // On the connection that writes: its page cache has what the cursor has just read.
        return try Store.translating(store.path) {
            try store.pool.writeWithoutTransaction { db in
                end.coverage.provesAbsence ? try absentees(db, end) : try undecided(db)
            }
        }
    }

    private func absentees(_ db: Database, _ end: ReadingEnd) throws -> [DirectoryID] {
        let scan = try scan(db)
        lastScan = scan
        let held = try HeldRemovals(db, backEnd.slot)
        let missing = scan.unseen.filter { !held.isApproved($0.row) }
        guard case .hold = try ruling(on: missing.map(\.row), present: scan.total - gained, end, db) else {
            return scan.unseen.map(\.id)
        }
        return scan.unseen.filter { held.isApproved($0.row) }.map(\.id)
    }

    private func undecided(_ db: Database) throws -> [DirectoryID] {
        let held = try HeldRemovals(db, backEnd.slot)
        let people = try PersonTable(db)
        let expired = backEnd.honoursAccountState ? try people.expired(backEnd.slot, now: clock()) : []
        let rows = Set(held.rows + contested + expired).filter { !seen.contains($0) && departed[$0] == nil }.sorted()
        return try rows.compactMap { try people.row($0)?.directoryID }
    }

    /// Whether somebody could not be mirrored because somebody else has their login.
    package func hasClaimants() throws(StoreProblem) -> Bool {
        try store.read { try ProblemTable($0, cycle: cycle, slot: backEnd.slot).hasClaimants() }
    }

    /// Those of them whose login has become free.
    package func heirs() throws(StoreProblem) -> [DirectoryID] {
        try store.read { try ProblemTable($0, cycle: cycle, slot: backEnd.slot).heirs() }
    }

    /// Somebody, or a grant that rules gave, is about to be taken away.
    package var takesAway: Bool { !departed.isEmpty || hasHeldGrants == true }

    func ruling(on missing: [Int64], present: Int, _ end: ReadingEnd, _ db: Database) throws -> RemovalGuard.Ruling {
        let canaries = missing.isEmpty ? [] : try missingCanaries(Set(missing), db)
        let finding = RemovalGuard.Finding(
            missing: missing.count, present: present, entries: end.coverage == .delta ? nil : end.entries, doubt: end.doubt,
            missingCanaries: canaries)
        return RemovalGuard(limit: backEnd.removalLimit, minimumUsers: backEnd.minimumUsers).ruling(finding)
    }

    private func missingCanaries(_ missing: Set<Int64>, _ db: Database) throws -> [String] {
        let people = try PersonTable(db)
        return try backEnd.canaries.filter { login in
            guard let holder = try people.holder(of: login, amongGone: false), holder.backEnd == backEnd.slot else {
                return true
            }
            return missing.contains(holder.id)
        }
    }

    /// Ends the merge in one transaction: removals as far as they are proven, problems, and where the next reading goes on.
    package func close(_ end: ReadingEnd) throws(StoreProblem) -> MergeEnd {
        try endFirstFill()
        return try Store.translating(store.path) {
            try store.pool.writeWithoutTransaction { db in
                let scan = end.coverage == .delta ? nil : try lastScan.flatMap { isFinal($0) ? $0 : nil } ?? scan(db)
                var result = MergeEnd(people: try scan?.total ?? knownPeople(db) + gained)
                try inTransaction(db) { step in
                    if end.coverage.shortfall == nil { try step.remove(scan, end, &result) }
                    try step.takeGrants(end, &result)
                    try step.closeProblems(end)
                    try BackEndTable.setReading(db, self, end, people: result.people, step.changes)
                    if let state = end.state {
                        try ReadingStateTable.set(db, state, of: backEnd.slot)
                        try RuleGroupTable.set(db, state.groups, of: backEnd)
                    }
                }
                return result
            }
        }
    }

    private func knownPeople(_ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT people FROM back_end WHERE slot = ?", arguments: [backEnd.slot.number]) ?? 0
    }

    /// Whether a look at the end would find the same: nobody was missing, and nothing was settled afterwards.
    private func isFinal(_ scan: MirrorScan) -> Bool {
        scan.unseen.isEmpty && latecomers.isEmpty && waitingRenames.isEmpty
    }

    private func scan(_ db: Database) throws -> MirrorScan {
        let rows = try RowStatement(
            db, "SELECT id, directory_id FROM person INDEXED BY person_cursor WHERE back_end = ? AND NOT gone")
        rows.bind(Int64(backEnd.slot.number), at: 1)
        defer { rows.reset() }
        var scan = MirrorScan()
        while try rows.step() {
            scan.total += 1
            if seen.contains(rows.integer(0)) { continue }
            scan.unseen.append((rows.integer(0), DirectoryID(bits: rows.bits(1))))
        }
        return scan
    }

    /// Reports problems that concern the back end as a whole.
    package func report(_ problems: [Problem]) throws(StoreProblem) {
        guard !problems.isEmpty else { return }
        try Store.translating(store.path) {
            try store.pool.writeWithoutTransaction { db in
                try inTransaction(db) { step in
                    for problem in problems { try step.report(problem) }
                }
            }
        }
    }
}

/// One look at the rows of a back end who are present.
struct MirrorScan {
    var total = 0
    var unseen: [(row: Int64, id: DirectoryID)] = []
}

extension MergeStep {
    fileprivate func closeProblems(_ end: ReadingEnd) throws {
        if end.coverage.provesAbsence { return try problems.forgetOthers() }
        if end.coverage == .delta { try problems.forgetOthersOfBackEnd() }
    }
}
