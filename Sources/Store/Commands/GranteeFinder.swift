import GRDB
import Model

/// Finds people and customers by the names that commands give.
struct GranteeFinder {
    let db: Database

    /// Somebody who is there before somebody who has left; logins differ in more than case.
    func person(_ login: String) throws -> GranteeRow? {
        let people = try PersonTable(db)
        guard let holder = try people.holder(of: login), let row = try people.row(holder.id) else { return nil }
        return GranteeRow(key: .person(row.id), grantee: .customerUser(row.reference), isGone: row.isGone)
    }

    func customer(_ id: String, _ context: PermissionContext) throws -> GranteeRow? {
        let isGone = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT gone FROM customer WHERE customer_id = ?"), arguments: [id])
        return isGone.map { GranteeRow(key: .customer(id, context), grantee: .customer(id: id, context), isGone: $0) }
    }

    /// Whoever a change record names.
    ///
    /// - Parameter backEnd: whose person it was; another one may have them now.
    func grantee(_ grantee: Grantee, of backEnd: Slot?) throws -> GranteeRow? {
        switch grantee {
        case .customer(let id, let context): return try customer(id, context)
        case .customerUser(let person):
            let people = try PersonTable(db)
            let slots = [backEnd].compactMap(\.self) + Slot.numbers.compactMap(Slot.init).filter { $0 != backEnd }
            var gone: GranteeRow?
            for slot in slots {
                guard let row = try people.row(person.directoryID, of: slot) else { continue }
                let found = GranteeRow(key: .person(row.id), grantee: .customerUser(row.reference), isGone: row.isGone)
                if !row.isGone { return found }
                gone = gone ?? found
            }
            return gone
        }
    }
}
