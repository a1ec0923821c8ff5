import GRDB
import Model

/// Brings groups, permission types and always-groups in line with the configuration, each alteration a change record.
struct GroupReconciliation {
    private let db: Database
    private let changes: ChangeWriter
    private let problems: ProblemTable?
    private let actor: String?

    /// - Parameters:
    ///   - problems: for names that are not known; nil where they have been looked at before.
    ///   - actor: who deployed the settings; nil for a cycle.
    init(_ db: Database, _ changes: ChangeWriter, _ problems: ProblemTable?, by actor: String? = nil) {
        self.db = db
        self.changes = changes
        self.problems = problems
        self.actor = actor
    }

    func run(_ configuration: Model.Configuration) throws {
        try setGroups(configuration.groups.groups)
        try apply(configuration.groups)
        for backEnd in configuration.backEnds { try reportUnknownGroups(of: backEnd) }
    }

    /// Puts in force what the configuration says and, where it says nothing, what was deployed by command.
    func apply(_ configured: GroupSettings) throws {
        let deployments = Deployments(db: db)
        let settings = configured.with(deployed: try deployments.inForce())
        try setPermissions(settings.permissions)
        try setContexts(settings)
        for kind in AlwaysGroupKind.allCases { try setAlwaysGroups(kind, settings.alwaysGroups[kind] ?? []) }
        for key in SettingKey.allCases {
            let origin = configured.configured.contains(key) ? "configuration" : try deployments.origin(of: key)
            try SettingsInForce(db: db).set(key, settings[key], origin: origin)
        }
    }

    private func setContexts(_ settings: GroupSettings) throws {
        let before = try SettingsInForce(db: db).names(of: .contexts)
        guard let before, before != settings[.contexts] else { return }
        try record(.contexts, from: before, to: settings[.contexts])
    }

    private func record(_ key: SettingKey, from before: [String], to after: [String]) throws {
        let change = FieldChange(
            key.rawValue, from: before.joined(separator: " "), to: after.joined(separator: " "))
        try changes.record(.settingsChanged([change]), by: actor)
    }

    private func setPermissions(_ permissions: [Permission]) throws {
        let names = try String.fetchAll(db, sql: "SELECT name FROM permission_type ORDER BY position")
        guard names != permissions.map(\.name) else { return }
        // The first cycle of a store changes nothing.
        if !names.isEmpty { try record(.permissionTypes, from: names, to: permissions.map(\.name)) }
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
            try changes.record(.alwaysGroupRemoved(kind, group: name), by: actor)
        }
        for name in names where !held.contains(name) {
            guard try exists(name) else {
                try problems?.report(.unknownGroup(name: name, usedBy: kind.settingKey.rawValue))
                continue
            }
            let sequence = try changes.record(.alwaysGroupAdded(kind, group: name), by: actor)
            try db.execute(
                sql: "INSERT INTO always_group (kind, group_id, sequence) SELECT ?, id, ? FROM user_group WHERE name = ?",
                arguments: [kind.rawValue, sequence, name])
        }
    }

    private func reportUnknownGroups(of backEnd: BackEnd) throws {
        for name in backEnd.rules.groupNames.sorted() where try !exists(name) {
            try problems?.report(.unknownGroup(name: name, usedBy: backEnd.slot.key))
        }
    }

    private func exists(_ name: String) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM user_group WHERE name = ?)", arguments: [name]) ?? false
    }
}
