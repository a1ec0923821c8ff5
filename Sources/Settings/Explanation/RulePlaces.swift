import Model

extension ConfigurationReading {
    /// Where a rule of a back end was written, as `FILE:LINE:COLUMN`; nil for a rule that is not there any more.
    ///
    /// - Parameter rule: the rule as grants name it.
    package func place(ofRule rule: String, of slot: Slot) -> String? {
        guard let backEnd = configuration?.backEnds.first(where: { $0.slot == slot }) else { return nil }
        return offset(ofRule: rule, of: backEnd, in: Written(settings)[slot.key]).map(place)
    }

    private func offset(ofRule rule: String, of backEnd: BackEnd, in own: Written) -> Int? {
        if rule == GroupRules.initialRuleName { return own["UserSyncInitialGroups"].offset }
        if let found = backEnd.rules.byLDAPGroup.first(where: { $0.name == rule }) {
            return own["UserSyncGroupsDefinition"].offset(ofKey: found.groupDN)
        }
        if let found = backEnd.rules.forCustomers.first(where: { $0.name == rule }) {
            switch found.match {
            case .id(let id): return own["CustomerSyncGroupsDefinition"].offset(ofKey: id)
            case .attribute(let attribute, let value):
                return own["CustomerSyncAttributeGroupsDefinition"][attribute].offset(ofKey: value)
            }
        }
        guard let found = backEnd.rules.byAttribute.first(where: { $0.name == rule }) else { return nil }
        return own["UserSyncAttributeGroupsDefinition"][found.attribute].offset(ofKey: found.value)
    }
}
