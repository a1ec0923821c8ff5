import Foundation
import GRDB
import Model

/// All that it takes to say why one person may do what.
package struct PersonExplanation: Sendable {
    /// One change record, as far as an explanation names it.
    package struct Moment: Sendable, Hashable {
        package var sequence: Int64
        /// Microseconds since 1970 (UTC).
        package var time: Int64
        /// Nil for a cycle.
        package var actor: String?
        package var cycle: Int64?
    }

    package var person: PersonReference
    package var backEnd: Slot
    package var picture: PermissionPicture
    /// The rules are not known here: whoever asks adds them.
    package var context = MissingContext()
    /// The last record that counts.
    package var sequence: Int64
    /// The records that paths name.
    package var moments: [Int64: Moment] = [:]

    package var permissions: EffectivePermissions { EffectivePermissions(picture) }
}

extension Store {
    /// Explains one person as of now.
    ///
    /// - Returns: nil when nobody has or had the login.
    package func explain(_ login: String) throws(StoreProblem) -> PersonExplanation? {
        try read { db in
            guard let row = try PastReader(db: db, form: form).row(login) else { return nil }
            var explanation = PersonExplanation(
                person: row.reference, backEnd: row.backEnd, picture: try PictureReader(db: db).picture(of: row.id),
                sequence: try LogHead.sequence(db))
            explanation.context = try MissingContextReader(db: db).context(of: row)
            explanation.moments = try Moments(db: db, form: form).of(explanation.picture)
            return explanation
        }
    }
}

/// Looks up what keeps permissions from somebody.
struct MissingContextReader {
    let db: Database

    func context(of row: PersonRow) throws -> MissingContext {
        var context = MissingContext()
        context.isGone = row.isGone
        context.lacksGroup =
            try Bool.fetchOne(
                db, sql: "SELECT lacks_group FROM person WHERE id = ?", arguments: [row.id]) ?? false
        let withheld = try Row.fetchAll(
            db,
            sql: """
                SELECT user_group.name, permission, sequence FROM withheld_permission
                    JOIN user_group ON user_group.id = withheld_permission.group_id
                WHERE person = ?
                """, arguments: [row.id])
        for row in withheld { context.withheld[row[0], default: [:]][Permission(row[1])] = row[2] }
        let kept = try Row.fetchAll(
            db,
            sql: """
                SELECT user_group.name, rule FROM kept_away JOIN user_group ON user_group.id = kept_away.group_id WHERE person = ?
                """, arguments: [row.id])
        for row in kept { context.keptAway[row[0], default: []].insert(row[1]) }
        let unreadable = try Row.fetchAll(
            db, sql: "SELECT subject, message FROM problem WHERE slot = ? AND kind = 'unreadable-group'",
            arguments: [row.backEnd.number])
        for row in unreadable { context.unreadable["UserSyncGroupsDefinition \(row[0] as String)"] = row[1] }
        return context
    }
}

/// Looks up the records that a picture names.
struct Moments {
    let db: Database
    let form: RecordForm

    func of(_ picture: PermissionPicture) throws -> [Int64: PersonExplanation.Moment] {
        let numbers =
            picture.grants.map(\.since)
            + picture.customers.flatMap { $0.grants.values.flatMap { $0.map(\.since) } }
            + picture.alwaysGroups.values.flatMap { $0.map(\.since) }
        return try Set(numbers).reduce(into: [:]) { moments, number in moments[number] = try moment(number) }
    }

    private func moment(_ number: Int64) throws -> PersonExplanation.Moment? {
        let statement = try db.cachedStatement(sql: "SELECT line FROM known_record WHERE sequence = ?")
        guard let line = try Data.fetchOne(statement, arguments: [number]).map(Array.init) else { return nil }
        let record = try form.decode(line)
        return .init(sequence: number, time: record.microseconds, actor: record.actor, cycle: record.cycle)
    }
}
