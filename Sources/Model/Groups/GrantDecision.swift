/// Why a permission is not taken away.
package enum GrantRefusal: Sendable, Hashable {
    /// A rule gives it, and would again in the next cycle.
    case givenByRule(Permission, rule: String)
    /// What is held is `rw`, which includes it.
    case includedInReadWrite(Permission)
}

/// What a person's command comes to, for one grantee on one group.
package struct GrantDecision: Sendable, Hashable {
    package var given: Set<Grant> = []
    package var taken: Set<Grant> = []
    /// What rules are not to give from now on.
    package var withheld: Set<Permission> = []
    /// In the order of the permissions' names. Where there is one, the whole command is refused.
    package var refusals: [GrantRefusal] = []

    /// Gives `wanted` by hand. What is held already, also as part of `rw`, is not given twice; `rw` takes the place of what
    /// was given by hand before, and nothing ever takes the place of `rw`.
    ///
    /// - Parameter held: all grants of the grantee on the group, of every source.
    package static func granting(_ wanted: Set<Permission>, on group: String, holding held: Set<Grant>) -> GrantDecision {
        let manual = held.filter { $0.source == .manual }
        let known = Set(manual.map(\.permission))
        guard !known.contains(.readWrite) else { return GrantDecision() }
        let missing = wanted.reduced.subtracting(known)
        return GrantDecision(
            given: Set(missing.map { Grant(group: group, permission: $0, source: .manual) }),
            taken: missing.contains(.readWrite) ? manual : [])
    }

    /// Takes `unwanted` away, whatever was given by hand or at first. What a rule gives is taken only with `withholding`,
    /// which keeps the rules from giving it until it is released.
    package static func revoking(
        _ unwanted: Set<Permission>, on group: String, holding held: Set<Grant>, withholding: Bool = false
    ) -> GrantDecision {
        var decision = GrantDecision()
        for permission in unwanted.sorted() {
            let matching = held.filter { $0.permission == permission }
            let byRules = matching.filter { $0.source == .rule }
            if permission != .readWrite, matching.isEmpty, held.contains(where: { $0.permission == .readWrite }) {
                decision.refusals.append(.includedInReadWrite(permission))
            } else if !withholding, let rule = byRules.map(\.rule).min() {
                decision.refusals.append(.givenByRule(permission, rule: rule))
            } else {
                decision.taken.formUnion(matching)
                if withholding { decision.withheld.insert(permission) }
            }
        }
        return decision.refusals.isEmpty ? decision : GrantDecision(refusals: decision.refusals)
    }
}

extension Set<Permission> {
    /// Whether rules may not give `permission` where these are withheld. Whoever is not to have a part is not to have `rw`.
    package func keepAway(_ permission: Permission) -> Bool {
        contains(permission) || permission == .readWrite && !isEmpty
    }
}
