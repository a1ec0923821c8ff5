import GRDB
import Model

/// What an import would do, or did.
package struct ImportPlan: Sendable, Hashable {
    package enum Act: String, Sendable, Hashable, Codable {
        case give, take
    }

    package struct Step: Sendable, Hashable {
        package var act: Act
        package var grantee: Grantee
        package var group: String
        package var permission: Permission
    }

    package var steps: [Step] = []
    /// Rows of what rules and first appearance give, which no import can.
    package var passedOver = 0
    /// Rows of what is there already.
    package var unchanged = 0
}

/// A row that is to be imported, and where it stands, for messages.
package struct ImportRow: Sendable, Hashable {
    package var grant: ListedGrant
    /// Such as "grants.csv, row 7".
    package var place: String

    package init(_ grant: ListedGrant, place: String) {
        self.grant = grant
        self.place = place
    }
}

extension Store {
    /// Works out what an import would do.
    ///
    /// - Parameter isExact: whoever is named has by hand afterwards what the rows say and nothing else, on the groups that
    ///   the rows name for them. Whoever is not named is never touched.
    /// - Throws: `CommandRefusal` with every row that cannot be.
    package func planImport(_ rows: [ImportRow], isExact: Bool) throws -> ImportPlan {
        try plan { db in try GrantImporter(db: db, isExact: isExact).plan(rows).plan }
    }

    /// Does it, in one transaction.
    package func importGrants(
        _ rows: [ImportRow], isExact: Bool, _ order: CommandOrder
    ) throws -> (plan: ImportPlan, records: ClosedRange<Int64>?) {
        let (plan, records) = try command(order) { step in
            let importer = GrantImporter(db: step.db, isExact: isExact)
            let (plan, changes) = try importer.plan(rows)
            for change in changes { try importer.carryOut(change, step) }
            return plan
        }
        return (plan, records)
    }
}

/// Reads rows against the store as it is.
private struct GrantImporter {
    struct Change {
        let act: ImportPlan.Act
        let grant: Grant
        let row: GranteeRow
        let group: GroupRow
    }

    /// All that the rows say of one grantee on one group.
    private struct Relation {
        let row: GranteeRow
        let group: GroupRow
        var permissions: Set<Permission>
        /// The first row that names it.
        let first: ImportRow
    }

    private struct RelationKey: Hashable {
        let grantee: GranteeRow.Key
        let group: Int64
    }

    let db: Database
    let isExact: Bool

    func plan(_ rows: [ImportRow]) throws -> (plan: ImportPlan, changes: [Change]) {
        var plan = ImportPlan()
        var reasons: [String] = []
        var order: [RelationKey] = []
        var relations: [RelationKey: Relation] = [:]
        let lookUp = try ImportLookUp(db)
        for row in rows {
            guard row.grant.source == GrantSource.manual.rawValue else {
                plan.passedOver += 1
                continue
            }
            do {
                let (grantee, group, permission) = try lookUp.resolve(row)
                let key = RelationKey(grantee: grantee.key, group: group.id)
                if relations[key] == nil { order.append(key) }
                relations[key, default: Relation(row: grantee, group: group, permissions: [], first: row)]
                    .permissions.insert(permission)
            } catch let refusal as CommandRefusal {
                reasons += refusal.reasons
            }
        }
        var changes: [Change] = []
        for relation in order.compactMap({ relations[$0] }) {
            if let reason = try decide(relation, &plan, &changes) { reasons.append("\(relation.first.place): \(reason)") }
        }
        if !reasons.isEmpty { throw CommandRefusal(reasons) }
        return (plan, changes)
    }

    /// - Returns: why it cannot be.
    private func decide(_ relation: Relation, _ plan: inout ImportPlan, _ changes: inout [Change]) throws -> String? {
        let held = try GranteeGrants(db: db).grants(of: relation.row, on: relation.group)
        let wanted = relation.permissions.reduced
        var decision = GrantDecision.granting(wanted, on: relation.group.name, holding: held)
        if isExact {
            let manual = held.filter { $0.source == .manual }
            decision.taken = manual.filter { !wanted.contains($0.permission) }
            let missing = wanted.subtracting(manual.map(\.permission))
            decision.given = Set(missing.map { Grant(group: relation.group.name, permission: $0, source: .manual) })
        }
        if !decision.given.isEmpty, let reason = try objection(to: relation) { return reason }
        if decision.given.isEmpty, decision.taken.isEmpty { plan.unchanged += relation.permissions.count }
        for (act, grants) in [(ImportPlan.Act.take, decision.taken), (.give, decision.given)] {
            for grant in grants.sorted(by: Grant.inOrder) {
                plan.steps.append(
                    .init(
                        act: act, grantee: relation.row.grantee, group: relation.group.name, permission: grant.permission))
                changes.append(Change(act: act, grant: grant, row: relation.row, group: relation.group))
            }
        }
        return nil
    }

    /// Why nothing can be given there. What is there already stays, so that an export can be imported.
    private func objection(to relation: Relation) throws -> String? {
        if !relation.group.isValid { return GroupRow.invalidObjection(relation.group.name) }
        guard let context = relation.row.grantee.context else { return nil }
        return try SettingsInForce(db: db).objection(to: context)
    }

    func carryOut(_ change: Change, _ step: CommandStep) throws {
        let table = GranteeGrants(db: db)
        switch change.act {
        case .give:
            let sequence = try step.record(.grantAdded(change.row.grantee, change.grant), of: change.row)
            try table.insert(change.grant, change.group, for: change.row, sequence: sequence)
        case .take:
            try step.record(.grantRemoved(change.row.grantee, change.grant), of: change.row)
            try table.delete(change.grant, change.group, of: change.row)
        }
    }
}
