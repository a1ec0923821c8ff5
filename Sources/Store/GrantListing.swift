import GRDB
import Model

/// A grant as `rollcall grants` lists, exports and imports it.
package struct ListedGrant: Sendable, Codable, Hashable {
    /// Nil for a customer's.
    package var login: String?
    /// Nil for a customer user's.
    package var customerID: String?
    /// `Same` or `Other`; nil for a customer user's.
    package var context: String?
    package var group: String
    package var permission: String
    /// `manual`, `initial` or `rule`; `withheld` for what rules are not to give.
    package var source: String
    package var rule: String?
    /// Number of the change record that gave it.
    package var since: Int64

    package init(
        login: String? = nil, customerID: String? = nil, context: String? = nil, group: String, permission: String,
        source: String, rule: String? = nil, since: Int64 = 0
    ) {
        self.login = login
        self.customerID = customerID
        self.context = context
        self.group = group
        self.permission = permission
        self.source = source
        self.rule = rule
        self.since = since
    }
}

/// Which grants to list.
package struct GrantFilter: Sendable, Hashable {
    package var login: String?
    package var customerID: String?
    package var group: String?
    package var source: String?

    package init(login: String? = nil, customerID: String? = nil, group: String? = nil, source: String? = nil) {
        self.login = login
        self.customerID = customerID
        self.group = group
        self.source = source
    }
}

extension Store {
    /// Calls `body` with each grant of people who are there, by login, and then of customers.
    package func forEachGrant(_ filter: GrantFilter, _ body: (ListedGrant) throws -> Void) throws(StoreProblem) {
        try read { db in
            if filter.customerID == nil { try GrantLister(db: db, filter: filter).people(body) }
            if filter.login == nil { try GrantLister(db: db, filter: filter).customers(body) }
        }
    }
}

private struct GrantLister {
    let db: Database
    let filter: GrantFilter

    func people(_ body: (ListedGrant) throws -> Void) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT login, user_group.name, permission, source, rule, sequence FROM (
                    SELECT person, group_id, permission, source, rule, sequence FROM person_grant
                    UNION ALL
                    SELECT person, group_id, permission, 'withheld', '', sequence FROM withheld_permission
                ) AS held JOIN person ON person.id = held.person JOIN user_group ON user_group.id = held.group_id
                WHERE NOT person.gone AND (?1 IS NULL OR person.login_key = ?1) AND (?2 IS NULL OR user_group.name = ?2)
                    AND (?3 IS NULL OR held.source = ?3)
                ORDER BY person.login_key, user_group.name, permission, source, rule
                """, arguments: [filter.login.map(PersonTable.loginKey), filter.group, filter.source])
        while let row = try rows.next() {
            try body(
                ListedGrant(
                    login: row[0], group: row[1], permission: row[2], source: row[3], rule: Self.rule(row[4]), since: row[5]))
        }
    }

    func customers(_ body: (ListedGrant) throws -> Void) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT customer_id, context, user_group.name, permission, source, rule, sequence FROM (
                    SELECT customer_id, context, group_id, permission, source, rule, sequence FROM customer_grant
                    UNION ALL
                    SELECT customer_id, context, group_id, permission, 'withheld', '', sequence
                    FROM withheld_customer_permission
                ) AS held JOIN user_group ON user_group.id = held.group_id
                WHERE (?1 IS NULL OR customer_id = ?1) AND (?2 IS NULL OR user_group.name = ?2)
                    AND (?3 IS NULL OR source = ?3)
                ORDER BY customer_id, context DESC, user_group.name, permission, source, rule
                """, arguments: [filter.customerID, filter.group, filter.source])
        while let row = try rows.next() {
            try body(
                ListedGrant(
                    customerID: row[0], context: row[1] == PermissionContext.same.rawValue ? "Same" : "Other", group: row[2],
                    permission: row[3], source: row[4], rule: Self.rule(row[5]), since: row[6]))
        }
    }

    private static func rule(_ text: String) -> String? { text.isEmpty ? nil : text }
}
