import GRDB
import Model

/// What goes on with a login.
extension MergeStep {
    /// For the ticket system the login is the person: what was given by hand to who had it before goes on with it, and so does
    /// what is kept away.
    func passOn(from holder: PersonRow, to heir: Int64, _ reference: PersonReference) throws {
        try grants.insertGifts()
        let own = try manualGrants(of: heir)
        for (group, permissions) in try manualGrants(of: holder.id).sorted(by: { $0.key < $1.key }) {
            let held = Set((own[group] ?? []).map { Grant(group: group, permission: $0, source: .manual) })
            let decision = GrantDecision.granting(permissions, on: group, holding: held)
            for grant in decision.taken.sorted(by: Grant.inOrder) { try grants.take(grant, from: heir, reference, changes) }
            try give(decision.given.sorted(by: Grant.inOrder), heir, reference)
        }
        try passOnWithheld(from: holder.id, to: heir, reference)
    }

    /// By group.
    private func manualGrants(of person: Int64) throws -> [String: Set<Permission>] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT user_group.name, permission FROM person_grant JOIN user_group ON user_group.id = group_id
                WHERE person = ? AND source = 'manual'
                """, arguments: [person]
        ).reduce(into: [:]) { $0[$1[0] as String, default: []].insert(Permission($1[1])) }
    }

    private func passOnWithheld(from holder: Int64, to heir: Int64, _ reference: PersonReference) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT group_id, user_group.name, permission FROM withheld_permission
                    JOIN user_group ON user_group.id = group_id
                WHERE person = ?1 AND NOT EXISTS (
                    SELECT 1 FROM withheld_permission AS own WHERE own.person = ?2
                        AND own.group_id = withheld_permission.group_id AND own.permission = withheld_permission.permission)
                ORDER BY 2, 3
                """, arguments: [holder, heir])
        for row in rows {
            let (group, permission) = (row[1] as String, Permission(row[2]))
            let sequence = try changes.record(.grantWithheld(.customerUser(reference), group: group, permission))
            try db.execute(
                sql: "INSERT INTO withheld_permission (person, group_id, permission, sequence) VALUES (?, ?, ?, ?)",
                arguments: [heir, row[0] as Int64, permission.name, sequence])
            let kept = try grants.ruleGrants(of: heir).grants.filter {
                $0.group == group && Set([permission]).keepAway($0.permission)
            }
            for grant in kept.sorted(by: Grant.inOrder) {
                try grants.take(grant, from: heir, reference, changes)
                try withheld.keepAway(grant, from: heir)
            }
        }
    }
}
