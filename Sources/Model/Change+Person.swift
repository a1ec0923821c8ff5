/// Whom a change concerns.
extension Change {
    package var person: PersonReference? {
        switch self {
        case .customerUserAdded(let person, _), .customerUserUpdated(let person, _), .customerUserRenamed(let person, _),
            .customerUserInvalidated(let person, _), .customerUserRevalidated(let person, _),
            .customerUserRemovalHeld(let person, _, _), .customerUserRemovalApproved(let person, _),
            .grantHeld(let person, _, _):
            person
        default: grantee?.person
        }
    }

    package var grantee: Grantee? {
        switch self {
        case .grantAdded(let grantee, _), .grantRemoved(let grantee, _), .grantWithheld(let grantee, _, _),
            .grantReleased(let grantee, _, _):
            grantee
        default: nil
        }
    }
}
