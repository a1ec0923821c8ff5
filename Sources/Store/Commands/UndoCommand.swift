import GRDB
import Model

/// What is to be undone.
package enum UndoTarget: Sendable, Hashable {
    case cycle(Int64)
    /// A change number: all that the command did which made it; of a cycle, the one change.
    case record(Int64)
}

extension Store {
    /// What undoing would do.
    ///
    /// - Throws: `CommandRefusal` when there is nothing of the kind.
    package func planUndo(_ target: UndoTarget) throws -> UndoPlan {
        try plan { db in try UndoPlanner(db: db, form: form).plan(target) }
    }

    /// Undoes what can be undone; the rest is left alone.
    package func undo(
        _ target: UndoTarget, _ order: CommandOrder
    ) throws -> (plan: UndoPlan, records: ClosedRange<Int64>?) {
        let (plan, records) = try command(order) { step in
            let planner = UndoPlanner(db: step.db, form: step.form)
            let plan = try planner.plan(target)
            for open in try planner.open(plan) {
                try UndoStep(step: step, row: open.row, group: open.group).carryOut(open.step.act)
            }
            return plan
        }
        return (plan, records)
    }
}

/// Carries out one step of an undo.
private struct UndoStep {
    let step: CommandStep
    let row: GranteeRow
    let group: GroupRow
    private var table: GranteeGrants { GranteeGrants(db: step.db) }

    func carryOut(_ act: UndoPlan.Act) throws {
        switch act {
        case .give(let grant): try give(named(grant))
        case .restore(let grant): try restore(named(grant))
        case .take(let grant): try take(named(grant))
        case .takeAndWithhold(let grant):
            let grant = named(grant)
            if try take(grant) { try table.keepAway(grant, group, of: row) }
            try withhold(grant.permission)
        case .withhold(let permission): try withhold(permission)
        case .release(let permission): try release(permission)
        }
    }

    /// The group may have another name by now.
    private func named(_ grant: Grant) -> Grant {
        Grant(group: group.name, permission: grant.permission, source: grant.source, rule: grant.rule)
    }

    private func give(_ grant: Grant) throws {
        let held = try table.grants(of: row, on: group)
        guard !held.contains(grant) else { return }
        if grant.source == .manual {
            let decision = GrantDecision.granting([grant.permission], on: group.name, holding: held)
            for taken in decision.taken.sorted(by: Grant.inOrder) { try take(taken) }
            guard !decision.given.isEmpty else { return }
        }
        try insert(grant)
    }

    /// What a rule gives to a person was given back when it was released, if the rule still does; what one gives to a customer
    /// is looked at in every cycle.
    private func restore(_ grant: Grant) throws {
        guard try !table.grants(of: row, on: group).contains(grant) else { return }
        guard case .person = row.key else { return try insert(grant) }
        try give(Grant(group: grant.group, permission: grant.permission, source: .manual))
    }

    private func insert(_ grant: Grant) throws {
        let sequence = try step.record(.grantAdded(row.grantee, grant), of: row)
        try table.insert(grant, group, for: row, sequence: sequence)
    }

    /// - Returns: whether it was there.
    @discardableResult
    private func take(_ grant: Grant) throws -> Bool {
        guard try table.grants(of: row, on: group).contains(grant) else { return false }
        try step.record(.grantRemoved(row.grantee, grant), of: row)
        try table.delete(grant, group, of: row)
        return true
    }

    private func withhold(_ permission: Permission) throws {
        guard try !table.isWithheld(permission, on: group, for: row) else { return }
        let sequence = try step.record(.grantWithheld(row.grantee, group: group.name, permission), of: row)
        try table.withhold(permission, on: group, for: row, sequence: sequence)
    }

    private func release(_ permission: Permission) throws {
        guard try table.isWithheld(permission, on: group, for: row) else { return }
        try step.record(.grantReleased(row.grantee, group: group.name, permission), of: row)
        try table.release(permission, on: group, for: row)
        guard case .person(let person) = row.key else { return }
        for grant in try table.takeReleased(group, of: person) { try insert(grant) }
    }
}
