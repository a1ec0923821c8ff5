import Foundation
import GRDB
import Model

/// What there is of somebody who is to be forgotten, or was.
package struct ErasurePlan: Sendable {
    /// Their rows, one for each back end.
    package struct Person: Sendable {
        package let id: DirectoryID
        package let backEnd: Slot
        package let erasure: Erasure
    }

    /// Records whose lines tell of them in plain text.
    package struct Told: Sendable {
        package let count: Int64
        package let numbers: ClosedRange<Int64>
    }

    package let people: [Person]
    /// Nil: no line does.
    package let told: Told?
    /// False: the store's write-ahead log may have it until the daemon begins that again.
    package var isSettled = true
}

extension Store {
    /// What `erase` would remove.
    ///
    /// - Parameter name: a login, or an immutable id.
    /// - Throws: `CommandRefusal` when there is nobody, or somebody who has not left.
    package func planErasure(of name: String) throws -> ErasurePlan {
        try plan { db in try Eraser(db, form, name).plan() }
    }

    /// Removes what the store has of somebody who has left the directory: their row, grants and salt, and what it knows beside
    /// the lines of records. The lines stay, and so does their chain.
    ///
    /// - Returns: what it was, and the numbers of the records that say so.
    package func erase(
        _ name: String, _ order: CommandOrder
    ) throws -> (plan: ErasurePlan, records: ClosedRange<Int64>?) {
        var order = order
        // As it was given it has the login in it.
        order.text = "log erase"
        var (plan, records) = try command(order) { step in
            let eraser = try Eraser(step.db, step.form, name)
            let plan = try eraser.plan()
            try eraser.erase()
            for person in plan.people {
                try step.changes.record(.customerUserErased(person.id, person.erasure), by: order.actor, of: person.backEnd)
            }
            return plan
        }
        plan.isSettled = try emptyWriteAheadLog()
        return (plan, records)
    }

    /// - Returns: false when somebody reads an older state.
    private func emptyWriteAheadLog() throws(StoreProblem) -> Bool {
        try Self.translating(path) {
            do {
                try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
                return true
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED {
                return false
            }
        }
    }
}

/// Finds somebody by name, and removes them.
private struct Eraser {
    let db: Database
    private let rows: [PersonRow]
    private let trail: IdentityTrail

    /// - Parameter name: a login, or an immutable id.
    init(_ db: Database, _ form: RecordForm, _ name: String) throws {
        self.db = db
        rows = try Self.rows(db, name)
        trail = try IdentityTrail(db, form, after: 0)
    }

    // MARK: Who

    private static func rows(_ db: Database, _ name: String) throws -> [PersonRow] {
        let rows = try GranteeFinder(db: db).people(name)
        let gone = rows.filter(\.isGone)
        if let present = rows.first(where: { !$0.isGone }) { throw refusal(present, gone) }
        guard Set(gone.map(\.directoryID)).count == 1 else {
            throw CommandRefusal("several people had the login '\(name)'. Name one by immutable id: \(list(gone)).")
        }
        return gone
    }

    private static func refusal(_ present: PersonRow, _ gone: [PersonRow]) -> CommandRefusal {
        let state =
            present.isValid
            ? "is valid, and only somebody who has left the directory can be erased."
            : "is invalid, but still in the directory, which would bring all of it back with the next cycle."
        let remedy = "Remove the entry, or keep it away by the back end's AlwaysFilter, and let a cycle find that."
        let others = gone.isEmpty ? "" : " Those who had the login before are erased by immutable id: \(list(gone))."
        return CommandRefusal("'\(present.user.login)' (\(present.backEnd.key)) \(state) \(remedy)\(others)")
    }

    private static func list(_ rows: [PersonRow]) -> String {
        rows.map { "\($0.directoryID) (\($0.backEnd.key))" }.joined(separator: ", ")
    }

    /// Everybody that somebody was: another entry may have taken the row over.
    private func identities(of row: PersonRow) -> [EntryIdentity] {
        trail.all(until: EntryIdentity(id: row.directoryID, slot: row.backEnd))
    }

    // MARK: What

    func plan() throws -> ErasurePlan {
        ErasurePlan(people: try rows.map { try person($0) }, told: try told(rows.flatMap(identities)))
    }

    private func person(_ row: PersonRow) throws -> ErasurePlan.Person {
        let grants = try Int64.fetchOne(db, sql: "SELECT count(*) FROM person_grant WHERE person = ?", arguments: [row.id])
        let (condition, arguments) = Self.isAbout(identities(of: row))
        let records = try Int64.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM private_record JOIN change_record ON change_record.sequence = private_record.sequence
                WHERE \(condition)
                """, arguments: arguments)
        return ErasurePlan.Person(
            id: row.directoryID, backEnd: row.backEnd, erasure: Erasure(grants: grants ?? 0, records: records ?? 0))
    }

    private func told(_ identities: [EntryIdentity]) throws -> ErasurePlan.Told? {
        let (condition, arguments) = Self.isAbout(identities, telling: #","name":""#)
        let row = try Row.fetchOne(
            db, sql: "SELECT count(*), min(sequence), max(sequence) FROM change_record WHERE \(condition)", arguments: arguments
        )
        guard let row, let first: Int64 = row[1], let last: Int64 = row[2] else { return nil }
        return ErasurePlan.Told(count: row[0], numbers: first...last)
    }

    /// The SQL condition on the records of somebody.
    ///
    /// - Parameter text: what the line has behind the immutable id.
    private static func isAbout(
        _ identities: [EntryIdentity], telling text: String = ""
    ) -> (sql: String, arguments: StatementArguments) {
        let one = "instr(change_record.line, CAST(? AS BLOB)) > 0"
        return (
            "(\(identities.map { _ in "\(one) AND \(one)" }.joined(separator: " OR ")))",
            StatementArguments(identities.flatMap { [#""user":{"id":"\#($0.id)"\#(text)"#, #""back_end":"\#($0.slot.key)""#] })
        )
    }

    func erase() throws {
        let (condition, arguments) = Self.isAbout(rows.flatMap(identities))
        // Their arguments name people.
        try db.execute(
            sql: """
                UPDATE command SET text = substr(text, 1, instr(text || ' ', ' ') - 1) WHERE EXISTS (
                    SELECT 1 FROM change_record
                    WHERE sequence BETWEEN command.first_sequence AND command.last_sequence AND \(condition))
                """, arguments: arguments)
        try db.execute(
            sql: "DELETE FROM private_record WHERE sequence IN (SELECT sequence FROM change_record WHERE \(condition))",
            arguments: arguments)
        for row in rows {
            try db.execute(
                sql: "DELETE FROM problem WHERE slot = ? AND (directory_id = ? OR login_key = ? OR subject = ?)",
                arguments: [
                    row.backEnd.number, row.directoryID.data, PersonTable.loginKey(row.user.login), row.user.login,
                ])
            try db.execute(sql: "DELETE FROM person WHERE id = ?", arguments: [row.id])
        }
    }
}
