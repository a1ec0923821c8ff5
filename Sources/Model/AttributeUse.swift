/// An attribute of people's entries, and the settings that ask for it.
package struct AttributeUse: Sendable, Hashable {
    /// As it is first written.
    package let name: String
    /// Such as `Map UserEmail` or `AlwaysFilter`, each once.
    package private(set) var settings: [String]

    /// Several uses of one attribute, in whatever case, become one.
    fileprivate static func merged(_ uses: [(name: String, setting: String)]) -> [AttributeUse] {
        uses.reduce(into: []) { merged, use in
            guard let index = merged.firstIndex(where: { $0.name.lowercased() == use.name.lowercased() }) else {
                return merged.append(AttributeUse(name: use.name, settings: [use.setting]))
            }
            if !merged[index].settings.contains(use.setting) { merged[index].settings.append(use.setting) }
        }
    }
}

extension BackEnd {
    /// The attributes whose values `Map` and the rules take.
    package var takenAttributes: [AttributeUse] {
        AttributeUse.merged(
            mapping.rows.map { ($0.attribute, "Map \($0.target.variable)") }
                + rules.byAttribute.map { ($0.attribute, "UserSyncAttributeGroupsDefinition") }
                + rules.forCustomers.compactMap(\.attribute).map { ($0.name, "CustomerSyncAttributeGroupsDefinition") })
    }

    /// The attributes that the filters compare.
    package var comparedAttributes: [AttributeUse] {
        let filters = [
            (peopleFilter, search.alwaysFilter.isEmpty ? "CustomerKey" : "AlwaysFilter"),
            (search.validFilter, "CustomerUserValidFilter"),
        ]
        return AttributeUse.merged(
            filters.flatMap { text, setting in
                ((try? LDAPFilter(text))?.attributes ?? []).map { ($0, setting) }
            })
    }
}
