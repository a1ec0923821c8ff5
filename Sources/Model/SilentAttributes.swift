/// What decides about people and changes without their entries being changed, so that no list of changes tells it.
extension BackEnd {
    /// DNs of the LDAP groups that filters name by way of `memberOf`: who is among the people, or valid, depends on them.
    package var groupsBehindFilters: [String] {
        let filters = [peopleFilter, search.validFilter].compactMap { try? LDAPFilter($0) }
        let compared = filters.flatMap(\.equalities).filter { Self.backLinks.contains($0.attribute.lowercased()) }.map(\.value)
        return Self.eachOnce(compared)
    }

    /// The LDAP groups that `UserSyncGroupsDefinition` names, in the order of the rules, then those that attribute rules name by
    /// way of `memberOf`.
    package var decidingGroups: [DecidingGroup] {
        let named = rules.byLDAPGroup.map { DecidingGroup(dn: $0.groupDN, countsNested: followsNestedGroups) }
        let values = rules.byAttribute.filter { Self.backLinks.contains($0.attributeKey) }.map(\.value)
        let behind = Self.eachOnce(values).map { DecidingGroup(dn: $0) }
        return named + behind.filter { !named.contains($0) }
    }

    private static func eachOnce(_ dns: [String]) -> [String] {
        var seen: Set<String> = []
        return dns.filter { seen.insert($0.lowercased()).inserted }
    }

    /// An attribute that changes silently and that nothing can be watched for. Nil if there is none.
    package var silentAttribute: AttributeUse? {
        let filters = [peopleFilter, search.validFilter].compactMap { try? LDAPFilter($0) }
        if let loose = filters.flatMap(Self.looseBackLinks).first {
            return comparedAttributes.first { $0.name.lowercased() == loose }
        }
        let mapped = mapping.rows.map { $0.attribute.lowercased() }.first { Self.backLinks.contains($0) }
        return (comparedAttributes + takenAttributes).first {
            Self.computed.contains($0.name.lowercased()) || $0.name.lowercased() == mapped
        }
    }

    /// Back links that a filter compares otherwise than for equality, in lower case.
    private static func looseBackLinks(_ filter: LDAPFilter) -> [String] {
        filter.attributes.map { $0.lowercased() }.filter { name in
            backLinks.contains(name)
                && filter.comparisonCount(of: name) > filter.equalities.count { $0.attribute.lowercased() == name }
        }
    }

    private static let backLinks = AttributeName.backLinks

    /// Attributes that servers work out when they are asked, or that each server keeps for itself.
    private static let computed: Set = [
        "nsrole", "hassubordinates", "numsubordinates", "msds-user-account-control-computed", "msds-resultantpso",
        "tokengroups",
        "lastlogon", "logoncount", "badpwdcount", "badpasswordtime",
    ]
}
