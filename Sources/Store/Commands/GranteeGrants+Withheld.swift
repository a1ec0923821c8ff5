import GRDB
import Model

/// What rules are not to give.
extension GranteeGrants {
    private func place(ofWithheld key: GranteeRow.Key) -> (table: String, columns: [String], StatementArguments) {
        switch key {
        case .person(let id): ("withheld_permission", ["person"], [id])
        case .customer(let id, let context):
            ("withheld_customer_permission", ["customer_id", "context"], [id, context.rawValue])
        }
    }

    func isWithheld(_ permission: Permission, on group: GroupRow, for row: GranteeRow) throws -> Bool {
        let (table, columns, arguments) = place(ofWithheld: row.key)
        let condition = columns.map { "\($0) = ? AND " }.joined()
        return try Bool.fetchOne(
            db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM \(table) WHERE \(condition)group_id = ? AND permission = ?)"),
            arguments: arguments + [group.id, permission.name]) ?? false
    }

    func withhold(_ permission: Permission, on group: GroupRow, for row: GranteeRow, sequence: Int64) throws {
        let (table, columns, arguments) = place(ofWithheld: row.key)
        let marks = Array(repeating: "?", count: columns.count + 3).joined(separator: ", ")
        try db.cachedStatement(
            sql: """
                INSERT INTO \(table) (\(columns.joined(separator: ", ")), group_id, permission, sequence) VALUES (\(marks))
                """
        ).execute(arguments: arguments + [group.id, permission.name, sequence])
    }

    func release(_ permission: Permission, on group: GroupRow, for row: GranteeRow) throws {
        let (table, columns, arguments) = place(ofWithheld: row.key)
        let condition = columns.map { "\($0) = ? AND " }.joined()
        try db.cachedStatement(sql: "DELETE FROM \(table) WHERE \(condition)group_id = ? AND permission = ?")
            .execute(arguments: arguments + [group.id, permission.name])
    }

    // MARK: What rules would give

    /// Notes that a rule gives it all the same, so that it is there again on release. Rules for customers are applied to all
    /// of them in every cycle, and need no note.
    func keepAway(_ grant: Grant, _ group: GroupRow, of row: GranteeRow) throws {
        guard case .person(let person) = row.key else { return }
        try db.cachedStatement(
            sql: """
                INSERT INTO kept_away (person, group_id, permission, rule) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [person, group.id, grant.permission.name, grant.rule])
    }

    /// What rules give to `person` on `group` and nothing withholds any more.
    func takeReleased(_ group: GroupRow, of person: Int64) throws -> [Grant] {
        let withheld = try Set(
            String.fetchAll(
                db.cachedStatement(sql: "SELECT permission FROM withheld_permission WHERE person = ? AND group_id = ?"),
                arguments: [person, group.id]
            ).map(Permission.init))
        let kept = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT permission, rule FROM kept_away WHERE person = ? AND group_id = ?"),
            arguments: [person, group.id]
        ).map { Grant(group: group.name, permission: Permission($0[0]), source: .rule, rule: $0[1]) }
        let released = kept.filter { !withheld.keepAway($0.permission) }
        for grant in released {
            try db.cachedStatement(
                sql: "DELETE FROM kept_away WHERE person = ? AND group_id = ? AND permission = ? AND rule = ?"
            ).execute(arguments: [person, group.id, grant.permission.name, grant.rule])
        }
        return released.sorted(by: Grant.inOrder)
    }
}
