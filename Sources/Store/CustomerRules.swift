import GRDB
import Model

/// What the rules for customers came to in one cycle.
package struct CustomerRuleEnd: Sendable, Hashable {
    package var given = 0
    package var taken = 0
    package var held = 0
    /// Why some are held, if any are.
    package var heldReason: String?
}

extension Store {
    /// After all back ends: customers hold what the rules of all of them give. What a rule no longer gives is taken, unless
    /// that is more than the guard of its back end lets pass; what a rule gave that is no longer configured is taken at once.
    package func settleCustomerRules(
        _ configuration: Model.Configuration, cycle: Int64, now: Int64
    ) throws(StoreProblem) -> CustomerRuleEnd {
        let rules = configuration.backEnds.flatMap { backEnd in backEnd.rules.forCustomers.map { (backEnd, $0) } }
        return try write { db in
            let table = CustomerRuleTable(db: db)
            let held = try table.held()
            if rules.isEmpty, held.isEmpty { return CustomerRuleEnd() }
            let changes = try ChangeWriter(db, cycle: cycle, backEnd: nil, now: now, form: form)
            let step = CustomerRuleStep(db: db, cycle: cycle, changes: changes, table: table)
            let wanted = try step.wanted(rules)
            var end = CustomerRuleEnd()
            for grant in wanted.subtracting(held).sorted() where try step.give(grant) { end.given += 1 }
            try step.take(held.subtracting(wanted), configuration, &end)
            try table.forget(allBut: held.subtracting(wanted))
            try changes.finish()
            return end
        }
    }
}

/// The rules for customers, in one transaction.
private struct CustomerRuleStep {
    let db: Database
    let cycle: Int64
    let changes: ChangeWriter
    let table: CustomerRuleTable

    /// Everything that the rules give, without what is withheld, in the contexts that are on.
    func wanted(_ rules: [(BackEnd, CustomerRule)]) throws -> Set<CustomerRuleGrant> {
        let contexts = try SettingsInForce(db: db).names(of: .contexts) ?? [PermissionContext.same.rawValue]
        let withheld = try withheld()
        var wanted: Set<CustomerRuleGrant> = []
        for (backEnd, rule) in rules {
            let customers = try customers(rule, backEnd.slot)
            for (context, grants) in rule.grants where contexts.contains(context.rawValue) {
                for customer in customers {
                    let kept = withheld["\(customer)\u{0}\(context.rawValue)"] ?? [:]
                    for grant in grants where kept[grant.group]?.keepAway(grant.permission) != true {
                        wanted.insert(CustomerRuleGrant(customer: customer, context: context, grant: grant))
                    }
                }
            }
        }
        return wanted
    }

    private func customers(_ rule: CustomerRule, _ slot: Slot) throws -> [String] {
        switch rule.match {
        case .id(let id):
            try String.fetchAll(db, sql: "SELECT customer_id FROM customer WHERE customer_id = ?", arguments: [id])
        case .attribute:
            try String.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT person_in_customer.customer_id FROM customer_rule_match
                        JOIN person ON person.id = customer_rule_match.person AND NOT person.gone AND person.back_end = ?
                        JOIN person_in_customer ON person_in_customer.person = person.id
                    WHERE rule = ?
                    """, arguments: [slot.number, rule.name])
        }
    }

    /// By customer and context, then by group.
    private func withheld() throws -> [String: [String: Set<Permission>]] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT customer_id, context, user_group.name, permission FROM withheld_customer_permission
                    JOIN user_group ON user_group.id = withheld_customer_permission.group_id
                """
        ).reduce(into: [:]) { withheld, row in
            let key = "\(row[0] as String)\u{0}\(row[1] as String)"
            withheld[key, default: [:]][row[2] as String, default: []].insert(Permission(row[3]))
        }
    }

    /// - Returns: false when there is no such group, which the cycle has reported.
    func give(_ item: CustomerRuleGrant) throws -> Bool {
        let group = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM user_group WHERE name = ?"), arguments: [item.grant.group])
        guard let group else { return false }
        let sequence = try changes.record(.grantAdded(.customer(id: item.customer, item.context), item.grant))
        try db.cachedStatement(
            sql: """
                INSERT INTO customer_grant (customer_id, context, group_id, permission, source, rule, sequence)
                VALUES (?, ?, ?, ?, 'rule', ?, ?)
                """
        ).execute(arguments: [
            item.customer, item.context.rawValue, group, item.grant.permission.name, item.grant.rule, sequence,
        ])
        return true
    }

    func take(_ lost: Set<CustomerRuleGrant>, _ configuration: Model.Configuration, _ end: inout CustomerRuleEnd) throws {
        let approved = try table.approved()
        var open: [Slot: [CustomerRuleGrant]] = [:]
        for item in lost.sorted() {
            let owner = configuration.backEnds.first { $0.rules.forCustomers.contains { $0.name == item.grant.rule } }
            if let owner, !approved.contains(item) {
                open[owner.slot, default: []].append(item)
            } else {
                try take(item)
                end.taken += 1
            }
        }
        for (slot, items) in open.sorted(by: { $0.key < $1.key }) { try takeOrHold(items, slot, configuration, &end) }
    }

    private func takeOrHold(
        _ items: [CustomerRuleGrant], _ slot: Slot, _ configuration: Model.Configuration, _ end: inout CustomerRuleEnd
    ) throws {
        let names = Set(configuration.backEnds.first { $0.slot == slot }?.rules.forCustomers.map(\.name) ?? [])
        let total = try table.held().count { names.contains($0.grant.rule) }
        let limit = configuration.backEnds.first { $0.slot == slot }?.removalLimit ?? .standard
        guard items.count > limit.allowed(of: total) else {
            for item in items { try take(item) }
            end.taken += items.count
            return
        }
        let reason =
            "rules would take \(items.count) of \(total) grants of customers, more than the \(limit.allowed(of: total)) that "
            + "RemovalLimit allows. Look at the attributes that rules name, and at what the bind account may read. "
            + "If it is right, approve it with 'rollcall approve'."
        end.heldReason = end.heldReason ?? reason
        end.held += items.count
        for item in items { try table.hold(item, slot, cycle, reason) }
    }

    private func take(_ item: CustomerRuleGrant) throws {
        try changes.record(.grantRemoved(.customer(id: item.customer, item.context), item.grant))
        try db.cachedStatement(
            sql: """
                DELETE FROM customer_grant
                WHERE customer_id = ? AND context = ? AND permission = ? AND source = 'rule' AND rule = ?
                    AND group_id = (SELECT id FROM user_group WHERE name = ?)
                """
        ).execute(arguments: [
            item.customer, item.context.rawValue, item.grant.permission.name, item.grant.rule, item.grant.group,
        ])
    }
}
