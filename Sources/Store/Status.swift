import GRDB
import Model

/// The state of the mirror for `rollcall status`.
package struct Status: Sendable, Codable {
    package struct Cycle: Sendable, Codable {
        package var number: Int64
        /// Microseconds since 1970 (UTC).
        package var started: Int64
        package var finished: Int64?
        package var outcome: String?
    }

    package struct BackEnd: Sendable, Codable {
        /// The configuration key.
        package var key: String
        package var name: String
        package var isConfigured: Bool
        package var strategy: String?
        package var coverage: String?
        /// Why the last reading failed or was cut short.
        package var failure: String?
        package var server: String?
        /// Microseconds since 1970 (UTC).
        package var lastSuccess: Int64?
        /// Microseconds since 1970 (UTC): when a reading that proved who is absent began.
        package var lastComplete: Int64?
        /// Why the last reading read everybody; nil or empty when it read what has changed.
        package var reason: String?
        package var entries: Int
        package var people: Int
        package var unassigned: Int
        package var incomplete: Int
        package var held: Int
        package var problems: Int
    }

    /// What change records are brought to.
    package struct Outlet: Sendable, Codable {
        /// `file`, `journal`, or `syslog` and where the receiver is.
        package var name: String
        /// The number of the last record that it has; 0 before the first.
        package var delivered: Int64
        /// How many records it does not have yet.
        package var waiting: Int64

        package var isFile: Bool { name == Store.fileOutlet }
    }

    package struct Problem: Sendable, Codable {
        /// The configuration key; nil for what concerns no single back end.
        package var backEnd: String?
        package var kind: String
        package var message: String
        package var firstCycle: Int64
    }

    /// Nil before the first cycle.
    package var lastCycle: Cycle?
    package var backEnds: [BackEnd]
    package var problems: [Problem]
    package var customers: Int
    package var groups: Int
    package var lastSequence: Int64
    /// The change log's file comes first.
    package var outlets: [Outlet]
}

extension Store {
    package func status(problemLimit: Int = 1000) throws(StoreProblem) -> Status {
        try read { db in
            let count: (String) throws -> Int = { try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") ?? 0 }
            return Status(
                lastCycle: try Self.lastCycle(db), backEnds: try Self.backEnds(db),
                problems: try Self.problems(db, limit: problemLimit), customers: try count("customer WHERE valid_id = 1"),
                groups: try count("user_group WHERE valid_id = 1"),
                lastSequence: try LogHead.sequence(db),
                outlets: try Self.outlets(db))
        }
    }

    private static func lastCycle(_ db: Database) throws -> Status.Cycle? {
        try Row.fetchOne(db, sql: "SELECT number, started, finished, outcome FROM cycle ORDER BY number DESC LIMIT 1").map {
            Status.Cycle(number: $0[0], started: $0[1], finished: $0[2], outcome: $0[3])
        }
    }

    private static func backEnds(_ db: Database) throws -> [Status.BackEnd] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT slot, name, is_configured, strategy, reason, coverage, failure, server, last_success, entries, people,
                    (SELECT count(*) FROM person WHERE back_end = slot AND \(Self.isUnassigned)) AS unassigned,
                    (SELECT count(*) FROM person WHERE back_end = slot AND missing <> '' AND NOT gone) AS incomplete,
                    (SELECT last_complete FROM reading_state WHERE reading_state.slot = back_end.slot) AS last_complete,
                    (SELECT count(*) FROM held_removal WHERE back_end = slot)
                        + (SELECT count(*) FROM held_grant WHERE back_end = slot AND since_cycle IS NOT NULL)
                        + (SELECT count(*) FROM held_customer WHERE back_end = slot)
                        + (SELECT count(*) FROM held_customer_grant WHERE back_end = slot)
                        + ifnull((SELECT people FROM held_requirement WHERE back_end = slot), 0) AS held,
                    (SELECT count(*) FROM problem WHERE problem.slot = back_end.slot) AS problems
                FROM back_end ORDER BY slot
                """
        ).map { row in
            Status.BackEnd(
                key: Slot(row["slot"])?.key ?? "", name: row["name"], isConfigured: row["is_configured"],
                strategy: row["strategy"], coverage: row["coverage"], failure: row["failure"], server: row["server"],
                lastSuccess: row["last_success"], lastComplete: row["last_complete"], reason: row["reason"],
                entries: row["entries"], people: row["people"],
                unassigned: row["unassigned"], incomplete: row["incomplete"], held: row["held"], problems: row["problems"])
        }
    }

    /// Counts by numbers, from the first record that is there: those before it may have been passed over for a file that was
    /// ahead of the store.
    private static func outlets(_ db: Database) throws -> [Status.Outlet] {
        try Row.fetchAll(
            db,
            sql: """
                WITH served (outlet, sequence) AS (
                    SELECT ?1, ifnull((SELECT sequence FROM delivery WHERE outlet = ?1), 0)
                    UNION SELECT outlet, sequence FROM delivery
                )
                SELECT outlet, sequence,
                    ifnull((SELECT value + 1 FROM counter WHERE name = 'sequence')
                        - (SELECT min(sequence) FROM change_record WHERE sequence > served.sequence), 0) AS waiting
                FROM served ORDER BY outlet <> ?1, outlet
                """, arguments: [Store.fileOutlet]
        ).map { Status.Outlet(name: $0[0], delivered: $0[1], waiting: $0[2]) }
    }

    private static func problems(_ db: Database, limit: Int) throws -> [Status.Problem] {
        try Row.fetchAll(
            db, sql: "SELECT slot, kind, message, first_cycle FROM problem ORDER BY slot, rowid LIMIT ?", arguments: [limit]
        ).map { row in
            let number: Int? = row[0]
            return Status.Problem(
                backEnd: number.flatMap { Slot($0)?.key }, kind: row[1], message: row[2], firstCycle: row[3])
        }
    }
}
