import GRDB
import Model

/// A text with `*` for any run of characters, compared without regard to the case of ASCII letters.
package struct Wildcard: Sendable, Hashable {
    /// For SQL's `LIKE … ESCAPE '\'`.
    let like: String

    /// Without any wildcard.
    init(exactly text: String) { like = Self.escaped(text, star: "*") }

    package init(_ text: String) { like = Self.escaped(text, star: "%") }

    private static func escaped(_ text: String, star: Character) -> String {
        text.reduce(into: "") { like, character in
            switch character {
            case "*": like.append(star)
            case "%", "_", "\\": like.append("\\\(character)")
            default: like.append(character)
            }
        }
    }
}

/// A customer as `rollcall customers` lists it.
package struct ListedCustomer: Sendable, Codable, Hashable {
    package var customerID: String
    package var name: String
    package var isValid: Bool
    /// Customer users who are there and have it, first or further.
    package var people: Int
    /// Direct grants, as in "vip-support:rw"; those for other customers as in "vip-support:rw (Other)".
    package var grants: [String]
}

/// Everything that the store has of one customer user.
package struct PersonDetails: Sendable, Codable {
    package var login: String
    package var id: String
    package var backEnd: String
    package var isValid: Bool
    /// They have left the directory.
    package var isGone: Bool
    package var customers: [String]
    /// By column of the mirror, or Map variable beyond them; without empty ones.
    package var values: [String: String]
    package var missing: [String]
    /// Microseconds since 1970 (UTC).
    package var created: Int64
    package var changed: Int64
}

extension Store {
    /// Calls `body` with customers, by customer ID.
    ///
    /// - Parameter pattern: compared with customer ID and name; nil for all.
    package func forEachCustomer(
        _ pattern: Wildcard? = nil, _ body: (ListedCustomer) throws -> Void
    ) throws(StoreProblem) {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT customer_id, name, valid_id = 1, people, (
                        SELECT json_group_array(grant_text) FROM (
                            SELECT DISTINCT user_group.name || ':' || permission
                                || iif(context = 'Ticket::CustomerID::Other', '(Other)', '') AS grant_text
                            FROM customer_grant JOIN user_group ON user_group.id = group_id
                            WHERE customer_grant.customer_id = customer.customer_id ORDER BY grant_text))
                    FROM customer
                    WHERE ?1 IS NULL OR customer_id LIKE ?1 ESCAPE '\\' OR name LIKE ?1 ESCAPE '\\'
                    ORDER BY customer_id
                    """, arguments: [pattern?.like])
            while let row = try rows.next() {
                try body(
                    ListedCustomer(
                        customerID: row[0], name: row[1], isValid: row[2], people: row[3],
                        grants: SettingsInForce.decode(row[4])))
            }
        }
    }

    /// - Returns: nil when there is no such customer.
    package func customer(_ id: String) throws(StoreProblem) -> ListedCustomer? {
        var found: ListedCustomer?
        try forEachCustomer(Wildcard(exactly: id)) { if $0.customerID == id { found = $0 } }
        return found
    }

    /// One page of a customer's people who are there, by login.
    ///
    /// - Parameter login: begin after this one; nil for the beginning.
    package func people(
        ofCustomer id: String, after login: String?, limit: Int
    ) throws(StoreProblem) -> [String] {
        try read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT login FROM person_in_customer JOIN person ON person.id = person_in_customer.person
                    WHERE person_in_customer.customer_id = ? AND NOT person.gone AND login_key > ?
                    ORDER BY login_key LIMIT ?
                    """, arguments: [id, login.map(PersonTable.loginKey) ?? "", limit])
        }
    }

    /// What the view `effective_permission` has of a login: group, permission and way.
    package func effectivePermissions(ofLogin login: String) throws(StoreProblem) -> [[String]] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT group_name, permission_key, via FROM effective_permission WHERE login = ? ORDER BY 1, 2, 3"),
                arguments: [login]
            ).map { [$0[0], $0[1], $0[2]] }
        }
    }

    /// - Returns: nil when nobody has or had the login.
    package func person(_ login: String) throws(StoreProblem) -> PersonDetails? {
        try read { db in
            let people = try PersonTable(db)
            guard let holder = try people.holder(of: login), let row = try people.row(holder.id) else { return nil }
            let times = try Row.fetchOne(
                db, sql: "SELECT create_time, change_time FROM person WHERE id = ?", arguments: [row.id])
            let columns = Field.allCases.filter { !row.user[$0].isEmpty }.map { ($0.column, row.user[$0]) }
            return PersonDetails(
                login: row.user.login, id: "\(row.directoryID)", backEnd: row.backEnd.key, isValid: row.isValid,
                isGone: row.isGone, customers: row.user.customers.filter { !$0.isEmpty },
                values: Dictionary(
                    columns + row.user.extra.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }),
                missing: row.user.missing, created: times?[0] ?? 0, changed: times?[1] ?? 0)
        }
    }
}
