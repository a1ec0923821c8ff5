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
        var refusal: CommandRefusal?
        do {
            return try read { db in
                do { return try UndoPlanner(db: db, form: form).plan(target) } catch let found as CommandRefusal {
                    refusal = found
                    throw found
                }
            }
        } catch {
            throw refusal ?? error
        }
    }

    /// Undoes what can be undone; the rest is left alone.
    package func undo(
        _ target: UndoTarget, _ order: CommandOrder
    ) throws -> (plan: UndoPlan, records: ClosedRange<Int64>?) {
        let (plan, records) = try command(order) { step in
            let planner = UndoPlanner(db: step.db, form: step.form)
            let plan = try planner.plan(target)
            for open in plan.open { try UndoStep(step: step).carryOut(open, planner) }
            return plan
        }
        return (plan, records)
    }
}

/// Plans an undo against the store as it is.
private struct UndoPlanner {
    let db: Database
    let form: RecordForm

    func plan(_ target: UndoTarget) throws -> UndoPlan {
        let numbers = try numbers(of: target)
        var records: [ChangeRecord] = []
        var later: [Relation: Int64] = [:]
        var names: [String: String] = [:]
        try ChangeReader(db: db, form: form).forEach(after: numbers.lowerBound - 1, containing: #""action":"gr"#) { record in
            if numbers.contains(record.sequence) {
                if try isOf(target, record) { records.append(record) }
            } else if let relation = Relation(record) {
                later[relation] = record.sequence
            }
            if case .groupRenamed(let name, let former) = record.change { names[former] = name }
        }
        var plan = UndoPlan(undoing: records)
        for index in plan.steps.indices {
            plan.steps[index].group = current(plan.steps[index].group, names)
            plan.steps[index].conflict = try conflict(plan.steps[index], later)
        }
        return plan
    }

    /// A cycle and commands may have taken turns.
    private func isOf(_ target: UndoTarget, _ record: ChangeRecord) throws -> Bool {
        if case .cycle(let cycle) = target { record.cycle == cycle } else { true }
    }

    private struct Relation: Hashable {
        let grantee: Grantee
        let group: String
        let permission: Permission

        init(_ grantee: Grantee, _ group: String, _ permission: Permission) {
            self.grantee = grantee.identity
            self.group = group
            self.permission = permission
        }

        init?(_ record: ChangeRecord) {
            guard let (grantee, group) = record.change.relation, let permission = record.change.relatedPermission else {
                return nil
            }
            self.init(grantee, group, permission)
        }
    }

    private func current(_ group: String, _ names: [String: String]) -> String {
        var name = group
        for _ in 0..<names.count { name = names[name] ?? name }
        return name
    }

    private func conflict(_ step: UndoPlan.Step, _ later: [Relation: Int64]) throws -> UndoPlan.Conflict? {
        if let record = later[Relation(step.grantee, step.group, step.permission)] { return .changedSince(record: record) }
        guard try group(named: step.group) != nil else { return .noSuchGroup }
        guard let row = try row(of: step) else { return .noSuchGrantee }
        if case .give = step.act, row.isGone { return .hasLeft }
        return nil
    }

    func row(of step: UndoPlan.Step) throws -> GranteeRow? {
        try GranteeFinder(db: db).grantee(step.grantee, of: step.backEnd)
    }

    func group(named name: String) throws -> GroupRow? {
        try Row.fetchOne(
            db, sql: "SELECT id, name, valid_id, origin, comments FROM user_group WHERE name = ?", arguments: [name]
        ).map(GroupRow.init)
    }

    // MARK: Which records

    private func numbers(of target: UndoTarget) throws -> ClosedRange<Int64> {
        switch target {
        case .cycle(let number):
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT first_sequence, ifnull(last_sequence, (SELECT value FROM counter WHERE name = 'sequence'))
                        FROM cycle WHERE number = ?
                        """, arguments: [number])
            else { throw CommandRefusal("there was no cycle \(number). 'rollcall log' shows the cycles of the changes.") }
            return row[0]...max(row[0], row[1])
        case .record(let number):
            guard
                try Bool.fetchOne(
                    db, sql: "SELECT EXISTS (SELECT 1 FROM change_record WHERE sequence = ?)", arguments: [number]) == true
            else { throw CommandRefusal("there is no change number \(number). 'rollcall log' lists those that there are.") }
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT first_sequence, last_sequence FROM command
                    WHERE first_sequence <= ?1 AND last_sequence >= ?1 ORDER BY first_sequence DESC LIMIT 1
                    """, arguments: [number])
            return row.map { $0[0]...$0[1] } ?? number...number
        }
    }
}

/// Carries out one step of an undo.
private struct UndoStep {
    let step: CommandStep

    func carryOut(_ undo: UndoPlan.Step, _ planner: UndoPlanner) throws {
        guard let row = try planner.row(of: undo), let group = try planner.group(named: undo.group) else { return }
        let table = GranteeGrants(db: step.db)
        switch undo.act {
        case .give(let grant): try give(grant, group, row, table)
        case .take(let grant): try take(grant, group, row, table)
        case .takeAndWithhold(let grant):
            if try take(grant, group, row, table) { try table.keepAway(grant, group, of: row) }
            try withhold(grant.permission, group, row, table)
        case .withhold(let permission): try withhold(permission, group, row, table)
        case .release(let permission):
            guard try table.isWithheld(permission, on: group, for: row) else { return }
            try step.record(.grantReleased(row.grantee, group: group.name, permission))
            try table.release(permission, on: group, for: row)
        }
    }

    private func named(_ grant: Grant, _ group: GroupRow) -> Grant {
        Grant(group: group.name, permission: grant.permission, source: grant.source, rule: grant.rule)
    }

    private func give(_ grant: Grant, _ group: GroupRow, _ row: GranteeRow, _ table: GranteeGrants) throws {
        let held = try table.grants(of: row, on: group)
        let grant = named(grant, group)
        guard !held.contains(grant) else { return }
        if grant.source == .manual {
            let decision = GrantDecision.granting([grant.permission], on: group.name, holding: held)
            for taken in decision.taken.sorted(by: Grant.inOrder) { try take(taken, group, row, table) }
            guard !decision.given.isEmpty else { return }
        }
        let sequence = try step.record(.grantAdded(row.grantee, grant))
        try table.insert(grant, group, for: row, sequence: sequence)
    }

    /// - Returns: whether it was there.
    @discardableResult
    private func take(_ grant: Grant, _ group: GroupRow, _ row: GranteeRow, _ table: GranteeGrants) throws -> Bool {
        let grant = named(grant, group)
        guard try table.grants(of: row, on: group).contains(grant) else { return false }
        try step.record(.grantRemoved(row.grantee, grant))
        try table.delete(grant, group, of: row)
        return true
    }

    private func withhold(_ permission: Permission, _ group: GroupRow, _ row: GranteeRow, _ table: GranteeGrants) throws {
        guard try !table.isWithheld(permission, on: group, for: row) else { return }
        let sequence = try step.record(.grantWithheld(row.grantee, group: group.name, permission))
        try table.withhold(permission, on: group, for: row, sequence: sequence)
    }
}
