import GRDB
import Model
import Testing

/// The views in the shape that OTRS-family SQL knows, and what the schema refuses.
@Suite struct ViewTests {
    private let mirror: Mirror

    init() throws {
        mirror = try Mirror()
        let rules = GroupRules(
            byLDAPGroup: [.init(groupDN: "cn=vip", gifts: [.init(group: "vip", permissions: [.readWrite])])])
        let anna = Person(1, "anna").with(\.furtherCustomers, "B").with(\.memberships, [.member])
        try mirror.cycle(
            [
                (try Mirror.backEnd(1, rules: rules, requiresGroups: true), [anna, Person(2, "ben").with(\.isValid, false)]),
                (try Mirror.backEnd(2), [Person(3, "cara").with(\.customer, "C")]),
            ], groups: GroupSettings(groups: ["users", "vip", "it"], alwaysGroups: [:]))
    }

    private func effective(_ login: String) throws -> [String] {
        try mirror.query(
            "SELECT group_name, permission_key, via FROM effective_permission WHERE login = '\(login)' ORDER BY 1, 2, 3")
    }

    private func give(customer: String, _ group: String, _ permission: String, _ context: String) throws {
        try mirror.execute(
            """
            INSERT INTO customer_grant SELECT '\(customer)', id, '\(permission)', 'Ticket::CustomerID::\(context)', 'manual', '', 0
            FROM user_group WHERE name = '\(group)'
            """)
    }

    @Test func `given people, when customer_user is read, then it has their columns and times as text`() throws {
        #expect(
            try mirror.query(
                "SELECT login, email, customer_id, valid_id, substr(create_time, 1, 7), change_time >= create_time FROM customer_user"
            ) == [
                "anna anna@test.example ACME 1 2023-11 1", "ben ben@test.example ACME 2 2023-11 1",
                "cara cara@test.example C 1 2023-11 1",
            ])
    }

    @Test func `given customers and groups, when their views are read, then each has one row`() throws {
        #expect(try mirror.query("SELECT * FROM customer_company ORDER BY 1") == ["ACME ACME 1", "B B 1", "C C 1"])
        #expect(
            try mirror.query("SELECT name, comments, valid_id FROM groups_table ORDER BY id") == [
                "users  1", "vip  1", "it  1",
            ])
    }

    @Test func `given grants from two sources, when group_customer_user is read, then each permission is there once`() throws {
        try mirror.execute("INSERT INTO person_grant SELECT person, group_id, permission, 'manual', '', 0 FROM person_grant")
        #expect(
            try mirror.query(
                "SELECT user_id, name, permission_key, permission_value FROM group_customer_user JOIN groups_table ON id = group_id"
            ) == ["anna vip rw 1"])
        #expect(Set(try effective("anna").map { $0.split(separator: " ").last }) == ["user:manual", "user:rule"])
    }

    @Test
    func `given a login was inherited, when group_customer_user is read, then the former owner's grants are not the heir's`()
        throws
    {
        let backEnd = try Mirror.backEnd(1, requiresGroups: true)
        try mirror.cycle([Person(2, "ben")], backEnd)
        try mirror.execute("INSERT INTO person_grant SELECT id, 1, 'rw', 'manual', '', 0 FROM person WHERE login = 'anna'")
        try mirror.cycle([Person(2, "anna")], backEnd)
        #expect(try mirror.query("SELECT login, email, valid_id FROM customer_user WHERE login = 'anna'").count == 1)
        #expect(try mirror.query("SELECT user_id, permission_key FROM group_customer_user") == [])
        #expect(try effective("anna") == [])
    }

    @Test func `given grants of customers in both contexts, when read, then only Same is effective for its people`() throws {
        try give(customer: "B", "it", "ro", "Same")
        try give(customer: "B", "users", "rw", "Other")
        try give(customer: "C", "it", "rw", "Same")
        #expect(
            try mirror.query(
                "SELECT customer_id, name, permission_key, permission_value, permission_context FROM group_customer "
                    + "JOIN groups_table ON id = group_id ORDER BY 1, 2"
            ) == [
                "B it ro 1 Ticket::CustomerID::Same", "B users rw 1 Ticket::CustomerID::Other",
                "C it rw 1 Ticket::CustomerID::Same",
            ])
        #expect(try effective("anna") == ["it ro customer:B", "vip ro user:rule", "vip rw user:rule"])
        #expect(try effective("cara").contains("it rw customer:C"))
        try mirror.execute("UPDATE customer SET valid_id = 2 WHERE customer_id = 'B'")
        #expect(try effective("anna") == ["vip ro user:rule", "vip rw user:rule"])
    }

    @Test func `given an invalid group, when effective permissions are read, then nothing comes from it`() throws {
        try give(customer: "ACME", "vip", "rw", "Same")
        for group in ["vip", "users", "it"] {
            try mirror.execute("UPDATE user_group SET valid_id = 2 WHERE name = '\(group)'")
        }
        #expect(try mirror.query("SELECT * FROM effective_permission") == [])
        #expect(try mirror.query("SELECT valid_id FROM groups_table") == ["2", "2", "2"])
    }

    @Test func `given a back end that requires no groups, when read, then every valid group is open to its people`() throws {
        #expect(
            try effective("cara") == ["it", "users", "vip"].flatMap { ["\($0) ro unrestricted", "\($0) rw unrestricted"] })
    }

    @Test func `given somebody is not valid, when effective permissions are read, then they have none`() throws {
        try mirror.execute(
            "INSERT INTO always_group (kind, group_id) SELECT 'customer-user', id FROM user_group WHERE name = 'it'")
        #expect(try effective("ben") == [])
        #expect(try effective("anna").filter { $0.hasPrefix("it") } == ["it ro always", "it rw always"])
        try mirror.execute("UPDATE always_group SET kind = 'customer'")
        #expect(
            try effective("anna").filter { $0.hasPrefix("it") } == [
                "it ro customer-always:ACME", "it ro customer-always:B", "it rw customer-always:ACME",
                "it rw customer-always:B",
            ])
    }

    @Test(arguments: [
        ("UPDATE person SET login = '' WHERE id = 1", "CHECK constraint failed: login <> ''"),
        ("UPDATE person SET email = '' WHERE id = 1", "CHECK constraint failed: email <> ''"),
        (
            "UPDATE person SET gone = 1 WHERE id = 1",
            "CHECK constraint failed: valid_id BETWEEN 1 AND 3 AND NOT (gone AND valid_id = 1)"
        ),
        ("UPDATE person SET login_key = 'anna' WHERE id = 2", "UNIQUE constraint failed: person.login_key"),
        ("UPDATE person SET directory_id = x'00' WHERE id = 1", "CHECK constraint failed: length(directory_id) = 16"),
        ("UPDATE person SET customer_id = 'nobody' WHERE id = 1", "FOREIGN KEY constraint failed"),
        ("UPDATE person SET extra = 'x' WHERE id = 1", "CHECK constraint failed: extra = '{}' OR json_valid(extra)"),
        (
            "INSERT INTO always_group VALUES ('everybody', 1, 0)",
            "CHECK constraint failed: kind IN ('customer-user', 'customer')"
        ),
        ("UPDATE back_end SET slot = 11 WHERE slot = 2", "CHECK constraint failed: slot BETWEEN 0 AND 10"),
        ("UPDATE counter SET value = 'x'", "cannot store TEXT value in INTEGER column counter.value"),
        ("INSERT INTO user_group VALUES (9, 'vip', '', 'manual', 1)", "UNIQUE constraint failed: user_group.name"),
    ])
    func `given a wrong row, when written by hand, then the schema refuses it`(_ sql: String, _ message: String) throws {
        let error = #expect(throws: DatabaseError.self) { try mirror.execute(sql) }
        #expect(error?.message == message)
    }
}
