/// What decides about people and changes without their entries being changed, so that no list of changes tells it.
extension BackEnd {
    /// DNs of the LDAP groups that filters and attribute rules name by way of `memberOf`: the groups have to be watched.
    package var groupsBehindMemberOf: [String] {
        let filters = [peopleFilter, search.validFilter].compactMap { try? LDAPFilter($0) }
        let compared = filters.flatMap(\.equalities).filter { Self.backLinks.contains($0.attribute.lowercased()) }.map(\.value)
        let ruled = rules.byAttribute.filter { Self.backLinks.contains($0.attributeKey) }.map(\.value)
        var seen: Set<String> = []
        return (compared + ruled).filter { seen.insert($0.lowercased()).inserted }
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
