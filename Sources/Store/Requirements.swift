import GRDB
import Model

/// What `OnMissingGroup => 'invalidate'` came to in one cycle.
package struct RequirementEnd: Sendable, Hashable {
    package var invalidated = 0
    package var revalidated = 0
    package var held = 0
    /// Why some are held, if any are.
    package var heldReason: String?
}

extension Store {
    /// After everything else: people of back ends that demand groups are valid only while they have a permission. More than
    /// the removal guard lets pass become invalid only when somebody says that it is right.
    ///
    /// Looks only when a record was written, or the settings changed, since the last time.
    package func settleRequirements(
        _ configuration: Model.Configuration, cycle: Int64, now: Int64
    ) throws(StoreProblem) -> RequirementEnd {
        try write { db in
            let step = RequirementStep(
                db: db, cycle: cycle, changes: try ChangeWriter(db, cycle: cycle, backEnd: nil, now: now, form: form))
            var end = RequirementEnd()
            guard try step.isDue(configuration) else { return end }
            for backEnd in configuration.backEnds { try step.settle(backEnd, &end) }
            try step.changes.finish()
            try step.note(configuration)
            return end
        }
    }
}

private struct RequirementStep {
    let db: Database
    let cycle: Int64
    let changes: ChangeWriter

    // MARK: Whether to look

    private static let mark = "requirements"

    /// Nobody can lack a group where no back end demands one and nobody does. Otherwise every record may matter.
    func isDue(_ configuration: Model.Configuration) throws -> Bool {
        let demanding = configuration.backEnds.contains { $0.requiresGroups && $0.onMissingGroup == .invalidate }
        guard try demanding || hasLacking() else { return false }
        if try hasApproval() { return true }
        let checked = try Int64.fetchOne(db, sql: "SELECT value FROM counter WHERE name = ?", arguments: [Self.mark])
        return try checked != state(configuration)
    }

    private func hasLacking() throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM person WHERE lacks_group)") ?? false
    }

    private func hasApproval() throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM held_requirement WHERE approved_at IS NOT NULL)") ?? false
    }

    /// The last record and what the back ends demand, as one number.
    private func state(_ configuration: Model.Configuration) throws -> Int64 {
        let last = try LogHead.sequence(db)
        let bits = configuration.backEnds.filter { $0.requiresGroups && $0.onMissingGroup == .invalidate }
            .reduce(0 as Int64) { $0 | 1 << Int64($1.slot.number) }
        return last << 11 | bits
    }

    func note(_ configuration: Model.Configuration) throws {
        try db.execute(
            sql: "INSERT INTO counter (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            arguments: [Self.mark, try state(configuration)])
    }

    // MARK: One back end

    func settle(_ backEnd: BackEnd, _ end: inout RequirementEnd) throws {
        let isDemanding = backEnd.requiresGroups && backEnd.onMissingGroup == .invalidate
        let people = try PersonTable(db)
        let regained = try rows(
            "lacks_group\(isDemanding ? " AND NOT (\(Store.hasNoPermission))" : "")", of: backEnd.slot)
        for id in regained { try revalidate(id, people, &end) }
        guard isDemanding else { return try forgetHeld(backEnd.slot) }
        let lacking = try rows("valid_id = 1 AND \(Store.hasNoPermission)", of: backEnd.slot)
        let present = try Int.fetchOne(db, sql: "SELECT people FROM back_end WHERE slot = ?", arguments: [backEnd.slot.number])
        let allowed = backEnd.removalLimit.allowed(of: present ?? 0)
        if lacking.count > allowed, try !isApproved(backEnd.slot) {
            return try hold(lacking.count, of: present ?? 0, allowed: allowed, backEnd.slot, &end)
        }
        try forgetHeld(backEnd.slot)
        for id in lacking { try invalidate(id, people, &end) }
    }

    private func rows(_ condition: String, of slot: Slot) throws -> [Int64] {
        try Int64.fetchAll(
            db, sql: "SELECT id FROM person WHERE back_end = ? AND NOT gone AND \(condition) ORDER BY id",
            arguments: [slot.number])
    }

    private func revalidate(_ id: Int64, _ people: PersonTable, _ end: inout RequirementEnd) throws {
        guard let row = try people.row(id) else { return }
        try set(id, lacks: false)
        try changes.record(.customerUserRevalidated(row.reference, []), of: row.backEnd)
        end.revalidated += 1
    }

    private func invalidate(_ id: Int64, _ people: PersonTable, _ end: inout RequirementEnd) throws {
        guard let row = try people.row(id) else { return }
        try set(id, lacks: true)
        try changes.record(.customerUserInvalidated(row.reference, Evidence(.noGroup, server: "")), of: row.backEnd)
        end.invalidated += 1
    }

    private func set(_ id: Int64, lacks: Bool) throws {
        try db.cachedStatement(sql: "UPDATE person SET lacks_group = ?, valid_id = ?, change_time = ? WHERE id = ?")
            .execute(arguments: [lacks, lacks ? 2 : 1, changes.now, id])
    }

    // MARK: Holding

    private func isApproved(_ slot: Slot) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM held_requirement WHERE back_end = ? AND approved_at IS NOT NULL)",
            arguments: [slot.number]) ?? false
    }

    private func forgetHeld(_ slot: Slot) throws {
        try db.execute(sql: "DELETE FROM held_requirement WHERE back_end = ?", arguments: [slot.number])
    }

    private func hold(
        _ count: Int, of present: Int, allowed: Int, _ slot: Slot, _ end: inout RequirementEnd
    ) throws {
        let reason =
            "\(count) of \(present) people have no group and would become invalid, more than the \(allowed) that RemovalLimit "
            + "allows. 'rollcall users --unassigned' lists them. If it is right, approve it with 'rollcall approve'."
        try db.execute(
            sql: """
                INSERT INTO held_requirement (back_end, people, since_cycle, reason) VALUES (?, ?, ?, ?)
                ON CONFLICT (back_end) DO UPDATE SET people = excluded.people, reason = excluded.reason
                """, arguments: [slot.number, count, cycle, reason])
        end.held += count
        end.heldReason = end.heldReason ?? reason
    }
}
