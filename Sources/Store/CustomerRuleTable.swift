import GRDB
import Model

/// One grant that a rule gives to a customer.
struct CustomerRuleGrant: Hashable, Comparable {
    let customer: String
    let context: PermissionContext
    let grant: Grant

    static func < (left: Self, right: Self) -> Bool {
        (left.customer, left.context.rawValue, left.grant.group, left.grant.permission.name, left.grant.rule)
            < (right.customer, right.context.rawValue, right.grant.group, right.grant.permission.name, right.grant.rule)
    }
}

/// The rows that rules for customers are about.
struct CustomerRuleTable {
    let db: Database

    func held() throws -> Set<CustomerRuleGrant> {
        try grants(
            """
            SELECT customer_id, context, user_group.name, permission, rule FROM customer_grant
                JOIN user_group ON user_group.id = customer_grant.group_id
            WHERE source = 'rule'
            """)
    }

    /// What nobody has to hold back any more: somebody has said that it is right.
    func approved() throws -> Set<CustomerRuleGrant> {
        try grants(
            """
            SELECT customer_id, context, user_group.name, permission, rule FROM held_customer_grant
                JOIN user_group ON user_group.id = held_customer_grant.group_id
            WHERE approved_at IS NOT NULL
            """)
    }

    private func grants(_ sql: String) throws -> Set<CustomerRuleGrant> {
        try Row.fetchAll(db, sql: sql).reduce(into: []) { grants, row in
            guard let context = PermissionContext(rawValue: row[1]) else { return }
            grants.insert(
                CustomerRuleGrant(
                    customer: row[0], context: context,
                    grant: Grant(group: row[2], permission: Permission(row[3]), source: .rule, rule: row[4])))
        }
    }

    func hold(_ item: CustomerRuleGrant, _ slot: Slot, _ cycle: Int64, _ reason: String) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO held_customer_grant
                    (customer_id, context, group_id, permission, rule, back_end, since_cycle, reason)
                SELECT ?, ?, id, ?, ?, ?, ?, ? FROM user_group WHERE name = ?
                ON CONFLICT DO UPDATE SET reason = excluded.reason
                """
        ).execute(arguments: [
            item.customer, item.context.rawValue, item.grant.permission.name, item.grant.rule, slot.number, cycle, reason,
            item.grant.group,
        ])
    }

    /// Forgets what was held and has become right again, or has been taken.
    func forget(allBut open: Set<CustomerRuleGrant>) throws {
        let held = try held()
        for item in try everythingHeldBack() where !open.contains(item) || !held.contains(item) {
            try db.cachedStatement(
                sql: """
                    DELETE FROM held_customer_grant
                    WHERE customer_id = ? AND context = ? AND permission = ? AND rule = ?
                        AND group_id = (SELECT id FROM user_group WHERE name = ?)
                    """
            ).execute(arguments: [
                item.customer, item.context.rawValue, item.grant.permission.name, item.grant.rule, item.grant.group,
            ])
        }
    }

    private func everythingHeldBack() throws -> Set<CustomerRuleGrant> {
        try grants(
            """
            SELECT customer_id, context, user_group.name, permission, rule FROM held_customer_grant
                JOIN user_group ON user_group.id = held_customer_grant.group_id
            """)
    }
}
