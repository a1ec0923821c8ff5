/// The group requirements of one back end: who of its people is given which groups.
package struct GroupRules: Sendable, Hashable {
    /// Permissions on one group.
    package struct Gift: Sendable, Hashable {
        package var group: String
        package var permissions: Set<Permission>

        package init(group: String, permissions: Set<Permission>) {
            self.group = group
            self.permissions = permissions
        }
    }

    /// One entry of `UserSyncGroupsDefinition`: the members of an LDAP group.
    package struct LDAPGroupRule: Sendable, Hashable {
        package var groupDN: String
        package var gifts: [Gift]

        package init(groupDN: String, gifts: [Gift]) {
            self.groupDN = groupDN
            self.gifts = gifts
        }

        package var name: String { "UserSyncGroupsDefinition \(groupDN)" }
        /// What the rule gives.
        package var grants: Set<Grant> { GroupRules.grants(gifts, by: name) }
    }

    /// One entry of `UserSyncAttributeGroupsDefinition`: those with a value in an attribute.
    package struct AttributeRule: Sendable, Hashable {
        package let attribute: String
        /// Compared without regard to case, with every value of the attribute.
        package let value: String
        package let gifts: [Gift]
        /// What the rule gives.
        package let grants: Set<Grant>
        /// The attribute's name in lower case: its key in `RuleFacts.values`.
        package let attributeKey: String

        package init(attribute: String, value: String, gifts: [Gift]) {
            self.attribute = attribute
            self.value = value
            self.gifts = gifts
            attributeKey = attribute.lowercased()
            grants = GroupRules.grants(gifts, by: Self.name(attribute, value))
        }

        package var name: String { Self.name(attribute, value) }

        private static func name(_ attribute: String, _ value: String) -> String {
            "UserSyncAttributeGroupsDefinition \(attribute)=\(value)"
        }
    }

    /// What is read of an LDAP group: DNs, DNs that may have a number behind them, logins.
    package static let memberAttributes = ["member", "uniqueMember", "memberUid"]

    /// How grants name the rule that gives initial groups.
    package static let initialRuleName = "UserSyncInitialGroups"

    package var initialGroups: [String]
    package var byLDAPGroup: [LDAPGroupRule]
    package var byAttribute: [AttributeRule]
    /// What customers are given.
    package var forCustomers: [CustomerRule] = []

    package init(initialGroups: [String] = [], byLDAPGroup: [LDAPGroupRule] = [], byAttribute: [AttributeRule] = []) {
        self.initialGroups = initialGroups
        self.byLDAPGroup = byLDAPGroup
        self.byAttribute = byAttribute
    }

    /// Every group name that a rule mentions.
    package var groupNames: Set<String> {
        Set(
            initialGroups + byLDAPGroup.flatMap { $0.gifts.map(\.group) } + byAttribute.flatMap { $0.gifts.map(\.group) }
                + forCustomers.flatMap { $0.gifts.values.flatMap { $0.map(\.group) } })
    }
}

/// Whether a person is in an LDAP group that a rule names.
package enum Membership: Sendable, Hashable {
    case member, notMember
    /// The LDAP group could not be read, so what it gave stays.
    case unknown
}

/// What rules look at in one person.
package struct RuleFacts: Sendable, Hashable {
    /// By position in `GroupRules.byLDAPGroup`.
    package var memberships: [Membership]
    /// Every value of each attribute that a rule names, by the attribute's name in lower case.
    package var values: [String: [String]]

    package init(memberships: [Membership] = [], values: [String: [String]] = [:]) {
        self.memberships = memberships
        self.values = values
    }
}

/// What the rules say about one person.
package struct RuleVerdict: Sendable, Hashable {
    /// What the person holds by rules; two rules that give one permission are two grants.
    package var granted: Set<Grant>
    /// Names of rules that could not be decided: what they gave earlier stays as it is.
    package var undecided: Set<String>
}

extension GroupRules {
    /// The grants for a person who has just appeared. The ticket system gives initial groups `rw`.
    package var initialGrants: [Grant] {
        initialGroups.map {
            Grant(group: $0, permission: .readWrite, source: .initial, rule: Self.initialRuleName)
        }
    }

    /// Applies every rule to one person: the union of all that match. `RuleBook` does it for many.
    package func verdict(on facts: RuleFacts) -> RuleVerdict { RuleBook(self).verdict(on: facts) }

    /// Names of the rules that give a permission on a group, if somebody matches them.
    package func rules(giving permission: Permission, on group: String) -> [String] {
        givable.filter { $0.group == group && ($0.permission == permission || $0.permission == .readWrite) }
            .map(\.rule).sorted()
    }

    /// Everything that some rule gives to somebody.
    package var givable: Set<Grant> {
        Set(byLDAPGroup.flatMap(\.grants)).union(byAttribute.flatMap(\.grants))
    }

    fileprivate static func grants(_ gifts: [Gift], by rule: String) -> Set<Grant> {
        Set(
            gifts.flatMap { gift in
                gift.permissions.reduced.map { Grant(group: gift.group, permission: $0, source: .rule, rule: rule) }
            })
    }
}
