/// What a reading asks the directory for.
extension BackEnd {
    /// Who counts as a person: what AlwaysFilter says, or else those with a login or an e-mail address. Those who lack
    /// one of them are read as well, so that they can be reported.
    package var peopleFilter: String {
        guard search.alwaysFilter.isEmpty else { return search.alwaysFilter }
        let names = [mapping.keyAttribute] + [mapping.row(for: .email)?.attribute].compactMap(\.self)
        return "(|" + names.map { "(\($0)=*)" }.joined() + ")"
    }

    /// Who counts as a valid person. Nil if everybody does.
    package var validPeopleFilter: String? {
        search.validFilter.isEmpty ? nil : "(&\(peopleFilter)\(search.validFilter))"
    }

    /// The attributes of a person, each once whatever its case: immutable ids, then those of `Map` and of the rules.
    package var attributes: [String] {
        var seen: Set<String> = []
        let rules = Set(rules.ruledAttributes.map(\.key)).sorted()
        let account = honoursAccountState ? AccountState.attributes : []
        return (DirectoryID.attributes + mapping.rows.map(\.attribute) + rules + account).filter {
            seen.insert($0.lowercased()).inserted
        }
    }
}
