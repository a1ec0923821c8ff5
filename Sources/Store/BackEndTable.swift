import GRDB
import Model

/// What the store knows of each back end: how it is configured, and how its last reading went.
enum BackEndTable {
    /// Notes which back ends are configured. One that no longer is keeps its people.
    /// What changes anybody's rights is recorded.
    static func reconcile(_ db: Database, _ backEnds: [BackEnd], _ changes: ChangeWriter) throws {
        try db.execute(sql: "UPDATE back_end SET is_configured = 0 WHERE is_configured")
        for backEnd in backEnds {
            let fields = try differences(db, backEnd)
            if !fields.isEmpty { try changes.record(.backEndUpdated(fields), of: backEnd.slot) }
            try db.execute(
                sql: """
                    INSERT INTO back_end (slot, name, requires_groups, on_missing_group, is_configured) VALUES (?, ?, ?, ?, 1)
                    ON CONFLICT (slot) DO UPDATE SET name = excluded.name, requires_groups = excluded.requires_groups,
                        on_missing_group = excluded.on_missing_group, is_configured = 1
                    """,
                arguments: [backEnd.slot.number, backEnd.name, backEnd.requiresGroups, backEnd.onMissingGroup.rawValue])
        }
    }

    /// Nothing for a back end that is new.
    private static func differences(_ db: Database, _ backEnd: BackEnd) throws -> [FieldChange] {
        let row = try Row.fetchOne(
            db, sql: "SELECT requires_groups, on_missing_group FROM back_end WHERE slot = ?", arguments: [backEnd.slot.number])
        guard let row else { return [] }
        let pairs = [
            ("requires_groups", row[0] ? "1" : "0", backEnd.requiresGroups ? "1" : "0"),
            ("on_missing_group", row[1], backEnd.onMissingGroup.rawValue),
        ]
        return pairs.filter { $0.1 != $0.2 }.map { FieldChange($0.0, from: $0.1, to: $0.2) }
    }

    /// Notes how a reading went.
    static func setReading(
        _ db: Database, _ merge: Merge, _ end: ReadingEnd, people: Int, _ changes: ChangeWriter
    ) throws {
        let failure = end.shortfall
        if let turn = try turn(to: failure, of: merge.backEnd.slot, db) { try changes.record(turn, of: merge.backEnd.slot) }
        try db.cachedStatement(
            sql: """
                UPDATE back_end SET last_cycle = ?, strategy = ?, reason = ?, coverage = ?, failure = ?, server = ?,
                    entries = CASE WHEN ? THEN ? ELSE entries END, people = ?,
                    last_success = CASE WHEN ? THEN last_success ELSE ? END
                WHERE slot = ?
                """
        ).execute(arguments: [
            merge.cycle, end.strategy.rawValue, end.reason, failure == nil ? end.coverage.name : "partial", failure,
            merge.server, end.coverage != .delta, end.entries, people, failure != nil, changes.now, merge.backEnd.slot.number,
        ])
    }

    /// That a back end begins to fail, or no longer does; nil when it goes on as it was.
    fileprivate static func turn(to failure: String?, of slot: Slot, _ db: Database) throws -> Change? {
        let before = try String.fetchOne(
            db, sql: "SELECT failure FROM back_end WHERE slot = ? AND failure IS NOT NULL", arguments: [slot.number])
        return switch (before, failure) {
        case (nil, let reason?): .backEndFailed(reason: reason)
        case (.some, nil): .backEndRecovered
        default: nil
        }
    }

    /// Somebody of another back end than the one that is being read has gone or has come.
    static func addPeople(_ db: Database, _ count: Int, to slot: Slot) throws {
        try db.execute(sql: "UPDATE back_end SET people = people + ? WHERE slot = ?", arguments: [count, slot.number])
    }
}

extension Store {
    /// Notes that a back end could not be read, and why; its people stay as they are.
    package func setFailure(_ reason: String, of slot: Slot, cycle: Int64, now: Int64) throws(StoreProblem) {
        try write { db in
            let turn = try BackEndTable.turn(to: reason, of: slot, db)
            try record([turn].compactMap(\.self), of: slot, cycle: cycle, now: now, db)
            try db.execute(
                sql: "UPDATE back_end SET last_cycle = ?, coverage = 'partial', failure = ? WHERE slot = ?",
                arguments: [cycle, reason, slot.number])
        }
    }
}
