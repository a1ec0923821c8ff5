import GRDB
import Model

/// What a person's command keeps rules from giving (`rollcall revoke --hold`).
struct WithheldPermissions {
    let db: Database

    func exist() throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM withheld_permission)")) ?? false
    }

    /// Of what the rules give to `person`, what nothing withholds. The rest is noted, so that it is there on release.
    func allowed(_ verdict: RuleVerdict, to person: Int64) throws -> Set<Grant> {
        let withheld = try permissions(of: person)
        if withheld.isEmpty { return verdict.granted }
        let kept = verdict.granted.filter { withheld[$0.group]?.keepAway($0.permission) == true }
        try note(kept, undecided: verdict.undecided, of: person)
        return verdict.granted.subtracting(kept)
    }

    /// By group.
    private func permissions(of person: Int64) throws -> [String: Set<Permission>] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT user_group.name, permission FROM withheld_permission
                        JOIN user_group ON user_group.id = withheld_permission.group_id
                    WHERE person = ?
                    """), arguments: [person])
        return rows.reduce(into: [:]) { $0[$1[0] as String, default: []].insert(Permission($1[1])) }
    }

    private func note(_ kept: Set<Grant>, undecided: Set<String>, of person: Int64) throws {
        let before = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT user_group.name, permission, rule FROM kept_away
                        JOIN user_group ON user_group.id = kept_away.group_id
                    WHERE person = ?
                    """), arguments: [person]
        ).map { Grant(group: $0[0], permission: Permission($0[1]), source: .rule, rule: $0[2]) }
        for grant in before where !kept.contains(grant) && !undecided.contains(grant.rule) {
            try db.cachedStatement(
                sql: """
                    DELETE FROM kept_away WHERE person = ? AND permission = ? AND rule = ?
                        AND group_id = (SELECT id FROM user_group WHERE name = ?)
                    """
            ).execute(arguments: [person, grant.permission.name, grant.rule, grant.group])
        }
        for grant in kept.subtracting(before) { try keepAway(grant, from: person) }
    }

    /// Notes that a rule gives it all the same, so that it is there on release.
    func keepAway(_ grant: Grant, from person: Int64) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO kept_away (person, group_id, permission, rule) SELECT ?, id, ?, ? FROM user_group WHERE name = ?
                ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [person, grant.permission.name, grant.rule, grant.group])
    }
}
