import GRDB
import Model

extension Store {
    /// Gives, takes, withholds or releases permissions: all that the command names, or nothing.
    ///
    /// - Throws: `CommandRefusal` with every reason at once: names that are not known, permissions that a rule gives, a
    ///   relation that was changed meanwhile.
    package func carryOut(_ command: GrantCommand, _ order: CommandOrder) throws -> GrantCommandResult {
        var (result, records) = try self.command(order) { step in try GrantStep(step, command).run() }
        result.records = records
        return result
    }
}

/// One command on grants, in its transaction.
private struct GrantStep {
    private let step: CommandStep
    private let command: GrantCommand
    private let table: GranteeGrants

    init(_ step: CommandStep, _ command: GrantCommand) {
        self.step = step
        self.command = command
        table = GranteeGrants(db: step.db)
    }

    func run() throws -> GrantCommandResult {
        var reasons: [String] = []
        let grantees = try lookUpGrantees(&reasons)
        let groups = try lookUpGroups(&reasons)
        try checkPermissions(&reasons)
        if !reasons.isEmpty { throw CommandRefusal(reasons) }
        if let since = command.unchangedSince {
            try RelationHistory(step).refuseChanges(of: grantees, on: groups, since: since)
        }
        var result = GrantCommandResult()
        var refusals: [String] = []
        for row in grantees {
            for group in groups { refusals += try apply(to: row, group, &result) }
        }
        if !refusals.isEmpty { throw CommandRefusal(refusals) }
        if command.act == .revoke || command.act == .withhold { try noteRemaining(grantees, groups, &result) }
        return result
    }

    // MARK: Names

    private func lookUpGrantees(_ reasons: inout [String]) throws -> [GranteeRow] {
        let finder = GranteeFinder(db: step.db)
        var rows: [GranteeRow] = []
        for login in command.users.unique {
            switch try finder.person(login) {
            case let row? where !row.isGone || command.act != .grant: rows.append(row)
            case _?:
                reasons.append(
                    "'\(login)' has left the directory and can be given nothing. What they had counts again when they come back."
                )
            case nil: reasons.append("there is no customer user '\(login)'. 'rollcall users search' finds logins.")
            }
        }
        for id in command.customers.unique {
            switch try finder.customer(id, command.context) {
            case let row?: rows.append(row)
            case nil: reasons.append("there is no customer '\(id)'. 'rollcall customers search' finds customer IDs.")
            }
        }
        if !command.customers.isEmpty, let reason = try contextObjection() { reasons.append(reason) }
        // One login may be written in several ways.
        var seen: Set<GranteeRow.Key> = []
        return rows.filter { seen.insert($0.key).inserted }
    }

    private func contextObjection() throws -> String? {
        command.act == .grant ? try SettingsInForce(db: step.db).objection(to: command.context) : nil
    }

    private func lookUpGroups(_ reasons: inout [String]) throws -> [GroupRow] {
        try command.groups.unique.compactMap { name in
            let group = try step.group(named: name)
            if group == nil {
                reasons.append("there is no group '\(name)'. 'rollcall groups' lists them, 'rollcall groups add' makes one.")
            } else if group?.isValid == false, command.act == .grant {
                reasons.append(GroupRow.invalidObjection(name))
            }
            return group
        }
    }

    private func checkPermissions(_ reasons: inout [String]) throws {
        guard command.act == .grant else { return }
        let known = try String.fetchAll(step.db, sql: "SELECT name FROM permission_type ORDER BY position")
        reasons += command.permissions.map(\.name).sorted().filter { !known.contains($0) }.map {
            "there is no permission '\($0)'. System::Customer::Permission has \(known.joined(separator: ", "))."
        }
    }

    // MARK: Doing it

    /// - Returns: why something is refused.
    private func apply(to row: GranteeRow, _ group: GroupRow, _ result: inout GrantCommandResult) throws -> [String] {
        if command.act == .release {
            try release(row, group, &result)
            return []
        }
        let held = try table.grants(of: row, on: group)
        let decision =
            command.act == .grant
            ? GrantDecision.granting(command.permissions, on: group.name, holding: held)
            : .revoking(command.permissions, on: group.name, holding: held, withholding: command.act == .withhold)
        for grant in decision.taken.sorted(by: Grant.inOrder) {
            try step.record(.grantRemoved(row.grantee, grant), of: row)
            try table.delete(grant, group, of: row)
            if grant.source == .rule { try table.keepAway(grant, group, of: row) }
            result.taken += 1
        }
        for grant in decision.given.sorted(by: Grant.inOrder) {
            let sequence = try step.record(.grantAdded(row.grantee, grant), of: row)
            try table.insert(grant, group, for: row, sequence: sequence)
            result.given += 1
        }
        for permission in decision.withheld.sorted() where try !table.isWithheld(permission, on: group, for: row) {
            let sequence = try step.record(.grantWithheld(row.grantee, group: group.name, permission), of: row)
            try table.withhold(permission, on: group, for: row, sequence: sequence)
            result.withheld += 1
        }
        return decision.refusals.map { $0.message(row.name, group.name) }
    }

    private func release(_ row: GranteeRow, _ group: GroupRow, _ result: inout GrantCommandResult) throws {
        for permission in command.permissions.sorted() where try table.isWithheld(permission, on: group, for: row) {
            try step.record(.grantReleased(row.grantee, group: group.name, permission), of: row)
            try table.release(permission, on: group, for: row)
            result.released += 1
        }
        guard case .person(let person) = row.key else { return }
        for grant in try table.takeReleased(group, of: person) {
            let sequence = try step.record(.grantAdded(row.grantee, grant), of: row)
            try table.insert(grant, group, for: row, sequence: sequence)
            result.given += 1
        }
    }

    /// Whoever revokes something wants to know if that was all of it.
    private func noteRemaining(
        _ grantees: [GranteeRow], _ groups: [GroupRow], _ result: inout GrantCommandResult
    ) throws {
        for row in grantees {
            guard case .person(let id) = row.key, let login = row.grantee.person?.login else { continue }
            let permissions = EffectivePermissions(try PictureReader(db: step.db).picture(of: id))
            for group in groups {
                for permission in command.permissions.sorted() {
                    guard let path = permissions.paths(permission, on: group.name).first else { continue }
                    result.remaining.append(
                        .init(login: login, group: group.name, permission: permission, via: path.via))
                }
            }
        }
    }
}

extension GrantRefusal {
    fileprivate func message(_ grantee: String, _ group: String) -> String {
        switch self {
        case .givenByRule(let permission, let rule):
            "\(permission) on '\(group)' is given to \(grantee) by \(rule), which would give it again. "
                + "Change the rule or who it matches, or revoke with --hold, which keeps it away until it is released."
        case .includedInReadWrite(let permission):
            "\(grantee) holds rw on '\(group)', which includes \(permission). Revoke rw, and grant what is to stay."
        }
    }
}

extension [String] {
    /// Each once, in order.
    fileprivate var unique: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
