import GRDB
import Model

/// The removals of one back end that are held, as the cycle finds them.
struct HeldRemovals {
    private struct Item {
        let since: Int64
        let kind: Evidence.Kind
        let approvedBy: String?
        let approvedAt: Int64?
    }

    private let items: [Int64: Item]

    init(_ db: Database, _ slot: Slot) throws {
        items = try Dictionary(
            Row.fetchAll(
                db, sql: "SELECT person, since_cycle, kind, approved_by, approved_at FROM held_removal WHERE back_end = ?",
                arguments: [slot.number]
            ).map { row in
                let item = Item(
                    since: row[1], kind: Evidence.Kind(rawValue: row[2]) ?? .absent, approvedBy: row[3], approvedAt: row[4])
                return (row[0] as Int64, item)
            }, uniquingKeysWith: { first, _ in first })
    }

    var rows: [Int64] { Array(items.keys) }
    func isHeld(_ row: Int64) -> Bool { items[row] != nil }
    func isApproved(_ row: Int64) -> Bool { items[row]?.approvedAt != nil }
    func kind(of row: Int64) -> Evidence.Kind? { items[row]?.kind }

    /// Holds a removal from now on, or still.
    func keep(_ row: Int64, _ kind: Evidence.Kind, _ reason: String, _ merge: Merge, _ db: Database) throws {
        let item = items[row]
        try db.cachedStatement(
            sql: """
                INSERT INTO held_removal (person, back_end, since_cycle, reason, kind, approved_by, approved_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            row, merge.backEnd.slot.number, item?.since ?? merge.cycle, reason, (item?.kind ?? kind).rawValue, item?.approvedBy,
            item?.approvedAt,
        ])
    }
}

extension MergeStep {
    /// Invalidates those who left, as far as that is proven and nothing speaks against it; the others are held.
    ///
    /// - Parameter scan: who was not seen by a reading of everybody; nil after one of changes.
    func remove(_ scan: MirrorScan?, _ end: ReadingEnd, _ result: inout MergeEnd) throws {
        let held = try HeldRemovals(db, merge.backEnd.slot)
        // Another back end may have taken a row over meanwhile.
        let missing = try (scan?.unseen.map(\.row) ?? merge.departed.keys.sorted()).filter {
            try people.isPresent($0, in: slot)
        }
        let flapping = Set(try missing.filter { try isFlapping($0) && !held.isApproved($0) })
        let open = missing.filter { !held.isApproved($0) && !flapping.contains($0) }
        let present = scan.map { $0.total - merge.gained } ?? result.people - merge.gained
        try db.execute(sql: "DELETE FROM held_removal WHERE back_end = ?", arguments: [merge.backEnd.slot.number])
        for row in missing where held.isApproved(row) { try removeIfProven(row, held, end, &result) }
        for row in flapping.sorted() { try hold(row, held, end, Self.flappingReason, &result) }
        switch try merge.ruling(on: open, present: present, end, db) {
        case .remove: for row in open { try removeIfProven(row, held, end, &result) }
        case .hold(let reason): for row in open { try hold(row, held, end, reason, &result) }
        }
    }

    /// Who was not looked for, because the guard was going to hold them before others turned out to be there under another
    /// id, waits for the next cycle.
    private func removeIfProven(
        _ row: Int64, _ held: HeldRemovals, _ end: ReadingEnd, _ result: inout MergeEnd
    ) throws {
        guard let kind = merge.departed[row] else { return }
        let proof: Evidence.Kind =
            kind == .reported ? .reported : end.coverage.provesAbsence ? .absentAndNotFound : kind
        guard let person = try people.row(row) else { return }
        try markGone(person)
        result.people -= 1
        guard person.isValid else { return }
        merge.counts.invalidated += 1
        try changes.record(
            .customerUserInvalidated(
                person.reference, Evidence(proof, server: merge.server, position: end.state?.position)))
    }

    /// Takes a person out of those who are present.
    func markGone(_ row: PersonRow) throws {
        merge.store.noteGone()
        countCustomers(row.user.customers, -1)
        if row.backEnd != slot { try BackEndTable.addPeople(db, -1, to: row.backEnd) }
        try db.execute(
            sql: "UPDATE person SET gone = 1, valid_id = 2, lacks_group = 0, change_time = ? WHERE id = ?",
            arguments: [changes.now, row.id])
    }

    // MARK: Holding

    /// Holds a removal; only one that was not held before is recorded.
    private func hold(
        _ row: Int64, _ held: HeldRemovals, _ end: ReadingEnd, _ reason: String, _ result: inout MergeEnd
    ) throws {
        merge.counts.held += 1
        result.heldReason = result.heldReason ?? reason
        let kind = merge.departed[row] ?? .absent
        try held.keep(row, kind, reason, merge, db)
        guard !held.isHeld(row), let person = try people.row(row) else { return }
        let evidence = Evidence(
            kind == .noLongerMatches ? .absent : kind, server: merge.server, position: end.state?.position)
        try changes.record(.customerUserRemovalHeld(person.reference, evidence, reason: reason))
    }

    /// Somebody who was gone, came back, and is missing again, all within a day, is more likely a fault of the directory.
    private func isFlapping(_ row: Int64) throws -> Bool {
        let returned = try Int64.fetchOne(db, sql: "SELECT returned FROM person WHERE id = ?", arguments: [row])
        return returned.map { changes.now - $0 < Self.flappingMicroseconds } ?? false
    }

    private static let flappingMicroseconds: Int64 = 86_400_000_000
    private static let flappingReason =
        "was gone, came back and is missing again within a day. Look for a server that lags behind or a filter that changes. "
        + "If they really left, approve it with 'rollcall approve', or wait for a day."
}
