import GRDB
import Model

/// Finds people and customers by the names that commands give.
struct GranteeFinder {
    let db: Database

    /// Somebody who is there before somebody who has left; logins differ in more than case.
    func person(_ login: String) throws -> GranteeRow? {
        let people = try PersonTable(db)
        guard let holder = try people.holder(of: login), let row = try people.row(holder.id) else { return nil }
        return Self.grantee(row)
    }

    /// Everybody who has or had a login or immutable id, in the order of back ends.
    ///
    /// - Throws: `CommandRefusal` when there is nobody.
    func people(_ name: String) throws -> [PersonRow] {
        let table = try PersonTable(db)
        let rows = try Int64.fetchAll(
            db, sql: "SELECT id FROM person WHERE login_key = ? OR directory_id = ? ORDER BY back_end, id",
            arguments: [PersonTable.loginKey(name), DirectoryID(name)?.data]
        ).compactMap { try table.row($0) }
        if rows.isEmpty { throw CommandRefusal("nobody in the store has or had the login or immutable id '\(name)'.") }
        return rows
    }

    private static func grantee(_ row: PersonRow) -> GranteeRow {
        GranteeRow(key: .person(row.id), grantee: .customerUser(row.reference), backEnd: row.backEnd, isGone: row.isGone)
    }

    func customer(_ id: String, _ context: PermissionContext) throws -> GranteeRow? {
        let isGone = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT gone FROM customer WHERE customer_id = ?"), arguments: [id])
        return isGone.map {
            GranteeRow(key: .customer(id, context), grantee: .customer(id: id, context), backEnd: nil, isGone: $0)
        }
    }

    /// Whoever is meant, if they are still in the store.
    func grantee(_ identity: GranteeIdentity) throws -> GranteeRow? {
        switch identity {
        case .customer(let id, let context): try customer(id, context)
        case .person(let entry): try PersonTable(db).row(entry.id, of: entry.slot).map(Self.grantee)
        case .unknown: nil
        }
    }
}
