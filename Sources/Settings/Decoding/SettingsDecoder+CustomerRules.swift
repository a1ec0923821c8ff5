import Model

extension SettingsDecoder {
    /// `CustomerSyncGroupsDefinition` and `CustomerSyncAttributeGroupsDefinition`.
    mutating func rulesForCustomers(_ section: Section) -> [CustomerRule] {
        rulesByCustomerID(section) + rulesByCustomerAttribute(section)
    }

    private static let example = "{ 'Ticket::CustomerID::Same' => { 'acme-support' => { rw => 1 } } }"

    private mutating func rulesByCustomerID(_ section: Section) -> [CustomerRule] {
        let setting = section.setting("CustomerSyncGroupsDefinition")
        guard let setting, let hash = hash(setting, expected: "a hash such as { 'ACME' => \(Self.example) }") else { return [] }
        return hash.pairs.compactMap { pair in
            if pair.key.trimmingSpaces().isEmpty {
                findings.error(at: pair.keyOffset, "\(setting.subject) has an empty customer ID. Write the ID of a customer.")
                return nil
            }
            let rule = Setting(subject: "\(setting.subject) '\(pair.key)'", value: pair.value)
            return CustomerRule(.id(pair.key), gifts: giftsByContext(rule))
        }
    }

    private mutating func rulesByCustomerAttribute(_ section: Section) -> [CustomerRule] {
        let setting = section.setting("CustomerSyncAttributeGroupsDefinition")
        guard let setting, let hash = hash(setting, expected: "a hash such as { o => { 'ACME Ltd' => \(Self.example) } }")
        else { return [] }
        return hash.pairs.flatMap { pair -> [CustomerRule] in
            let key = Setting(subject: "an attribute of \(setting.subject)", value: Value(.text(pair.key), at: pair.keyOffset))
            let values = Setting(subject: "\(setting.subject) '\(pair.key)'", value: pair.value)
            let hash = self.hash(values, expected: "a hash such as { 'ACME Ltd' => \(Self.example) }")
            guard let attribute = attribute(key), let hash else { return [] }
            return hash.pairs.map {
                let rule = Setting(subject: "\(values.subject) '\($0.key)'", value: $0.value)
                return CustomerRule(.attribute(attribute, value: $0.key), gifts: giftsByContext(rule))
            }
        }
    }

    /// `{ context => { group => { permission => 1 } } }`.
    private mutating func giftsByContext(_ setting: Setting) -> [PermissionContext: [GroupRules.Gift]] {
        guard let hash = hash(setting, expected: "a hash such as \(Self.example)") else { return [:] }
        var all: [PermissionContext: [GroupRules.Gift]] = [:]
        for pair in hash.pairs {
            guard let context = PermissionContext(rawValue: pair.key) else {
                let known = PermissionContext.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or ")
                findings.error(
                    at: pair.keyOffset, "\(setting.subject) has '\(pair.key)' where a context belongs. Expected \(known).")
                continue
            }
            if !contexts.contains(context) {
                findings.warning(
                    at: pair.keyOffset,
                    "\(setting.subject) gives groups in the context \(context.rawValue), which is off. Nothing is given. "
                        + "Set CustomerGroupPermissionContext, or take this out.")
            }
            let gifts = gifts(Setting(subject: "\(setting.subject) '\(pair.key)'", value: pair.value))
            if !gifts.isEmpty { all[context] = gifts }
        }
        return all
    }

    /// `'report'` or `'invalidate'`.
    mutating func missingGroup(_ setting: Setting?) -> MissingGroup {
        let expected = "'report' or 'invalidate'"
        guard let setting, let text = text(setting, expected: expected) else { return .report }
        if let choice = MissingGroup(rawValue: text) { return choice }
        findings.error(at: setting.offset, "\(setting.subject) is '\(text)'. Expected \(expected).")
        return .report
    }
}
