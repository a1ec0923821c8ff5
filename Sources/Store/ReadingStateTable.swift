import Foundation
import GRDB
import Model

/// Where the next reading of each back end goes on.
enum ReadingStateTable {
    static func set(_ db: Database, _ state: ReadingState, of slot: Slot) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO reading_state (slot, strategy, cookie, lineage, request, surroundings, sees_itself, last_complete)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (slot) DO UPDATE SET strategy = excluded.strategy, cookie = excluded.cookie,
                    lineage = excluded.lineage, request = excluded.request, surroundings = excluded.surroundings,
                    sees_itself = excluded.sees_itself, last_complete = excluded.last_complete
                """
        ).execute(arguments: [
            slot.number, state.strategy.rawValue, Data(state.cookie), state.lineage, bytes(state.request),
            bytes(state.surroundings), state.seesItself, state.lastComplete,
        ])
    }

    /// Whether the back end is read by what has changed, so that nobody comes by again who has not.
    static func followsChanges(_ db: Database, _ slot: Slot) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM reading_state WHERE slot = ? AND strategy <> 'full')",
            arguments: [slot.number]) ?? false
    }

    static func state(_ db: Database, of slot: Slot) throws -> ReadingState? {
        let row = try Row.fetchOne(db, sql: "SELECT * FROM reading_state WHERE slot = ?", arguments: [slot.number])
        guard let row, let strategy = Strategy(rawValue: row["strategy"]) else { return nil }
        return ReadingState(
            strategy: strategy, cookie: Array(row["cookie"] as Data), lineage: row["lineage"], request: bits(row["request"]),
            surroundings: bits(row["surroundings"]), seesItself: row["sees_itself"],
            groups: try RuleGroupTable.groups(db, of: slot), lastComplete: row["last_complete"])
    }

    private static func bytes(_ bits: UInt128) -> Data { withUnsafeBytes(of: bits.bigEndian) { Data($0) } }

    private static func bits(_ bytes: Data) -> UInt128 { bytes.reduce(0) { $0 << 8 | UInt128($1) } }
}

/// What the mirror knows of a back end when a reading begins.
package struct BackEndMemory: Sendable {
    package var state: ReadingState?
    /// People who are present.
    package var people: Int
    /// The mirror has somebody of it, present or gone.
    package var isKnown: Bool
}

extension Store {
    package func memory(of slot: Slot) throws(StoreProblem) -> BackEndMemory {
        try read { db in
            BackEndMemory(
                state: try ReadingStateTable.state(db, of: slot),
                people: try Int.fetchOne(db, sql: "SELECT people FROM back_end WHERE slot = ?", arguments: [slot.number]) ?? 0,
                isKnown: try PersonTable.hasPeople(db, of: slot))
        }
    }

    /// The next reading of a back end has nothing to go on from, and is one of everybody.
    package func forgetCookie(of slot: Slot) throws(StoreProblem) {
        try write { db in
            try db.execute(sql: "UPDATE reading_state SET cookie = x'' WHERE slot = ?", arguments: [slot.number])
        }
    }
}
