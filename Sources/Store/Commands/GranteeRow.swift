import GRDB
import Model

/// A person or customer of the store that grants are for.
struct GranteeRow {
    enum Key: Hashable {
        case person(Int64)
        case customer(String, PermissionContext)
    }

    let key: Key
    let grantee: Grantee
    /// Of people: whose they are.
    let backEnd: Slot?
    /// A person who has left, or a customer that nobody has.
    let isGone: Bool

    /// Who it is, over renames.
    var identity: GranteeIdentity {
        switch key {
        case .customer(let id, let context): .customer(id, context)
        case .person: .init(grantee, backEnd)
        }
    }

    /// As messages name it.
    var name: String {
        switch grantee {
        case .customerUser(let person): "'\(person.login)'"
        case .customer(let id, _): "customer '\(id)'"
        }
    }
}

/// The statements on the grants of one grantee, of either kind.
struct GranteeGrants {
    let db: Database

    /// All grants on a group, of every source.
    func grants(of row: GranteeRow, on group: GroupRow) throws -> Set<Grant> {
        let (table, condition, arguments) = place(row.key)
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT permission, source, rule FROM \(table) WHERE \(condition) AND group_id = ?"),
            arguments: arguments + [group.id])
        return Set(
            rows.compactMap { row in
                GrantSource(rawValue: row[1]).map {
                    Grant(group: group.name, permission: Permission(row[0]), source: $0, rule: row[2])
                }
            })
    }

    func insert(_ grant: Grant, _ group: GroupRow, for row: GranteeRow, sequence: Int64) throws {
        let values: StatementArguments = [group.id, grant.permission.name, grant.source.rawValue, grant.rule, sequence]
        switch row.key {
        case .person(let id):
            try db.cachedStatement(
                sql: """
                    INSERT INTO person_grant (person, group_id, permission, source, rule, sequence) VALUES (?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [id] + values)
        case .customer(let id, let context):
            try db.cachedStatement(
                sql: """
                    INSERT INTO customer_grant (customer_id, context, group_id, permission, source, rule, sequence)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [id, context.rawValue] + values)
        }
    }

    func delete(_ grant: Grant, _ group: GroupRow, of row: GranteeRow) throws {
        let (table, condition, arguments) = place(row.key)
        try db.cachedStatement(
            sql: "DELETE FROM \(table) WHERE \(condition) AND group_id = ? AND permission = ? AND source = ? AND rule = ?"
        ).execute(arguments: arguments + [group.id, grant.permission.name, grant.source.rawValue, grant.rule])
    }

    private func place(_ key: GranteeRow.Key) -> (table: String, condition: String, StatementArguments) {
        switch key {
        case .person(let id): ("person_grant", "person = ?", [id])
        case .customer(let id, let context): ("customer_grant", "customer_id = ? AND context = ?", [id, context.rawValue])
        }
    }
}
