import GRDB
import Model

/// A customer user as `rollcall users` lists them.
package struct ListedPerson: Sendable, Codable {
    package var login: String
    package var firstName: String
    package var lastName: String
    package var email: String
    package var customerID: String
    package var backEnd: String
    package var isValid: Bool
    /// Direct grants, as in "vip-support:rw".
    package var grants: [String]
    /// Map variables that are required and empty.
    package var missing: [String]
}

/// A group as `rollcall groups` lists it.
package struct ListedGroup: Sendable, Codable {
    package var name: String
    package var isValid: Bool
    /// Every customer user, every customer has it.
    package var isAlwaysForCustomerUsers: Bool
    package var isAlwaysForCustomers: Bool
    /// Customer users who are there and have a grant of their own.
    package var customerUsers: Int
    package var customers: Int
    package var comment: String
}

/// Which customer users to list.
package enum PeopleFilter: Sendable {
    case all, unassigned, held, invalid, incomplete
    /// Login, e-mail, first, last or whole name, or a customer ID; of those who are there.
    case matching(Wildcard)

    fileprivate var condition: String {
        switch self {
        case .all: "TRUE"
        case .unassigned: Store.isUnassigned
        case .held: "person.id IN (SELECT person FROM held_removal)"
        case .invalid: "valid_id <> 1"
        case .incomplete: "missing <> '' AND NOT gone"
        case .matching:
            """
            NOT gone AND (login LIKE ?1 ESCAPE '\\' OR email LIKE ?1 ESCAPE '\\' OR first_name LIKE ?1 ESCAPE '\\'
                OR last_name LIKE ?1 ESCAPE '\\' OR first_name || ' ' || last_name LIKE ?1 ESCAPE '\\'
                OR customer_id LIKE ?1 ESCAPE '\\')
            """
        }
    }

    fileprivate var arguments: StatementArguments {
        if case .matching(let pattern) = self { [pattern.like] } else { [] }
    }
}

extension Store {
    /// Calls `body` with each customer user that `filter` lets through, by login.
    package func forEachPerson(_ filter: PeopleFilter, _ body: (ListedPerson) throws -> Void) throws(StoreProblem) {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT login, first_name, last_name, email, customer_id, back_end, valid_id, missing,
                        (SELECT json_group_array(grant_text) FROM (
                            SELECT DISTINCT user_group.name || ':' || permission AS grant_text
                            FROM person_grant JOIN user_group ON user_group.id = group_id
                            WHERE person = person.id ORDER BY grant_text)) AS grants
                    FROM person WHERE \(filter.condition) ORDER BY login_key, id
                    """, arguments: filter.arguments)
            while let row = try rows.next() {
                let missing: String = row["missing"]
                try body(
                    ListedPerson(
                        login: row["login"], firstName: row["first_name"], lastName: row["last_name"], email: row["email"],
                        customerID: row["customer_id"], backEnd: Slot(row["back_end"])?.key ?? "",
                        isValid: row["valid_id"] == 1,
                        grants: SettingsInForce.decode(row["grants"]),
                        missing: missing.split(separator: " ").map(String.init)))
            }
        }
    }

    /// All groups, by name.
    package func groups() throws(StoreProblem) -> [ListedGroup] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT name, valid_id, comments,
                        EXISTS (SELECT 1 FROM always_group WHERE group_id = id AND kind = 'customer-user') AS always_user,
                        EXISTS (SELECT 1 FROM always_group WHERE group_id = id AND kind = 'customer') AS always_customer,
                        (SELECT count(DISTINCT person) FROM person_grant JOIN person ON person.id = person AND NOT gone
                            WHERE group_id = user_group.id) AS people,
                        (SELECT count(DISTINCT customer_id) FROM customer_grant WHERE group_id = id) AS customers
                    FROM user_group ORDER BY name
                    """
            ).map { row in
                ListedGroup(
                    name: row["name"], isValid: row["valid_id"] == 1, isAlwaysForCustomerUsers: row["always_user"],
                    isAlwaysForCustomers: row["always_customer"], customerUsers: row["people"], customers: row["customers"],
                    comment: row["comments"])
            }
        }
    }
}
