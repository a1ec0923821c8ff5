import Foundation
import GRDB
import Model

/// Which records the store has given up.
package struct Seal: Sendable, Hashable {
    /// The last of them.
    package let sequence: Int64
    package let hash: ChainHash
}

/// `Rollcall::KeepRecords`: old records leave the store, each after every outlet has it, and the log says so.
extension Store {
    /// The last record that was given up; nil when none was.
    package func seal() throws(StoreProblem) -> Seal? { try read(Sealing.seal) }

    /// Drops records from before `cutoff` that are delivered, and whose chain is found to be in order; looks for them once a
    /// day.
    ///
    /// - Parameter cutoff: microseconds since 1970 (UTC).
    /// - Returns: how many.
    /// - Throws: also when a record is not as it was made. Then none is dropped from there on.
    package func dropRecords(before cutoff: Int64, now: Int64) throws(StoreProblem) -> Int64 {
        guard try read({ try Sealing.isDue($0, now: now) }) else { return 0 }
        var count: Int64 = 0
        while true {
            let dropped = try write { db in
                let sealed = try Sealing(db: db, form: form, path: path).drop(before: cutoff, now: now)
                if let sealed { try record([.logSealed(sealed)], by: Self.ownName, now: now, db) }
                return sealed?.count
            }
            guard let dropped else { return count }
            count += dropped
        }
    }
}

private struct Sealing {
    let db: Database
    let form: RecordForm
    let path: String

    private static let dayMicroseconds: Int64 = 86_400_000_000
    /// In one transaction, so that nobody waits long.
    private static let most: Int64 = 20_000

    static func seal(_ db: Database) throws -> Seal? {
        let row = try Row.fetchOne(db, sql: "SELECT sequence, hash FROM seal WHERE sequence > 0")
        return row.map { Seal(sequence: $0[0], hash: ($0[1] as Data).withUnsafeBytes { ChainHash($0) }) }
    }

    static func isDue(_ db: Database, now: Int64) throws -> Bool {
        let last = try Int64.fetchOne(db, sql: "SELECT time FROM seal") ?? 0
        return now - last >= dayMicroseconds || now < last
    }

    /// - Returns: nil when there is nothing to drop.
    func drop(before cutoff: Int64, now: Int64) throws -> SealedRecords? {
        let last = try Self.seal(db)
        guard
            let limit = try Int64.fetchOne(
                db, sql: "SELECT min(sequence) FROM delivery HAVING sum(outlet = ?)", arguments: [Store.fileOutlet]),
            let sealed = try old(after: last, before: cutoff, until: limit)
        else {
            try db.execute(sql: "UPDATE seal SET time = ?", arguments: [now])
            return nil
        }
        for table in ["change_record", "private_record"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE sequence <= ?", arguments: [sealed.numbers.upperBound])
        }
        try db.execute(
            sql: "UPDATE seal SET sequence = ?, hash = ?", arguments: [sealed.numbers.upperBound, Data(sealed.hash.bytes)])
        return sealed
    }

    /// The records from the first on that may go.
    private func old(after seal: Seal?, before cutoff: Int64, until limit: Int64) throws -> SealedRecords? {
        let rows = try RowStatement(
            db, "SELECT sequence, line FROM change_record WHERE sequence <= ?1 ORDER BY sequence LIMIT ?2")
        rows.bind(limit, at: 1)
        rows.bind(Self.most, at: 2)
        defer { rows.reset() }
        var sealed: SealedRecords?
        while try rows.step() {
            let number = rows.integer(0)
            guard let link = form.link(rows.bytes(1)), link.sequence == number, link.isSound,
                isNext(number, link, after: sealed, seal)
            else { throw damage(at: number) }
            guard link.microseconds < cutoff else { break }
            let first = sealed?.numbers.lowerBound ?? number
            sealed = SealedRecords(numbers: first...number, count: (sealed?.count ?? 0) + 1, hash: link.hash ?? .zero)
        }
        return sealed
    }

    /// A store beside the log of an earlier one begins later, and records from before the chain have no hash.
    private func isNext(_ number: Int64, _ link: RecordLink, after sealed: SealedRecords?, _ seal: Seal?) -> Bool {
        let last = sealed.map { ($0.numbers.upperBound, $0.hash) } ?? seal.map { ($0.sequence, $0.hash) }
        guard let last, number == last.0 + 1, let previous = link.previous else { return true }
        return previous == last.1 || last.1 == .zero
    }

    private func damage(at number: Int64) -> StoreProblem {
        StoreProblem(
            .unusable, path: path, reason: "its record \(number) is not as it was made, so no old records are dropped",
            remedy: "Compare with the change log: rollcall log verify --against-store. Restore the store from a backup.")
    }
}
