/// A rule of one back end that gives groups to customers.
package struct CustomerRule: Sendable, Hashable {
    /// Which customers.
    package enum Match: Sendable, Hashable {
        /// The one with this ID (`CustomerSyncGroupsDefinition`).
        case id(String)
        /// Every customer of whose people of this back end one has the value in the attribute
        /// (`CustomerSyncAttributeGroupsDefinition`). Compared without regard to case.
        case attribute(String, value: String)
    }

    package let match: Match
    package let gifts: [PermissionContext: [GroupRules.Gift]]
    /// As grants name it.
    package let name: String
    private let key: String
    private let foldedValue: String

    package init(_ match: Match, gifts: [PermissionContext: [GroupRules.Gift]]) {
        self.match = match
        self.gifts = gifts
        switch match {
        case .id(let id): (name, key, foldedValue) = ("CustomerSyncGroupsDefinition \(id)", "", "")
        case .attribute(let attribute, let value):
            name = "CustomerSyncAttributeGroupsDefinition \(attribute)=\(value)"
            (key, foldedValue) = (attribute.lowercased(), value.lowercased())
        }
    }

    /// The attribute that it looks at, and its name in lower case: the key in `RuleFacts.values`.
    package var attribute: (name: String, key: String)? {
        if case .attribute(let name, _) = match { (name, key) } else { nil }
    }

    /// Whether somebody with these values makes their customers match.
    package func matches(_ facts: RuleFacts) -> Bool {
        guard case .attribute = match else { return false }
        return facts.values[key]?.contains { $0.lowercased() == foldedValue } ?? false
    }

    /// What it gives, by context.
    package var grants: [PermissionContext: Set<Grant>] {
        gifts.mapValues { gifts in
            Set(
                gifts.flatMap { gift in
                    gift.permissions.reduced.map { Grant(group: gift.group, permission: $0, source: .rule, rule: name) }
                })
        }
    }
}

extension GroupRules {
    /// Every attribute whose values some rule looks at.
    package var ruledAttributes: [(name: String, key: String)] {
        byAttribute.map { ($0.attribute, $0.attributeKey) } + forCustomers.compactMap(\.attribute)
    }

    /// Names of the rules for customers that somebody matches, in order.
    package func customerRules(matching facts: RuleFacts) -> [String] {
        forCustomers.filter { $0.matches(facts) }.map(\.name).sorted()
    }

    /// Whether people's own values decide about their customers' groups.
    package var lookAtPeopleForCustomers: Bool { forCustomers.contains { $0.attribute != nil } }
}
