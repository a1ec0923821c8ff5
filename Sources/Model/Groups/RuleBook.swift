/// The rules of a back end, ready to be applied to many people: attribute rules are found by the values that somebody has,
/// however many there are.
package struct RuleBook: Sendable {
    private let rules: GroupRules
    /// What the rules of `rules.byLDAPGroup` give.
    private let giftsByLDAPGroup: [(rule: String, grants: Set<Grant>)]
    /// Positions in `rules.byAttribute`, by attribute in lower case and value as it is compared.
    private let byValue: [String: [String: [Int]]]

    package init(_ rules: GroupRules) {
        self.rules = rules
        giftsByLDAPGroup = rules.byLDAPGroup.map { ($0.name, $0.grants) }
        byValue = rules.byAttribute.enumerated().reduce(into: [:]) { book, item in
            book[item.element.attributeKey, default: [:]][
                Self.compared(item.element.value, of: item.element.attributeKey), default: []
            ].append(item.offset)
        }
    }

    /// Without regard to case; values that are DNs, as those of `memberOf`, as RFC 4517 section 4.2.15 compares them.
    private static func compared(_ value: String, of attribute: String) -> String {
        guard AttributeName.backLinks.contains(attribute), let dn = DistinguishedName.canonical(Array(value.utf8)[...]) else {
            return value.lowercased()
        }
        return String(decoding: dn, as: UTF8.self)
    }

    /// Applies every rule: the union of all that match.
    package func verdict(on facts: RuleFacts) -> RuleVerdict {
        var verdict = RuleVerdict(granted: [], undecided: [])
        for (gift, membership) in zip(giftsByLDAPGroup, facts.memberships) {
            switch membership {
            case .member: add(gift.grants, to: &verdict)
            case .unknown: verdict.undecided.insert(gift.rule)
            case .notMember: break
            }
        }
        for (attribute, positions) in byValue {
            guard let values = facts.values[attribute] else { continue }
            for value in values {
                guard let positions = positions[Self.compared(value, of: attribute)] else { continue }
                for position in positions { add(rules.byAttribute[position].grants, to: &verdict) }
            }
        }
        return verdict
    }

    /// Most people match one rule or none: a set that is made already need not be made again for each.
    private func add(_ grants: Set<Grant>, to verdict: inout RuleVerdict) {
        if verdict.granted.isEmpty { verdict.granted = grants } else { verdict.granted.formUnion(grants) }
    }
}
