import Model

extension SettingsDecoder {
    /// The `UserSync…` and `CustomerSync…` keys of a back end, in file order.
    mutating func groupRules(_ section: Section) -> GroupRules {
        var rules = GroupRules(
            initialGroups: initialGroups(section), byLDAPGroup: rulesByLDAPGroup(section),
            byAttribute: rulesByAttribute(section))
        rules.forCustomers = rulesForCustomers(section)
        return rules
    }

    private mutating func initialGroups(_ section: Section) -> [String] {
        let setting = section.setting("UserSyncInitialGroups")
        let names = names(setting, expected: "a list of group names, such as ['users']") ?? []
        for (name, offset) in names { checkGroup(name, at: offset, subject: section.subject("UserSyncInitialGroups")) }
        return names.map(\.name)
    }

    private mutating func rulesByLDAPGroup(_ section: Section) -> [GroupRules.LDAPGroupRule] {
        let setting = section.setting("UserSyncGroupsDefinition")
        let expected = "a hash such as { 'cn=vip,dc=example,dc=org' => { 'vip-support' => { rw => 1 } } }"
        guard let setting, let hash = hash(setting, expected: expected) else { return [] }
        return hash.pairs.compactMap { pair in
            if pair.key.trimmingSpaces().isEmpty {
                findings.error(at: pair.keyOffset, "\(setting.subject) has an empty DN. Write the DN of an LDAP group.")
                return nil
            }
            let rule = Setting(subject: "\(setting.subject) '\(pair.key)'", value: pair.value)
            let key = Setting(subject: "the DN of \(rule.subject)", value: Value(.text(pair.key), at: pair.keyOffset))
            guard checkDN(pair.key, of: key) else { return nil }
            return GroupRules.LDAPGroupRule(groupDN: pair.key, gifts: gifts(rule))
        }
    }

    private mutating func rulesByAttribute(_ section: Section) -> [GroupRules.AttributeRule] {
        let setting = section.setting("UserSyncAttributeGroupsDefinition")
        let expected = "a hash such as { department => { 'IT' => { 'it-support' => { ro => 1 } } } }"
        guard let setting, let hash = hash(setting, expected: expected) else { return [] }
        return hash.pairs.flatMap { rules($0, of: setting.subject) }
    }

    /// The rules of one attribute.
    private mutating func rules(_ pair: Hash.Pair, of subject: String) -> [GroupRules.AttributeRule] {
        let key = Setting(subject: "an attribute of \(subject)", value: Value(.text(pair.key), at: pair.keyOffset))
        let values = Setting(subject: "\(subject) '\(pair.key)'", value: pair.value)
        let hash = hash(values, expected: "a hash such as { 'IT' => { 'it-support' => { ro => 1 } } }")
        guard let attribute = attribute(key), let hash else { return [] }
        return hash.pairs.map {
            let rule = Setting(subject: "\(values.subject) '\($0.key)'", value: $0.value)
            return GroupRules.AttributeRule(attribute: attribute, value: $0.key, gifts: gifts(rule))
        }
    }

    /// `{ group => { permission => 1 } }`; permissions with 0 are left out.
    mutating func gifts(_ setting: Setting) -> [GroupRules.Gift] {
        let hash = hash(setting, expected: "a hash such as { 'vip-support' => { rw => 1 } }")
        return (hash?.pairs ?? []).compactMap { pair in
            checkGroup(pair.key, at: pair.keyOffset, subject: setting.subject)
            let gift = Setting(subject: "\(setting.subject) '\(pair.key)'", value: pair.value)
            let permissions = permissions(gift)
            return permissions.isEmpty ? nil : GroupRules.Gift(group: pair.key, permissions: permissions)
        }
    }

    private mutating func permissions(_ setting: Setting) -> Set<Permission> {
        guard let hash = hash(setting, expected: "a hash such as { rw => 1 }") else { return [] }
        var granted: Set<Permission> = []
        for pair in hash.pairs {
            let permission = Permission(pair.key)
            guard permissions.contains(permission) else {
                let known = permissions.map { "'\($0)'" }.joined(separator: ", ")
                findings.error(
                    at: pair.keyOffset,
                    "\(setting.subject) gives '\(pair.key)', which is not in System::Customer::Permission. "
                        + "Expected one of \(known).")
                continue
            }
            let value = Setting(subject: "\(setting.subject) \(pair.key)", value: pair.value)
            if pair.value.isUndefined || flag(value) != true { continue }
            granted.insert(permission)
        }
        return granted
    }
}
