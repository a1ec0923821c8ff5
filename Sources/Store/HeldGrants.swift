import GRDB
import Model

/// Grants that a rule of one back end no longer gives: they wait for the end of the reading, when it is known how many they
/// are, and are taken then, or held.
struct HeldGrants {
    private let db: Database
    private let merge: Merge
    private var slot: Int { merge.backEnd.slot.number }

    init(_ db: Database, _ merge: Merge) {
        self.db = db
        self.merge = merge
    }

    func wait(_ grant: Grant, of person: Int64) throws {
        merge.hasHeldGrants = true
        try db.cachedStatement(
            sql: """
                INSERT INTO held_grant (person, group_id, permission, rule, back_end)
                SELECT ?, id, ?, ?, ? FROM user_group WHERE name = ?
                ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [person, grant.permission.name, grant.rule, slot, grant.group])
    }

    /// The rules give these again.
    func release(_ grants: Set<Grant>, of person: Int64) throws {
        for grant in grants {
            try db.cachedStatement(
                sql: """
                    DELETE FROM held_grant
                    WHERE person = ? AND permission = ? AND rule = ?
                        AND group_id = (SELECT id FROM user_group WHERE name = ?)
                    """
            ).execute(arguments: [person, grant.permission.name, grant.rule, grant.group])
        }
    }

    /// Whoever belongs to another back end now: that one's rules decide anew.
    func releaseAll(of person: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM held_grant WHERE person = ?").execute(arguments: [person])
    }

    func exist() throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM held_grant WHERE back_end = ?)", arguments: [slot]) ?? false
    }

    /// How many nobody has approved.
    func openCount() throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT count(*) FROM held_grant WHERE back_end = ? AND approved_at IS NULL", arguments: [slot]) ?? 0
    }

    /// All grants that rules of the back end have given.
    func total() throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM person_grant JOIN person ON person.id = person_grant.person
                WHERE person.back_end = ? AND NOT person.gone AND person_grant.source = 'rule'
                """, arguments: [slot]) ?? 0
    }

    struct Item {
        let person: Int64
        let grant: Grant
        let isHeld: Bool
        let approvedBy: String?
    }

    /// Calls `body` with each, a few at a time, so that `body` may delete them.
    func forEach(approvedOnly: Bool, _ body: (Item) throws -> Void) throws {
        let selection = try db.cachedStatement(
            sql: """
                SELECT held_grant.person, user_group.name, held_grant.permission, held_grant.rule, since_cycle IS NOT NULL,
                    approved_by, group_id
                FROM held_grant JOIN user_group ON user_group.id = held_grant.group_id
                WHERE back_end = ?1 AND (NOT ?2 OR approved_at IS NOT NULL)
                    AND (held_grant.person, group_id, permission, rule) > (?3, ?4, ?5, ?6)
                ORDER BY held_grant.person, group_id, permission, rule LIMIT 1000
                """)
        var last: (Int64, Int64, String, String) = (-1, -1, "", "")
        while true {
            let rows = try Row.fetchAll(selection, arguments: [slot, approvedOnly, last.0, last.1, last.2, last.3])
            guard let end = rows.last else { return }
            last = (end[0], end[6], end[2], end[3])
            for row in rows {
                let grant = Grant(group: row[1], permission: Permission(row[2]), source: .rule, rule: row[3])
                try body(Item(person: row[0], grant: grant, isHeld: row[4], approvedBy: row[5]))
            }
        }
    }

    func forget(_ item: Item) throws { try release([item.grant], of: item.person) }

    func hold(_ item: Item, _ reason: String) throws {
        try db.cachedStatement(
            sql: """
                UPDATE held_grant SET since_cycle = ifnull(since_cycle, ?), reason = ?
                WHERE person = ? AND permission = ? AND rule = ? AND group_id = (SELECT id FROM user_group WHERE name = ?)
                """
        ).execute(arguments: [
            merge.cycle, reason, item.person, item.grant.permission.name, item.grant.rule, item.grant.group,
        ])
    }

    /// Forgets those that have been taken by another way, such as a rule that was given up.
    func deletePassedOver() throws {
        try db.execute(
            sql: """
                DELETE FROM held_grant WHERE back_end = ? AND NOT EXISTS (
                    SELECT 1 FROM person_grant
                    WHERE person_grant.person = held_grant.person AND person_grant.group_id = held_grant.group_id
                        AND person_grant.permission = held_grant.permission AND person_grant.source = 'rule'
                        AND person_grant.rule = held_grant.rule)
                """, arguments: [slot])
    }
}

extension MergeStep {
    /// Takes what rules no longer give, unless that is more than the guard lets pass.
    func takeGrants(_ end: ReadingEnd, _ result: inout MergeEnd) throws {
        guard merge.hasHeldGrants == true else { return }
        try heldGrants.deletePassedOver()
        try heldGrants.forEach(approvedOnly: true, take)
        let count = try heldGrants.openCount()
        guard count > 0 else { return }
        guard let reason = try objection(to: count, end) else { return try heldGrants.forEach(approvedOnly: false, take) }
        result.heldReason = result.heldReason ?? reason
        merge.counts.grantsHeld = count
        try heldGrants.forEach(approvedOnly: false) { try hold($0, reason) }
    }

    private func objection(to count: Int, _ end: ReadingEnd) throws -> String? {
        if let doubt = end.doubt { return "\(doubt). \(Self.remedy)" }
        guard count > RemovalLimit.alwaysAllowed else { return nil }
        let total = try heldGrants.total()
        let allowed = merge.backEnd.removalLimit.allowed(of: total)
        guard count > allowed else { return nil }
        return "rules would take \(count) of \(total) grants, more than the \(allowed) that RemovalLimit allows. \(Self.remedy)"
    }

    private static let remedy =
        "Look at the LDAP groups and attributes that rules name, and at what the bind account may read. "
        + "If it is right, approve it with 'rollcall approve'."

    private func take(_ item: HeldGrants.Item) throws {
        guard let person = try people.row(item.person) else { return }
        merge.counts.grantsRemoved += 1
        try grants.take(item.grant, from: item.person, person.reference, changes, by: item.approvedBy)
        try heldGrants.forget(item)
    }

    private func hold(_ item: HeldGrants.Item, _ reason: String) throws {
        try heldGrants.hold(item, reason)
        guard !item.isHeld, let person = try people.row(item.person) else { return }
        try changes.record(.grantHeld(person.reference, item.grant, reason: reason))
    }
}
