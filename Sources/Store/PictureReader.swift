import GRDB
import Model

/// Reads what one person's permissions follow from: a handful of look-ups by index.
struct PictureReader {
    let db: Database

    /// - Parameters:
    ///   - person: the id of a row that is there.
    ///   - group: the only group whose grants are looked up; nil for all.
    ///   - known: what is the same for everybody, if that was read before.
    func picture(of person: Int64, on group: String? = nil, known: PermissionPicture? = nil) throws -> PermissionPicture {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT person.valid_id = 1, back_end.requires_groups
                    FROM person JOIN back_end ON back_end.slot = person.back_end WHERE person.id = ?
                    """), arguments: [person])
        var picture = try known ?? surroundings()
        picture.isValid = row?[0] ?? false
        picture.isRestricted = row?[1] ?? true
        picture.grants = try grants(of: person, on: group)
        picture.customers = try customers(of: person, on: group)
        return picture
    }

    /// What is the same for everybody.
    func surroundings() throws -> PermissionPicture {
        let groups = try Row.fetchAll(db.cachedStatement(sql: "SELECT name, valid_id = 1 FROM user_group"))
        let always = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT kind, user_group.name, sequence FROM always_group
                        JOIN user_group ON user_group.id = always_group.group_id ORDER BY kind, user_group.name
                    """))
        let types = try String.fetchAll(db.cachedStatement(sql: "SELECT name FROM permission_type ORDER BY position"))
        return PermissionPicture(
            types: types.map(Permission.init),
            groups: Dictionary(groups.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first }),
            alwaysGroups: Dictionary(
                grouping: always.compactMap { row in
                    AlwaysGroupKind(rawValue: row[0]).map { ($0, PermissionPicture.Always(row[1], since: row[2])) }
                }, by: \.0
            ).mapValues { $0.map(\.1) })
    }

    private func grants(of person: Int64, on group: String?) throws -> [PermissionPicture.Held] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT user_group.name, permission, source, rule, sequence FROM person_grant
                        JOIN user_group ON user_group.id = person_grant.group_id
                    WHERE person = ?1 AND (?2 IS NULL OR user_group.name = ?2)
                    ORDER BY user_group.name, permission, source, rule
                    """), arguments: [person, group]
        ).compactMap { Self.held($0) }
    }

    private func customers(of person: Int64, on group: String?) throws -> [PermissionPicture.Customer] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT customer.customer_id, customer.valid_id = 1 FROM person_in_customer
                        JOIN customer ON customer.customer_id = person_in_customer.customer_id
                    WHERE person = ? ORDER BY customer.customer_id
                    """), arguments: [person])
        return try rows.map { .init(id: $0[0], isValid: $0[1], grants: try grants(ofCustomer: $0[0], on: group)) }
    }

    func grants(ofCustomer id: String, on group: String? = nil) throws -> [PermissionContext: [PermissionPicture.Held]] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT user_group.name, permission, source, rule, sequence, context FROM customer_grant
                        JOIN user_group ON user_group.id = customer_grant.group_id
                    WHERE customer_id = ?1 AND (?2 IS NULL OR user_group.name = ?2)
                    ORDER BY context, user_group.name, permission, source, rule
                    """), arguments: [id, group])
        let held = rows.compactMap { row in
            PermissionContext(rawValue: row[5]).flatMap { context in Self.held(row).map { (context, $0) } }
        }
        return Dictionary(grouping: held, by: \.0).mapValues { $0.map(\.1) }
    }

    private static func held(_ row: Row) -> PermissionPicture.Held? {
        GrantSource(rawValue: row[2]).map {
            .init(Grant(group: row[0], permission: Permission(row[1]), source: $0, rule: row[3]), since: row[4])
        }
    }
}
