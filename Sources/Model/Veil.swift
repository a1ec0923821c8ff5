/// How a record tells of the person whom it is about.
package enum Veil: Sendable, Hashable {
    /// All of it.
    case none
    /// Who they are, and the names of the fields.
    case names
    /// Their immutable id, and digests.
    case digests(PersonSalt)
    /// For what the store keeps beside the line: who they are and were, of which customers, and the names of other fields.
    case kept

    /// Whether login and customer ID of the person are told.
    package var tellsWho: Bool {
        if case .digests = self { false } else { true }
    }

    /// Whether the values of a field are told.
    package func tells(_ field: String) -> Bool {
        switch self {
        case .none: true
        case .names, .digests: Self.ownFields.contains(field)
        case .kept: Self.ownFields.contains(field) || Self.identifyingFields.contains(field)
        }
    }

    /// Whether the store has to keep something beside the line of a change.
    package func needsKept(beside change: Change) -> Bool {
        !tellsWho || (change.userFields ?? []).contains { Self.kept.tells($0.field) && !tells($0.field) }
    }

    /// What Rollcall itself says of somebody.
    private static let ownFields: Set = ["valid_id", "back_end", "directory_id"]
    /// What it takes to say later who had which right: logins, and customers, whose grants their people have.
    private static let identifyingFields = Set([Field.login, .customerID, .customerIDs].map(\.column))
}
