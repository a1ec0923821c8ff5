/// Why somebody does not have a permission: what is nearest to giving it.
package enum MissingReason: Sendable, Hashable {
    /// They have left the directory.
    case gone
    case notValid
    /// They would be valid, but for a group that their back end demands.
    case lacksGroup
    case unknownType(known: [Permission])
    case unknownGroup
    case invalidGroup
    /// A command keeps rules from giving it, since that record.
    case withheld(Permission, since: Int64)
    /// They hold another permission there.
    case holdsOther([Permission])
    /// One of their customers holds it, but is not valid.
    case invalidCustomer(id: String)
    /// One of their customers holds it for the tickets of other customers only.
    case otherContext(customer: String)
    /// The rule gives it, and did not match them when they were last read.
    case ruleWithoutMatch(String)
    /// The rule's LDAP group could not be read, for this reason.
    case unreadableGroup(rule: String, String)
    /// Nothing at all gives it.
    case nothingGivesIt
}

/// What beside a picture explains why somebody does not have something.
package struct MissingContext: Sendable, Hashable {
    package var isGone = false
    package var lacksGroup = false
    /// By group: permission and since which record.
    package var withheld: [String: [Permission: Int64]] = [:]
    /// By group: the rules that match, and are kept from giving anything.
    package var keptAway: [String: Set<String>] = [:]
    /// Of the person's back end, as configured now.
    package var rules = GroupRules()
    /// By rule: why its LDAP group could not be read at the last cycle.
    package var unreadable: [String: String] = [:]

    package init() {}
}

extension PermissionPicture {
    /// Why `permission` on `group` is not there: those first that keep everything else from counting. Empty if it is there.
    package func reasonsMissing(_ permission: Permission, on group: String, _ context: MissingContext) -> [MissingReason] {
        let effective = EffectivePermissions(self)
        guard effective.paths(permission, on: group).isEmpty else { return [] }
        if context.isGone { return [.gone] }
        guard types.contains(permission) else { return [.unknownType(known: types)] }
        guard let isGroupValid = groups[group] else { return [.unknownGroup] }
        var reasons: [MissingReason] = []
        if !isValid { reasons.append(context.lacksGroup ? .lacksGroup : .notValid) }
        if !isGroupValid { reasons.append(.invalidGroup) }
        if !reasons.isEmpty { return reasons }
        reasons += withheld(permission, context.withheld[group] ?? [:])
        reasons += fromCustomers(permission, group)
        reasons += fromRules(permission, group, context)
        let other = (effective.paths[group] ?? [:]).keys.sorted()
        if !other.isEmpty { reasons.append(.holdsOther(other)) }
        return reasons.isEmpty ? [.nothingGivesIt] : reasons
    }

    private func withheld(_ permission: Permission, _ withheld: [Permission: Int64]) -> [MissingReason] {
        // Whoever is not to have a part is not to have rw.
        withheld.filter { permission == .readWrite || $0.key == permission || $0.key == .readWrite }.sorted { $0.key < $1.key }
            .map { .withheld($0.key, since: $0.value) }
    }

    private func fromCustomers(_ permission: Permission, _ group: String) -> [MissingReason] {
        customers.flatMap { customer -> [MissingReason] in
            let gives = { (held: Held) in
                held.grant.group == group && (held.grant.permission == permission || held.grant.permission == .readWrite)
            }
            if !customer.isValid, customer.grants[.same]?.contains(where: gives) == true {
                return [.invalidCustomer(id: customer.id)]
            }
            return customer.grants[.other]?.contains(where: gives) == true ? [.otherContext(customer: customer.id)] : []
        }
    }

    private func fromRules(_ permission: Permission, _ group: String, _ context: MissingContext) -> [MissingReason] {
        let matching = context.keptAway[group] ?? []
        return context.rules.rules(giving: permission, on: group).filter { !matching.contains($0) }.map { rule in
            context.unreadable[rule].map { .unreadableGroup(rule: rule, $0) } ?? .ruleWithoutMatch(rule)
        }
    }
}
