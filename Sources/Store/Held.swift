import GRDB
import Model

/// Something that the removal guard holds, as `rollcall held` lists it.
package struct HeldItem: Sendable, Codable {
    /// The configuration key.
    package var backEnd: String
    /// A login; of a customer, the customer ID; of a requirement, how many people.
    package var login: String
    /// `removal`, `grant`, `customer`, `customer-grant` or `requirement`.
    package var kind: String
    /// Of a grant: group, permission and the rule that gave it.
    package var group: String?
    package var permission: String?
    package var rule: String?
    package var sinceCycle: Int64
    /// Microseconds since 1970 (UTC).
    package var since: Int64
    package var reason: String
    package var approvedBy: String?
    /// Microseconds since 1970 (UTC).
    package var approvedAt: Int64?
}

/// What an approval came to.
package struct Approval: Sendable, Hashable {
    package var removals = 0
    package var grants = 0
    package var customers = 0
    /// People who may become invalid for want of a group.
    package var requirements = 0
    /// Logins that were named and have nothing that is held.
    package var unknown: [String] = []
}

extension Store {
    /// Calls `body` with everything that is held: by back end, removals before grants, by login.
    ///
    /// - Parameter slot: one back end; nil for all.
    package func forEachHeld(of slot: Slot?, _ body: (HeldItem) throws -> Void) throws(StoreProblem) {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT held.*, cycle.started FROM (
                        SELECT held_removal.back_end AS slot, login, login_key, 'removal' AS kind, NULL AS group_name,
                            NULL AS permission, NULL AS rule, since_cycle, reason, approved_by, approved_at
                        FROM held_removal JOIN person ON person.id = held_removal.person
                        UNION ALL
                        SELECT held_grant.back_end, login, login_key, 'grant', user_group.name, permission, rule, since_cycle,
                            reason, approved_by, approved_at
                        FROM held_grant JOIN person ON person.id = held_grant.person
                            JOIN user_group ON user_group.id = held_grant.group_id
                        WHERE since_cycle IS NOT NULL
                        UNION ALL
                        SELECT back_end, customer_id, customer_id, 'customer', NULL, NULL, NULL, since_cycle, reason,
                            approved_by, approved_at
                        FROM held_customer
                        UNION ALL
                        SELECT back_end, customer_id, customer_id, 'customer-grant', user_group.name, permission, rule,
                            since_cycle, reason, approved_by, approved_at
                        FROM held_customer_grant JOIN user_group ON user_group.id = held_customer_grant.group_id
                        UNION ALL
                        SELECT back_end, people || ' people', '', 'requirement', NULL, NULL, NULL, since_cycle, reason,
                            approved_by, approved_at
                        FROM held_requirement
                    ) AS held JOIN cycle ON cycle.number = held.since_cycle
                    WHERE ?1 IS NULL OR slot = ?1
                    ORDER BY slot, kind DESC, login_key, group_name, permission, rule
                    """, arguments: [slot?.number])
            while let row = try rows.next() {
                try body(
                    HeldItem(
                        backEnd: Slot(row["slot"])?.key ?? "", login: row["login"], kind: row["kind"], group: row["group_name"],
                        permission: row["permission"], rule: row["rule"], sinceCycle: row["since_cycle"],
                        since: row["started"], reason: row["reason"], approvedBy: row["approved_by"],
                        approvedAt: row["approved_at"]))
            }
        }
    }

    /// Says that what is held is right. The next cycle carries it out, if it then still is so.
    ///
    /// What made the last reading doubtful is forgotten: the next one is believed.
    /// - Parameters:
    ///   - logins: whose; empty for all of the back end. One without anything that is held keeps all from being approved.
    ///   - now: microseconds since 1970 (UTC).
    package func approve(
        _ slot: Slot, logins: [String], actor: String, now: Int64
    ) throws(StoreProblem) -> Approval {
        try write { db in
            let approver = Approver(db: db, slot: slot, actor: actor, now: now)
            let unknown = try logins.filter { try !approver.isHeld($0) }
            guard unknown.isEmpty else { return Approval(unknown: unknown) }
            let changes = try ChangeWriter(db, cycle: nil, backEnd: slot, now: now, form: form)
            let approval = try approver.approve(logins, changes)
            try changes.finish()
            return approval
        }
    }
}

/// The statements of one approval.
private struct Approver {
    let db: Database
    let slot: Slot
    let actor: String
    let now: Int64

    func isHeld(_ login: String) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (
                    SELECT 1 FROM person WHERE login_key = ?1 AND (
                        id IN (SELECT person FROM held_removal WHERE back_end = ?2)
                        OR id IN (SELECT person FROM held_grant WHERE back_end = ?2 AND since_cycle IS NOT NULL)))
                """, arguments: [PersonTable.loginKey(login), slot.number]) ?? false
    }

    func approve(_ logins: [String], _ changes: ChangeWriter) throws -> Approval {
        var approval = Approval()
        let keys = logins.isEmpty ? nil : Set(logins.map(PersonTable.loginKey))
        approval.removals = try approveRemovals(keys, changes)
        approval.grants = try approveGrants(keys)
        if keys == nil {
            approval.customers = try approveAll("held_customer")
            approval.grants += try approveAll("held_customer_grant")
            approval.requirements = try approveRequirement()
        }
        if approval.removals + approval.grants > 0 {
            try db.execute(sql: "DELETE FROM reading_state WHERE slot = ?", arguments: [slot.number])
        }
        return approval
    }

    private func approveRemovals(_ keys: Set<String>?, _ changes: ChangeWriter) throws -> Int {
        let people = try PersonTable(db)
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT held_removal.person, held_removal.kind, server FROM held_removal
                    JOIN back_end ON back_end.slot = held_removal.back_end
                WHERE held_removal.back_end = ? AND approved_at IS NULL ORDER BY held_removal.person
                """, arguments: [slot.number])
        var count = 0
        for row in rows {
            guard let person = try people.row(row[0] as Int64),
                keys?.contains(PersonTable.loginKey(person.user.login)) != false
            else { continue }
            try db.execute(
                sql: "UPDATE held_removal SET approved_by = ?, approved_at = ? WHERE person = ?",
                arguments: [actor, now, person.id])
            let evidence = Evidence(Evidence.Kind(rawValue: row[1]) ?? .absent, server: row[2] ?? "")
            try changes.record(.customerUserRemovalApproved(person.reference, evidence), by: actor)
            count += 1
        }
        return count
    }

    private func approveAll(_ table: String) throws -> Int {
        let before = db.totalChangesCount
        try db.execute(
            sql: "UPDATE \(table) SET approved_by = ?, approved_at = ? WHERE back_end = ? AND approved_at IS NULL",
            arguments: [actor, now, slot.number])
        return db.totalChangesCount - before
    }

    /// - Returns: how many people it concerns.
    private func approveRequirement() throws -> Int {
        let people = try Int.fetchOne(
            db, sql: "SELECT people FROM held_requirement WHERE back_end = ? AND approved_at IS NULL",
            arguments: [slot.number])
        _ = try approveAll("held_requirement")
        return people ?? 0
    }

    private func approveGrants(_ keys: Set<String>?) throws -> Int {
        let before = db.totalChangesCount
        let condition = "back_end = ? AND since_cycle IS NOT NULL AND approved_at IS NULL"
        guard let keys else {
            try db.execute(
                sql: "UPDATE held_grant SET approved_by = ?, approved_at = ? WHERE \(condition)",
                arguments: [actor, now, slot.number])
            return db.totalChangesCount - before
        }
        for key in keys {
            try db.execute(
                sql: """
                    UPDATE held_grant SET approved_by = ?, approved_at = ?
                    WHERE \(condition) AND person IN (SELECT id FROM person WHERE login_key = ?)
                    """, arguments: [actor, now, slot.number, key])
        }
        return db.totalChangesCount - before
    }
}
