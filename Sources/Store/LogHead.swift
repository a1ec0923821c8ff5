import Foundation
import GRDB
import Model

/// What the next record goes on from.
struct LogHead {
    /// Of the last record.
    let hash: ChainHash
    /// Microseconds since 1970 (UTC) of the last record.
    let time: Int64
    /// What the next ones tell of people.
    let values: ChangeLogValues

    init(_ db: Database) throws {
        let row = try db.cachedStatement(sql: "SELECT hash, time, change_log_values FROM log_head")
        guard let row = try Row.fetchOne(row) else { throw DatabaseError(message: "log_head has no row") }
        hash = (row[0] as Data).withUnsafeBytes { ChainHash($0) }
        time = row[1]
        values = ChangeLogValues(rawValue: row[2]) ?? .digest
    }

    /// The number of the last record, 0 when there is none.
    static func sequence(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT value FROM counter WHERE name = 'sequence'") ?? 0
    }

    static func set(_ hash: ChainHash, _ time: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE log_head SET hash = ?, time = ?").execute(arguments: [Data(hash.bytes), time])
    }
}

extension Store {
    /// What records tell of people from here on.
    static func tell(_ values: ChangeLogValues, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE log_head SET change_log_values = ?1 WHERE change_log_values <> ?1", arguments: [values.rawValue])
    }

    /// The number of the last record, 0 when there is none.
    package func lastSequence() throws(StoreProblem) -> Int64 {
        try read(LogHead.sequence)
    }

    /// Goes on after a record that the store does not have: for a new store beside a change log that has records already.
    ///
    /// - Parameters:
    ///   - head: its hash.
    ///   - time: microseconds since 1970 (UTC).
    package func continueNumbering(after sequence: Int64, head: ChainHash, time: Int64) throws(StoreProblem) {
        try write { db in
            try db.execute(
                sql: "UPDATE counter SET value = ? WHERE name = 'sequence' AND value < ?", arguments: [sequence, sequence])
            if db.changesCount > 0 { try LogHead.set(head, max(time, LogHead(db).time), db) }
        }
    }

    /// The last record's number and hash: whoever knows them can tell later whether the change log was replaced.
    package func head() throws(StoreProblem) -> (sequence: Int64, hash: ChainHash) {
        try read { db in
            (try LogHead.sequence(db), try LogHead(db).hash)
        }
    }
}
