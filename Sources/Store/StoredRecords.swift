import Foundation
import GRDB
import Model

/// A stored record: its number and its line, without the line feed.
package struct StoredRecord: Sendable, Hashable {
    package let sequence: Int64
    package let line: [UInt8]
    /// The record without the chain, where the store knows more than the line tells and was asked for it.
    package var known: [UInt8]?
}

extension Store {
    /// Waits until whoever is writing has committed: the write-ahead log is written, and synchronised, before anybody sees it.
    package func awaitCommit() throws(StoreProblem) { try write { _ in } }

    /// Records after `sequence`, in order, until `bytes` are reached; empty at the end.
    package func records(after sequence: Int64, bytes: Int = 1 << 21) throws(StoreProblem) -> [StoredRecord] {
        try read { db in
            let rows = try RowStatement(db, "SELECT sequence, line FROM change_record WHERE sequence > ? ORDER BY sequence")
            rows.bind(sequence, at: 1)
            var records: [StoredRecord] = []
            var total = 0
            while total < bytes, try rows.step() {
                records.append(StoredRecord(sequence: rows.integer(0), line: rows.bytes(1)))
                total += records[records.count - 1].line.count
            }
            rows.reset()
            return records
        }
    }

    /// The same, with what is known beside the lines.
    package func knownRecords(after sequence: Int64, bytes: Int = 1 << 21) throws(StoreProblem) -> [StoredRecord] {
        var records = try records(after: sequence, bytes: bytes)
        guard let last = records.last?.sequence else { return [] }
        let known = try read { db in
            try Row.fetchAll(
                db, sql: "SELECT sequence, line FROM private_record WHERE sequence BETWEEN ? AND ?",
                arguments: [sequence + 1, last]
            ).reduce(into: [Int64: [UInt8]]()) { $0[$1[0]] = Array($1[1] as Data) }
        }
        for index in records.indices { records[index].known = known[records[index].sequence] }
        return records
    }

    /// One record; nil when the store does not have it.
    package func record(_ sequence: Int64) throws(StoreProblem) -> StoredRecord? {
        try records(after: sequence - 1, bytes: 1).first.flatMap { $0.sequence == sequence ? $0 : nil }
    }

    /// The numbers of the first and the last record that the store has; nil when it has none.
    package func recordRange() throws(StoreProblem) -> ClosedRange<Int64>? {
        try read { db in
            let row = try Row.fetchOne(db, sql: "SELECT min(sequence), max(sequence) FROM change_record")
            guard let first: Int64 = row?[0], let last: Int64 = row?[1] else { return nil }
            return first...last
        }
    }

    /// The numbers of the records of one cycle, or nil when it changed nothing.
    package func sequences(ofCycle cycle: Int64) throws(StoreProblem) -> ClosedRange<Int64>? {
        try read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT min(sequence), max(sequence) FROM change_record
                    WHERE change_record.cycle = ?1
                        AND sequence >= (SELECT first_sequence FROM cycle WHERE number = ?1)
                        AND sequence < ifnull((SELECT first_sequence FROM cycle WHERE number = ?1 + 1), 1 << 62)
                    """,
                arguments: [cycle])
            guard let first: Int64 = row?[0], let last: Int64 = row?[1] else { return nil }
            return first...last
        }
    }
}
