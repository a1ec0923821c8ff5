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
        var renames = GroupRenames()
        try forEachRecord(after: numbers.lowerBound - 1) { record in
            renames.note(record)
            if numbers.contains(record.sequence), isOf(target, record) { records.append(record) }
        }
        let trail = try IdentityTrail(db, form, after: numbers.lowerBound - 1)
        var plan = UndoPlan(undoing: records)
        for index in plan.steps.indices {
            plan.steps[index].group = renames.current(plan.steps[index].group, after: plan.steps[index].record)
        }
        let changed = try changes(after: numbers.upperBound, of: plan, renames, trail)
        for index in plan.steps.indices {
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

    /// Records of groups and grants, in order.
    private func forEachRecord(after sequence: Int64, _ body: (ChangeRecord) throws -> Void) throws {
        try ChangeReader(db: db, form: form).forEach(after: sequence, containing: #""action":"gr"#, body)
    }

    /// Of what a plan is about, what was changed after record `sequence`, and by which record the last time. A second look at
    /// the records, when their groups' names of now are known: so no more is remembered than the plan has.
    private func changes(
        after sequence: Int64, of plan: UndoPlan, _ renames: GroupRenames, _ trail: IdentityTrail
    ) throws -> [Relation: Int64] {
        let wanted = Set(plan.steps.map { relation(of: $0, trail) })
        var changed: [Relation: Int64] = [:]
        guard !wanted.isEmpty else { return changed }
        try forEachRecord(after: sequence) { record in
            guard let relation = relation(record, renames, trail), wanted.contains(relation) else { return }
            changed[relation] = record.sequence
        }
        return changed
    }

    private func relation(of step: UndoPlan.Step, _ trail: IdentityTrail) -> Relation {
        Relation(grantee: identity(step, trail), group: step.group, permission: step.permission)
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
        if let record = changed[relation(of: step, trail)] { return .changedSince(record: record) }
        guard try group(named: step.group) != nil else { return .noSuchGroup }
        guard let row = try GranteeFinder(db: db).grantee(identity(step, trail)) else { return .noSuchGrantee }
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
        let kept = try (Int64.fetchOne(db, sql: "SELECT sequence FROM seal") ?? 0) + 1
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
            guard row[0] >= kept else { throw Self.isGivenUp }
            return row[0]...max(row[0], row[1])
        case .record(let number):
            guard number >= kept else { throw Self.isGivenUp }
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
            let numbers = row.map { $0[0]...$0[1] } ?? number...number
            guard numbers.lowerBound >= kept else { throw Self.isGivenUp }
            return numbers
        }
    }

    private static let isGivenUp = CommandRefusal(
        "the store does not keep records from that long ago (Rollcall::KeepRecords), so it cannot tell what to undo. "
            + "Look into the change log's files, and give or take by command.")
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
