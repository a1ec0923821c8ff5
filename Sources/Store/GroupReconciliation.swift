import GRDB
import Model

/// Brings groups, permission types and always-groups in line with the configuration, each alteration a change record.
struct GroupReconciliation {
    private let db: Database
    private let changes: ChangeWriter
    private let problems: ProblemTable

    init(_ db: Database, _ changes: ChangeWriter, _ problems: ProblemTable) {
        self.db = db
        self.changes = changes
        self.problems = problems
    }

    func run(_ configuration: Model.Configuration) throws {
        let settings = configuration.groups
        try setPermissions(settings.permissions)
        try setGroups(settings.groups)
        for kind in AlwaysGroupKind.allCases { try setAlwaysGroups(kind, settings.alwaysGroups[kind] ?? []) }
        for backEnd in configuration.backEnds { try reportUnknownGroups(of: backEnd) }
    }

    private func setPermissions(_ permissions: [Permission]) throws {
        let names = try String.fetchAll(db, sql: "SELECT name FROM permission_type ORDER BY position")
        guard names != permissions.map(\.name) else { return }
        try db.execute(sql: "DELETE FROM permission_type")
        for (position, permission) in permissions.enumerated() {
            try db.execute(
                sql: "INSERT INTO permission_type (position, name) VALUES (?, ?)", arguments: [position, permission.name])
        }
    }

    /// Adds and revalidates the groups of the configuration, and invalidates those that it no longer has.
    private func setGroups(_ names: [String]) throws {
        for name in names {
            switch try Int.fetchOne(db, sql: "SELECT valid_id FROM user_group WHERE name = ?", arguments: [name]) {
            case 1: continue
            case nil:
                try db.execute(
                    sql: "INSERT INTO user_group (name, comments, origin, valid_id) VALUES (?, '', 'configuration', 1)",
                    arguments: [name])
                try changes.record(.groupAdded(name: name))
            case let validID?:
                try db.execute(sql: "UPDATE user_group SET valid_id = 1 WHERE name = ?", arguments: [name])
                try changes.record(.groupUpdated(name: name, [FieldChange("valid_id", from: "\(validID)", to: "1")]))
            }
        }
        let known = try String.fetchAll(
            db, sql: "SELECT name FROM user_group WHERE origin = 'configuration' AND valid_id = 1 ORDER BY name")
        for name in known where !names.contains(name) {
            try db.execute(sql: "UPDATE user_group SET valid_id = 2 WHERE name = ?", arguments: [name])
            try changes.record(.groupInvalidated(name: name))
        }
    }

    private func setAlwaysGroups(_ kind: AlwaysGroupKind, _ names: [String]) throws {
        let held = try String.fetchAll(
            db,
            sql: """
                SELECT user_group.name FROM always_group JOIN user_group ON user_group.id = always_group.group_id
                WHERE always_group.kind = ? ORDER BY user_group.name
                """,
            arguments: [kind.rawValue])
        for name in held where !names.contains(name) {
            try db.execute(
                sql: "DELETE FROM always_group WHERE kind = ? AND group_id = (SELECT id FROM user_group WHERE name = ?)",
                arguments: [kind.rawValue, name])
            try changes.record(.alwaysGroupRemoved(kind, group: name))
        }
        for name in names where !held.contains(name) {
            guard try exists(name) else {
                try problems.report(.unknownGroup(name: name, usedBy: kind.key))
                continue
            }
            try db.execute(
                sql: "INSERT INTO always_group (kind, group_id) SELECT ?, id FROM user_group WHERE name = ?",
                arguments: [kind.rawValue, name])
            try changes.record(.alwaysGroupAdded(kind, group: name))
        }
    }

    private func reportUnknownGroups(of backEnd: BackEnd) throws {
        for name in backEnd.rules.groupNames.sorted() where try !exists(name) {
            try problems.report(.unknownGroup(name: name, usedBy: backEnd.slot.key))
        }
    }

    private func exists(_ name: String) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM user_group WHERE name = ?)", arguments: [name]) ?? false
    }
}

extension AlwaysGroupKind {
    /// The configuration key.
    fileprivate var key: String {
        switch self {
        case .customerUser: "CustomerGroupAlwaysGroups"
        case .customer: "CustomerGroupCompanyAlwaysGroups"
        }
    }
}
