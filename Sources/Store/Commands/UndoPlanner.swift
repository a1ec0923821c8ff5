import GRDB
import Model

/// Plans an undo against the store as it is.
struct UndoPlanner {
    let db: Database
    let form: RecordForm

    private struct Relation: Hashable {
        let grantee: GranteeIdentity
        let group: String
        let permission: Permission
    }

    func plan(_ target: UndoTarget) throws -> UndoPlan {
        let numbers = try numbers(of: target)
        var records: [ChangeRecord] = []
        var later: [ChangeRecord] = []
        var renames = GroupRenames()
        try ChangeReader(db: db, form: form).forEach(after: numbers.lowerBound - 1, containing: #""action":"gr"#) { record in
            renames.note(record)
            if !numbers.contains(record.sequence) {
                later.append(record)
            } else if isOf(target, record) {
                records.append(record)
            }
        }
        let trail = try IdentityTrail(db, form, after: numbers.lowerBound - 1)
        let changed = later.reduce(into: [Relation: Int64]()) { changed, record in
            if let relation = relation(record, renames, trail) { changed[relation] = record.sequence }
        }
        var plan = UndoPlan(undoing: records)
        for index in plan.steps.indices {
            plan.steps[index].group = renames.current(plan.steps[index].group, after: plan.steps[index].record)
            plan.steps[index].conflict = try conflict(plan.steps[index], changed, trail)
        }
        for index in plan.steps.indices where plan.steps[index].conflict == nil {
            plan.steps[index].conflict = try otherRule(plan.steps[index], plan, trail)
        }
        return plan
    }

    /// A cycle and commands may have taken turns.
    private func isOf(_ target: UndoTarget, _ record: ChangeRecord) -> Bool {
        if case .cycle(let cycle) = target { record.cycle == cycle } else { true }
    }

    private func relation(_ record: ChangeRecord, _ renames: GroupRenames, _ trail: IdentityTrail) -> Relation? {
        guard let (grantee, group) = record.change.relation, let permission = record.change.relatedPermission else {
            return nil
        }
        return Relation(
            grantee: trail.current(GranteeIdentity(grantee, record.backEnd), after: record.sequence),
            group: renames.current(group, after: record.sequence), permission: permission)
    }

    // MARK: What is left alone

    private func conflict(
        _ step: UndoPlan.Step, _ changed: [Relation: Int64], _ trail: IdentityTrail
    ) throws -> UndoPlan.Conflict? {
        let grantee = identity(step, trail)
        if let record = changed[Relation(grantee: grantee, group: step.group, permission: step.permission)] {
            return .changedSince(record: record)
        }
        guard try group(named: step.group) != nil else { return .noSuchGroup }
        guard let row = try GranteeFinder(db: db).grantee(grantee) else { return .noSuchGrantee }
        switch step.act {
        // A customer that nobody has keeps what it was given.
        case .give, .restore: return row.isGone && row.backEnd != nil ? .hasLeft : nil
        case .take, .takeAndWithhold, .withhold, .release: return nil
        }
    }

    /// The rule that gives what would be kept away, beside those that are undone.
    private func otherRule(_ step: UndoPlan.Step, _ plan: UndoPlan, _ trail: IdentityTrail) throws -> UndoPlan.Conflict? {
        guard case .takeAndWithhold = step.act, let row = try row(of: step, trail), let group = try group(named: step.group)
        else { return nil }
        let others = try GranteeGrants(db: db).grants(of: row, on: group).filter { held in
            held.source == .rule && Set([step.permission]).keepAway(held.permission)
                && !plan.takes(held, step, identity(step, trail)) {
                    identity($0, trail)
                }
        }
        return others.map(\.rule).min().map { .givenByOther(rule: $0) }
    }

    private func identity(_ step: UndoPlan.Step, _ trail: IdentityTrail) -> GranteeIdentity {
        trail.current(GranteeIdentity(step.grantee, step.backEnd), after: step.record)
    }

    private func row(of step: UndoPlan.Step, _ trail: IdentityTrail) throws -> GranteeRow? {
        try GranteeFinder(db: db).grantee(identity(step, trail))
    }

    /// Each step that is not left alone, with the rows that it is about.
    func open(_ plan: UndoPlan) throws -> [(step: UndoPlan.Step, row: GranteeRow, group: GroupRow)] {
        let trail = try IdentityTrail(db, form, after: (plan.steps.map(\.record).min() ?? 1) - 1)
        return try plan.open.compactMap { step in
            guard let row = try row(of: step, trail), let group = try group(named: step.group) else { return nil }
            return (step, row, group)
        }
    }

    private func group(named name: String) throws -> GroupRow? { try GroupRow.named(name, db) }

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

extension UndoPlan {
    /// Whether a step that is not left alone takes what is held by the grantee of `other` on its group.
    fileprivate func takes(
        _ held: Grant, _ other: Step, _ grantee: GranteeIdentity, identity: (Step) -> GranteeIdentity
    ) -> Bool {
        open.contains { step in
            guard case .takeAndWithhold(let grant) = step.act else { return false }
            return step.group == other.group && grant.permission == held.permission && grant.rule == held.rule
                && identity(step) == grantee
        }
    }
}
