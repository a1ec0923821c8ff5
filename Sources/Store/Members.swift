import GRDB
import Model

/// Somebody who has permissions on a group.
package struct ListedMember: Sendable, Codable, Hashable {
    package var login: String
    package var customerID: String
    /// In the order of `System::Customer::Permission`.
    package var permissions: [Item]

    package struct Item: Sendable, Codable, Hashable {
        package var permission: String
        /// All ways on which it reaches them, as the view `effective_permission` says it.
        package var via: [String]
    }
}

extension Store {
    /// One page of those who have some permission on a group, by login. Nobody has any on an invalid group.
    ///
    /// - Parameters:
    ///   - login: begin after this one; nil for the beginning.
    ///   - limit: how many at most.
    /// - Returns: nil when there is no such group.
    package func members(of group: String, after login: String?, limit: Int) throws(StoreProblem) -> [ListedMember]? {
        try read { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT id, valid_id FROM user_group WHERE name = ?", arguments: [group])
            else { return nil }
            guard row[1] == 1 else { return [] }
            let reader = MemberReader(db: db, group: group, groupID: row[0])
            return try reader.page(after: login.map(PersonTable.loginKey) ?? "", limit: limit)
        }
    }
}

/// Finds the members of one group.
private struct MemberReader {
    let db: Database
    let group: String
    let groupID: Int64

    func page(after key: String, limit: Int) throws -> [ListedMember] {
        let rows = try isCommon() ? walk(after: key, limit) : collect(after: key, limit)
        let pictures = PictureReader(db: db)
        let surroundings = try pictures.surroundings()
        return try rows.map { row in
            let picture = try pictures.picture(of: row[0], on: group, known: surroundings)
            let paths = EffectivePermissions(picture).paths[group] ?? [:]
            return ListedMember(
                login: row[1], customerID: row[2],
                permissions: picture.types.compactMap { type in
                    paths[type].map { .init(permission: type.name, via: $0.map(\.via)) }
                })
        }
    }

    /// Beyond so many grants of people, or of customers, looking at people in order finds a page sooner than sorting all
    /// members does.
    private static let grantLimit = 10_000
    private static let customerLimit = 1_000

    private func isCommon() throws -> Bool {
        if try isForEverybody() { return true }
        let grants = try Int.fetchOne(
            db, sql: "SELECT count(*) FROM (SELECT 1 FROM person_grant WHERE group_id = ? LIMIT ?)",
            arguments: [groupID, Self.grantLimit])
        let customers = try Int.fetchOne(
            db, sql: "SELECT count(*) FROM (SELECT 1 FROM customer_grant WHERE group_id = ? LIMIT ?)",
            arguments: [groupID, Self.customerLimit])
        return grants == Self.grantLimit || customers == Self.customerLimit
    }

    private func isForEverybody() throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM always_group WHERE group_id = ?)
                    OR EXISTS (SELECT 1 FROM back_end WHERE NOT requires_groups AND people > 0)
                """, arguments: [groupID]) ?? false
    }

    private func collect(after key: String, _ limit: Int) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    WITH member (person) AS (
                        SELECT person FROM person_grant
                            JOIN permission_type ON permission_type.name = permission WHERE group_id = ?1
                        UNION
                        SELECT person_in_customer.person FROM customer_grant
                            JOIN permission_type ON permission_type.name = permission
                            JOIN customer ON customer.customer_id = customer_grant.customer_id AND customer.valid_id = 1
                            JOIN person_in_customer ON person_in_customer.customer_id = customer.customer_id
                        WHERE group_id = ?1 AND context = 'Ticket::CustomerID::Same'
                    )
                    SELECT id, login, customer_id FROM member JOIN person ON person.id = member.person
                    WHERE valid_id = 1 AND login_key > ?2 ORDER BY login_key LIMIT ?3
                    """), arguments: [groupID, key, limit])
    }

    private func walk(after key: String, _ limit: Int) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, login, person.customer_id FROM person
                        JOIN back_end ON back_end.slot = person.back_end
                    WHERE NOT gone AND valid_id = 1 AND login_key > ?2 AND (
                        NOT back_end.requires_groups
                        OR EXISTS (SELECT 1 FROM always_group WHERE group_id = ?1 AND kind = 'customer-user')
                        OR EXISTS (
                            SELECT 1 FROM person_grant JOIN permission_type ON permission_type.name = permission
                            WHERE person = person.id AND group_id = ?1)
                        OR EXISTS (
                            SELECT 1 FROM customer WHERE customer.customer_id = person.customer_id AND \(Self.hasGroup))
                        OR EXISTS (
                            SELECT 1 FROM person_customer
                                JOIN customer ON customer.customer_id = person_customer.customer_id
                            WHERE person_customer.person = person.id AND \(Self.hasGroup)))
                    ORDER BY login_key LIMIT ?3
                    """), arguments: [groupID, key, limit])
    }

    /// A condition on a row of `customer`. Most have no grant on the group, which one look-up tells.
    private static let hasGroup = """
        customer.valid_id = 1 AND (
            EXISTS (
                SELECT 1 FROM customer_grant JOIN permission_type ON permission_type.name = permission
                WHERE customer_grant.customer_id = customer.customer_id AND group_id = ?1
                    AND context = 'Ticket::CustomerID::Same')
            OR EXISTS (SELECT 1 FROM always_group WHERE group_id = ?1 AND kind = 'customer'))
        """
}
