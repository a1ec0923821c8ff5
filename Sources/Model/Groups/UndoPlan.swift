/// The inverse of changes to grants, as far as nothing has happened to them since.
///
/// What rules did is undone for good: what a rule gave is taken and kept away, what a rule took is given by hand. The exact
/// inverse would last until the person is read again. What a command took from a rule, which gives it still, is the rule's again.
package struct UndoPlan: Sendable, Hashable {
    package enum Act: Sendable, Hashable {
        case give(Grant)
        /// Give what a command took from a rule.
        case restore(Grant)
        case take(Grant)
        /// Take what a rule gave, and keep it away.
        case takeAndWithhold(Grant)
        case withhold(Permission)
        case release(Permission)
    }

    package struct Step: Sendable, Hashable {
        package var act: Act
        package var grantee: Grantee
        /// Of people: whose back end it was.
        package var backEnd: Slot?
        package var group: String
        package var permission: Permission
        /// The last record that it undoes.
        package var record: Int64
        /// Why it is left alone; nil if it can be done.
        package var conflict: Conflict?
    }

    /// Why a step is left alone.
    package enum Conflict: Sendable, Hashable {
        /// A later record changed the same permission.
        case changedSince(record: Int64)
        /// Another rule gives the same or more: keeping it away would take what was there before.
        case givenByOther(rule: String)
        case noSuchGrantee
        case hasLeft
        case noSuchGroup
    }

    /// In the order of the records, the latest first.
    package var steps: [Step]

    package var open: [Step] { steps.filter { $0.conflict == nil } }
    package var conflicts: [Step] { steps.filter { $0.conflict != nil } }

    /// What has to be done so that grants are as before `records`. What was taken and given again among them needs nothing.
    ///
    /// - Parameter records: in their order.
    package init(undoing records: [ChangeRecord]) {
        var first: [Key: Bool] = [:]
        var last: [Key: ChangeRecord] = [:]
        for record in records {
            guard let key = Key(record), let isThere = record.change.putsInPlace else { continue }
            first[key] = first[key] ?? isThere
            last[key] = record
        }
        steps = last.filter { $0.value.change.putsInPlace == first[$0.key] }.map { Self.inverse($0.key, $0.value) }
            .sorted { $0.record > $1.record }
    }

    /// What a record says is there, or is not: a grant, or that something is withheld.
    private struct Key: Hashable {
        let grantee: Grantee
        let backEnd: Slot?
        let group: String
        let permission: Permission
        /// Nil for what is withheld.
        let grant: Grant?

        init?(_ record: ChangeRecord) {
            guard let (grantee, group) = record.change.relation else { return nil }
            self.grantee = grantee.identity
            backEnd = grantee.person == nil ? nil : record.backEnd
            self.group = group
            switch record.change {
            case .grantAdded(_, let grant), .grantRemoved(_, let grant): (self.grant, permission) = (grant, grant.permission)
            case .grantWithheld(_, _, let permission), .grantReleased(_, _, let permission):
                (grant, self.permission) = (nil, permission)
            default: return nil
            }
        }
    }

    private static func inverse(_ key: Key, _ record: ChangeRecord) -> Step {
        let act: Act =
            switch (key.grant, record.change.putsInPlace ?? false) {
            case (let grant?, true): grant.source == .rule ? .takeAndWithhold(grant) : .take(grant)
            case (let grant?, false):
                if grant.source != .rule {
                    .give(grant)
                } else if record.cycle == nil {
                    .restore(grant)
                } else {
                    .give(Grant(group: grant.group, permission: grant.permission, source: .manual))
                }
            case (nil, true): .release(key.permission)
            case (nil, false): .withhold(key.permission)
            }
        return Step(
            act: act, grantee: record.change.relation?.grantee ?? key.grantee, backEnd: key.backEnd, group: key.group,
            permission: key.permission, record: record.sequence)
    }
}

extension Grantee {
    /// Without what changes: people are known by their immutable id.
    package var identity: Grantee {
        guard let person else { return self }
        return .customerUser(PersonReference(directoryID: person.directoryID, login: "", customerID: ""))
    }
}

extension Change {
    /// Whether a grant, or that something is withheld, is there after the change; nil for all other changes.
    fileprivate var putsInPlace: Bool? {
        switch self {
        case .grantAdded, .grantWithheld: true
        case .grantRemoved, .grantReleased: false
        default: nil
        }
    }

    /// The permission that a change of a grant is about.
    package var relatedPermission: Permission? {
        switch self {
        case .grantAdded(_, let grant), .grantRemoved(_, let grant): grant.permission
        case .grantWithheld(_, _, let permission), .grantReleased(_, _, let permission): permission
        default: nil
        }
    }
}
