import GRDB
import Model

/// What the store knows of each back end: how it is configured, and how its last reading went.
enum BackEndTable {
    /// Notes which back ends are configured. One that no longer is keeps its people.
    ///
    /// - Returns: whether one that is known now requires groups and did not before, or the other way round.
    static func reconcile(_ db: Database, _ backEnds: [BackEnd]) throws -> Bool {
        var hasOtherRequirement = false
        try db.execute(sql: "UPDATE back_end SET is_configured = 0 WHERE is_configured")
        for backEnd in backEnds {
            let required = try Bool.fetchOne(
                db, sql: "SELECT requires_groups FROM back_end WHERE slot = ?", arguments: [backEnd.slot.number])
            if let required, required != backEnd.requiresGroups { hasOtherRequirement = true }
            try db.execute(
                sql: """
                    INSERT INTO back_end (slot, name, requires_groups, is_configured) VALUES (?, ?, ?, 1)
                    ON CONFLICT (slot) DO UPDATE SET name = excluded.name, requires_groups = excluded.requires_groups,
                        is_configured = 1
                    """,
                arguments: [backEnd.slot.number, backEnd.name, backEnd.requiresGroups])
        }
        return hasOtherRequirement
    }

    static func setReading(
        _ db: Database, _ merge: Merge, coverage: Coverage, entries: Int, people: Int, now: Int64
    ) throws {
        let failure: String? = if case .partial(let reason) = coverage { reason } else { nil }
        try db.execute(
            sql: """
                UPDATE back_end SET last_cycle = ?, strategy = 'full', coverage = ?, failure = ?, server = ?, entries = ?,
                    people = ?, last_success = CASE WHEN ? THEN last_success ELSE ? END
                WHERE slot = ?
                """,
            arguments: [
                merge.cycle, coverage.name, failure, merge.server, entries, people, failure != nil, now,
                merge.backEnd.slot.number,
            ])
    }
}

extension Store {
    /// Notes that a back end could not be read, and why; its people stay as they are.
    package func setFailure(_ reason: String, of slot: Slot, cycle: Int64) throws(StoreProblem) {
        try write { db in
            try db.execute(
                sql: "UPDATE back_end SET last_cycle = ?, coverage = 'partial', failure = ? WHERE slot = ?",
                arguments: [cycle, reason, slot.number])
        }
    }
}
