import Model

extension BackEndExplanation {
    /// What is asked for, and which value it becomes.
    func addAttributes(to section: inout Explanation.Section) {
        section.add("asked for", backEnd.attributes.joined(separator: ", "), own["Map"].offset)
        let rows = own["Map"].elements
        for row in backEnd.mapping.rows {
            let isRow = { (written: Written) in written.elements.first?.text == row.target.variable }
            section.add(
                row.target.variable, row.attribute + (row.isRequired ? ", required" : ""), rows.first(where: isRow)?.offset)
        }
    }

    /// The rules in words, in the order of the file.
    func addRules(to section: inout Explanation.Section) {
        let rules = backEnd.rules
        if !rules.initialGroups.isEmpty {
            let groups = rules.initialGroups.map { "rw on \(shown($0))" }.joined(separator: ", ")
            section.add(
                "first groups", "a person who first appears gets \(groups), once", own["UserSyncInitialGroups"].offset)
        }
        for rule in rules.byLDAPGroup {
            let offset = own["UserSyncGroupsDefinition"].offset(ofKey: rule.groupDN)
            section.add("rule", "members of \(rule.groupDN) get \(words(rule.gifts))", offset)
        }
        for rule in rules.byAttribute {
            let offset = own["UserSyncAttributeGroupsDefinition"][rule.attribute].offset(ofKey: rule.value)
            section.add("rule", "people with '\(rule.value)' in \(rule.attribute) get \(words(rule.gifts))", offset)
        }
        for rule in rules.forCustomers { add(rule, to: &section) }
        if !rules.byLDAPGroup.isEmpty {
            if backEnd.followsNestedGroups {
                section.add("nested groups", "members of groups within them count as well", own["NestedGroups"].offset)
            }
            section.add(
                "asked of groups", GroupRules.memberAttributes.joined(separator: ", "), own["UserSyncGroupsDefinition"].offset)
        }
    }

    private func add(_ rule: CustomerRule, to section: inout Explanation.Section) {
        let (who, offset) =
            switch rule.match {
            case .id(let id): ("customer \(id) gets", own["CustomerSyncGroupsDefinition"].offset(ofKey: id))
            case .attribute(let attribute, let value):
                (
                    "customers whose people have '\(value)' in \(attribute) get",
                    own["CustomerSyncAttributeGroupsDefinition"][attribute].offset(ofKey: value)
                )
            }
        for context in PermissionContext.allCases {
            guard let gifts = rule.gifts[context] else { continue }
            let scope = context == .same ? "" : ", for the tickets of other customers"
            section.add("rule", "\(who) \(words(gifts))\(scope)", offset)
        }
    }

    private func words(_ gifts: [GroupRules.Gift]) -> String {
        if gifts.isEmpty { return "nothing" }
        return gifts.map { gift in
            let permissions = groups.permissions.filter(gift.permissions.reduced.contains).map(\.name)
            return "\(permissions.joined(separator: ", ")) on \(shown(gift.group))"
        }.joined(separator: " and ")
    }

    private func shown(_ group: String) -> String {
        groups.groups.contains { ExactText($0) == ExactText(group) } ? group : "\(group) (which does not exist: nothing)"
    }
}
