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
    /// Those who are present in the mirror, were not seen by this reading, and would be removed for that: they have to be
    /// looked for again. When the guard is going to hold them anyway there is nobody to look for.
    package func candidatesForRemoval(entries: Int) throws(StoreProblem) -> [DirectoryID] {
        // On the connection that writes: its page cache has what the cursor has just read.
        let scan = try Store.translating(store.path) { try store.pool.writeWithoutTransaction { try self.scan($0) } }
        lastScan = scan
        guard case .remove = ruling(on: scan, entries: entries) else { return [] }
        for (row, _) in scan.unseen { lookedFor.insert(row) }
        return scan.unseen.map(\.id)
    }

    fileprivate func ruling(on scan: MirrorScan, entries: Int) -> RemovalGuard.Ruling {
        RemovalGuard(limit: backEnd.removalLimit)
            .ruling(missing: scan.unseen.count, present: scan.total - counts.added, entries: entries)
    }

    /// Ends the merge in one transaction: removals if `coverage` proves them, problems, and the back end's row.
    package func close(_ coverage: Coverage, entries: Int) throws(StoreProblem) -> MergeEnd {
        try Store.translating(store.path) {
            try store.pool.writeWithoutTransaction { db in
                let scan = try lastScan.flatMap { isFinal($0) ? $0 : nil } ?? scan(db)
                var end = MergeEnd(people: scan.total)
                try inTransaction(db) { step in
                    if coverage.provesAbsence {
                        end.heldReason = try step.remove(scan, entries: entries)
                        if end.heldReason == nil { end.people -= scan.unseen.count { lookedFor.contains($0.row) } }
                        try step.problems.forgetOthers()
                    }
                    try BackEndTable.setReading(
                        db, self, coverage: coverage, entries: entries, people: end.people, now: step.changes.now)
                }
                return end
            }
        }
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
}

/// One look at the rows of a back end who are present.
struct MirrorScan {
    var total = 0
    var unseen: [(row: Int64, id: DirectoryID)] = []
}

extension MergeStep {
    /// Invalidates those who are gone, unless the guard holds them. Who was not looked for, because the guard was going to
    /// hold them before others turned out to be there under another id, waits for the next cycle.
    ///
    /// - Returns: why they are held.
    func remove(_ scan: MirrorScan, entries: Int) throws -> String? {
        switch merge.ruling(on: scan, entries: entries) {
        case .remove:
            try forgetHeld()
            let evidence = Evidence(.absentAndNotFound, server: merge.server)
            for (row, _) in scan.unseen where merge.lookedFor.contains(row) { try invalidate(row, evidence) }
            return nil
        case .hold(let reason):
            try hold(scan.unseen.map(\.row), Evidence(.absent, server: merge.server), reason)
            return reason
        }
    }

    private func invalidate(_ id: Int64, _ evidence: Evidence) throws {
        guard let row = try people.row(id) else { return }
        try markGone(id)
        guard row.user.isValid else { return }
        merge.counts.invalidated += 1
        try changes.record(.customerUserInvalidated(row.reference, evidence))
    }

    func markGone(_ id: Int64) throws {
        merge.mayHaveGone = true
        try db.execute(
            sql: "UPDATE person SET gone = 1, valid_id = 2, change_time = ? WHERE id = ?", arguments: [changes.now, id])
    }

    private func forgetHeld() throws {
        try db.execute(sql: "DELETE FROM held_removal WHERE back_end = ?", arguments: [merge.backEnd.slot.number])
    }

    /// Holds `rows` instead of removing them; only those who were not held before are recorded.
    private func hold(_ rows: [Int64], _ evidence: Evidence, _ reason: String) throws {
        merge.counts.held = rows.count
        let since = try Dictionary(
            Row.fetchAll(
                db, sql: "SELECT person, since_cycle FROM held_removal WHERE back_end = ?",
                arguments: [merge.backEnd.slot.number]
            ).map { ($0[0] as Int64, $0[1] as Int64) }, uniquingKeysWith: { first, _ in first })
        try forgetHeld()
        for id in rows {
            try db.cachedStatement(
                sql: "INSERT INTO held_removal (person, back_end, since_cycle, reason) VALUES (?, ?, ?, ?)"
            ).execute(arguments: [id, merge.backEnd.slot.number, since[id] ?? merge.cycle, reason])
            if since[id] == nil, let row = try people.row(id) {
                try changes.record(.customerUserRemovalHeld(row.reference, evidence, reason: reason))
            }
        }
    }
}

extension Merge {
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
