import Model
import Support
import Testing

@testable import Store

/// Undoing, and undoing that.
extension PermissionHistory {
    func undoSomething() throws {
        guard let (target, before, after) = targets.randomElement(using: &random) else { return }
        let plan = try mirror.store.planUndo(target)
        #expect(try mirror.store.lastSequence() == now.sequence, "\(place): a plan changes nothing")
        let start = now
        let done = try mirror.store.undo(target, order("undo"))
        #expect(done.plan == plan, "\(place): \(target): what is done is what was planned")
        try note(done.records.map { .record($0.lowerBound) })
        checkUndo(target, from: states[before], to: states[after], start)
        guard let records = done.records, random.oneIn(2) else { return }
        let again = try mirror.store.undo(.record(records.lowerBound), order("undo"))
        try note(again.records.map { .record($0.lowerBound) })
        #expect(again.plan.conflicts.allSatisfy { $0.conflict == .hasLeft }, "\(place): \(target): \(again.plan.conflicts)")
        let isThere = { [self] (relation: String) in !hasLeft(relation) }
        #expect(
            now.relations.filter { isThere($0.key) } == start.relations.filter { isThere($0.key) },
            "\(place): undoing the undo of \(target) restores what was before")
    }

    /// Relations that only the target has changed are as before it; those that it did not change are as they were.
    private func checkUndo(
        _ target: UndoTarget, from before: NaivePermissions, to after: NaivePermissions, _ start: NaivePermissions
    ) {
        let (old, new, present, end) = (before.relations, after.relations, start.relations, now.relations)
        for relation in Set(old.keys).union(new.keys).union(present.keys).union(end.keys) {
            if old[relation] == new[relation] {
                #expect(end[relation] == present[relation], "\(place): \(target) left \(relation) alone")
            } else if present[relation] == new[relation], !hasChanged(relation, after), !hasLeft(relation) {
                // Released, a rule that has come to match since gives at last.
                let isReleased = new[relation]?.contains { $0.contains("|withheld|") } == true
                let found = (end[relation] ?? []).filter {
                    !isReleased || !$0.contains("|rule|") || old[relation]?.contains($0) == true
                }
                #expect(
                    Self.closure(found) == Self.closure(old[relation]),
                    """
                    \(place): \(target) undone for \(relation): before \(old[relation] ?? []), then \(new[relation] ?? []), \
                    now \(end[relation] ?? [])
                    """)
            }
        }
    }

    /// Somewhere between the target and now.
    private func hasChanged(_ relation: String, _ after: NaivePermissions) -> Bool {
        let later = states.dropLast().filter { $0.sequence >= after.sequence }.map { $0.relations[relation] }
        return later.contains { $0 != later.first }
    }

    private func hasLeft(_ relation: String) -> Bool {
        let words = relation.split(separator: " ")
        guard words[0] == "person", let id = Int64(words[1]) else { return false }
        // Another entry has the row now: records name the former one.
        let ids = Set(states.compactMap { $0.people[id]?.directoryID })
        return now.people[id]?.isGone != false || ids.count > 1
    }

    /// What can be done there in the end.
    private static func closure(_ held: Set<String>?) -> Set<String> {
        let names = Set((held ?? []).filter { !$0.contains("|withheld|") }.map { NaivePermissions.permission($0) })
        return names.contains("rw") ? ["rw"] : names
    }
}
