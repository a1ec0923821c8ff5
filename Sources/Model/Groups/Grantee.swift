/// Whom a grant is for.
package enum Grantee: Sendable, Hashable {
    case customerUser(PersonReference)
    /// A customer, for the tickets that the context says.
    case customer(id: String, PermissionContext)

    package var person: PersonReference? { if case .customerUser(let person) = self { person } else { nil } }

    package var context: PermissionContext? { if case .customer(_, let context) = self { context } else { nil } }

    /// The person's primary customer, or the customer itself.
    package var customerID: String {
        switch self {
        case .customerUser(let person): person.customerID
        case .customer(let id, _): id
        }
    }
}

extension Change {
    /// The grantee and the group that a change of a grant is about.
    package var relation: (grantee: Grantee, group: String)? {
        switch self {
        case .grantAdded(let grantee, let grant), .grantRemoved(let grantee, let grant): (grantee, grant.group)
        case .grantWithheld(let grantee, let group, _), .grantReleased(let grantee, let group, _): (grantee, group)
        default: nil
        }
    }
}
