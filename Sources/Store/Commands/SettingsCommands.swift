import GRDB
import Model

/// One group setting as `rollcall settings` shows it.
package struct ListedSetting: Sendable, Codable {
    package var key: SettingKey
    /// What counts now.
    package var value: [String]
    /// `configuration`, `default`, or `deployment N`.
    package var origin: String
    /// What a deployment now would put in force; nil where nothing is staged.
    package var staged: [String]?
    /// Staged: as the configuration, or else the ticket system, has it.
    package var isStagedForRemoval: Bool
    package var stagedBy: String?

    /// The files make it, which wins over everything made by command.
    package var isConfigured: Bool { origin == "configuration" }
}

/// One deployment as `rollcall settings history` shows it.
package struct ListedDeployment: Sendable, Codable {
    package var number: Int64
    /// Microseconds since 1970 (UTC).
    package var time: Int64
    package var actor: String
    package var comment: String
    /// Number of its change record.
    package var sequence: Int64
    /// Everything that it has, by key.
    package var settings: [String: [String]]
}

extension Store {
    /// The group settings that can be made by command, in the order of `SettingKey`.
    package func settings() throws(StoreProblem) -> [ListedSetting] {
        try read { db in
            let staged = try StagedSettings(db: db).rows()
            return try SettingKey.allCases.map { key in
                let row = try Row.fetchOne(
                    db, sql: "SELECT value, origin FROM setting_in_force WHERE key = ?", arguments: [key.rawValue])
                return ListedSetting(
                    key: key, value: row.map { SettingsInForce.decode($0[0]) } ?? GroupSettings()[key],
                    origin: row?[1] ?? "default", staged: staged[key]?.value,
                    isStagedForRemoval: staged[key].map { $0.value == nil } ?? false, stagedBy: staged[key]?.actor)
            }
        }
    }

    /// Deployments, the last one first.
    package func deployments() throws(StoreProblem) -> [ListedDeployment] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT number, time, actor, comment, sequence FROM deployment ORDER BY number DESC").map
            {
                ListedDeployment(
                    number: $0[0], time: $0[1], actor: $0[2], comment: $0[3], sequence: $0[4],
                    settings: Dictionary(
                        try Deployments(db: db).values(of: $0[0]).map { ($0.key.rawValue, $0.value) },
                        uniquingKeysWith: { first, _ in first }))
            }
        }
    }

    /// Notes what a setting is to be. Nothing is in force before it is deployed.
    ///
    /// - Parameter value: nil to have it as the configuration, or else the ticket system, has it.
    /// - Throws: `CommandRefusal` for values that cannot be.
    package func stage(_ key: SettingKey, _ value: [String]?, _ order: CommandOrder) throws {
        _ = try command(order) { step in
            try SettingsStep(step: step).check(key, value)
            try StagedSettings(db: step.db).set(key, value, order)
        }
    }

    /// Forgets everything that is staged.
    ///
    /// - Returns: how many settings that were.
    package func discardStaged(_ order: CommandOrder) throws -> Int {
        try command(order) { step in
            try step.db.execute(sql: "DELETE FROM staged_setting")
            return step.db.changesCount
        }.result
    }

    /// Puts in force what is staged. What the configuration says itself stays in force all the same.
    ///
    /// - Returns: the number of the deployment; nil when nothing is staged.
    package func deploy(_ order: CommandOrder, comment: String) throws -> Int64? {
        try command(order) { step in
            let staged = try StagedSettings(db: step.db).rows()
            guard !staged.isEmpty else { return nil }
            var values = try Deployments(db: step.db).inForce()
            for (key, row) in staged { values[key] = row.value }
            try step.db.execute(sql: "DELETE FROM staged_setting")
            return try SettingsStep(step: step).deploy(values, comment)
        }.result
    }

    /// Puts in force again what a deployment had, as a deployment of its own. What is staged stays staged.
    ///
    /// - Parameter number: nil for the one before the last; 0 for the state before any.
    package func rollBack(to number: Int64?, _ order: CommandOrder) throws -> Int64 {
        try command(order) { step in
            let deployments = Deployments(db: step.db)
            guard let last = try deployments.last() else {
                throw CommandRefusal("nothing was ever deployed, so there is nothing to go back to.")
            }
            let target = number ?? last - 1
            guard (0...last).contains(target) else {
                throw CommandRefusal(
                    "there is no deployment \(target): the last one is \(last). 'rollcall settings history' lists them.")
            }
            let values = target == 0 ? [:] : try deployments.values(of: target)
            return try SettingsStep(step: step).deploy(values, "as deployment \(target)")
        }.result
    }
}

/// What is staged.
private struct StagedSettings {
    let db: Database

    func rows() throws -> [SettingKey: (value: [String]?, actor: String)] {
        try Row.fetchAll(db, sql: "SELECT key, value, actor FROM staged_setting").reduce(into: [:]) { rows, row in
            guard let key = SettingKey(rawValue: row[0]) else { return }
            rows[key] = ((row[1] as String?).map(SettingsInForce.decode), row[2])
        }
    }

    func set(_ key: SettingKey, _ value: [String]?, _ order: CommandOrder) throws {
        try db.execute(
            sql: """
                INSERT INTO staged_setting (key, value, actor, time) VALUES (?, ?, ?, ?)
                ON CONFLICT (key) DO UPDATE SET value = excluded.value, actor = excluded.actor, time = excluded.time
                """, arguments: [key.rawValue, value.map(SettingsInForce.encode), order.actor, order.now])
    }
}

/// Checks and deploys settings, in a command's transaction.
private struct SettingsStep {
    let step: CommandStep

    func check(_ key: SettingKey, _ value: [String]?) throws {
        guard let value else { return }
        let reasons: [String] =
            switch key {
            case .alwaysGroups, .customerAlwaysGroups:
                try value.filter { try step.group(named: $0) == nil }
                    .map { "there is no group '\($0)'. 'rollcall groups' lists them, 'rollcall groups add' makes one." }
            case .permissionTypes: PermissionTypes.objections(to: value)
            case .contexts:
                value.filter { PermissionContext(rawValue: $0) == nil }.map {
                    "there is no context '\($0)'. There are \(PermissionContext.allCases.map(\.rawValue).joined(separator: " and "))."
                }
            }
        if !reasons.isEmpty { throw CommandRefusal(reasons) }
    }

    func deploy(_ values: [SettingKey: [String]], _ comment: String) throws -> Int64 {
        let deployments = Deployments(db: step.db)
        let before = try deployments.inForce()
        let number = (try deployments.last() ?? 0) + 1
        let changes = SettingKey.allCases.filter { before[$0] != values[$0] }.map {
            FieldChange(
                $0.rawValue, from: before[$0]?.joined(separator: " "), to: values[$0]?.joined(separator: " "))
        }
        let sequence = try step.record(.settingsDeployed(number: number, changes))
        try insert(number, values, comment, sequence)
        try GroupReconciliation(step.db, step.changes, nil, by: step.order.actor).apply(try configured())
        return number
    }

    private func insert(_ number: Int64, _ values: [SettingKey: [String]], _ comment: String, _ sequence: Int64) throws {
        try step.db.execute(
            sql: "INSERT INTO deployment (number, sequence, time, actor, comment) VALUES (?, ?, ?, ?, ?)",
            arguments: [number, sequence, step.order.now, step.order.actor, comment])
        for (key, names) in values {
            try step.db.execute(
                sql: "INSERT INTO deployed_setting (deployment, key, value) VALUES (?, ?, ?)",
                arguments: [number, key.rawValue, SettingsInForce.encode(names)])
        }
    }

    /// What the files said at the last cycle.
    private func configured() throws -> GroupSettings {
        var settings = GroupSettings()
        let rows = try Row.fetchAll(
            step.db, sql: "SELECT key, value FROM setting_in_force WHERE origin = 'configuration'")
        for row in rows {
            guard let key = SettingKey(rawValue: row[0]) else { continue }
            settings[key] = SettingsInForce.decode(row[1])
            settings.configured.insert(key)
        }
        return settings
    }
}
