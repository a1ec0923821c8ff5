/// Something about one entry or one name that a person should look at; the rest of the cycle goes on.
package enum Problem: Error, Sendable, Hashable {
    /// The entry has no value for an essential field.
    case missingAttribute(dn: String, attribute: String, field: Field)
    /// The value cannot serve as login, e-mail or customer ID.
    case unusableValue(dn: String, attribute: String, field: Field, reason: String)
    /// The entry shows none of entryUUID, objectGUID, nsUniqueId.
    case noImmutableID(dn: String)
    /// Another entry already has this login: of the back end `holder`, which may be the same one.
    case loginClaimed(login: String, dn: String, holder: Slot)
    /// A rule or an always-group names a group that does not exist.
    case unknownGroup(name: String, usedBy: String)
    /// An LDAP group that a rule names could not be read; its grants stay as they are.
    case unreadableGroup(dn: String, reason: String)
    /// The strategy that was asked for, or that would suit the server, cannot be used; another one is.
    case strategyRefused(strategy: String, reason: String)
    /// Active Directory does not show the account what was deleted.
    case deletionsHidden

    /// A word for listings and `--json`.
    package var kind: String {
        switch self {
        case .missingAttribute: "missing-attribute"
        case .unusableValue: "unusable-value"
        case .noImmutableID: "no-immutable-id"
        case .loginClaimed: "login-claimed"
        case .unknownGroup: "unknown-group"
        case .unreadableGroup: "unreadable-group"
        case .strategyRefused: "strategy-refused"
        case .deletionsHidden: "deletions-hidden"
        }
    }

    /// The entry concerned, if there is one.
    package var dn: String? {
        switch self {
        case .missingAttribute(let dn, _, _), .unusableValue(let dn, _, _, _), .noImmutableID(let dn),
            .loginClaimed(_, let dn, _), .unreadableGroup(let dn, _):
            dn
        case .unknownGroup, .strategyRefused, .deletionsHidden: nil
        }
    }

    /// The attribute concerned, if it is one.
    package var attribute: String? {
        switch self {
        case .missingAttribute(_, let attribute, _), .unusableValue(_, let attribute, _, _): attribute
        case .noImmutableID, .loginClaimed, .unknownGroup, .unreadableGroup, .strategyRefused, .deletionsHidden: nil
        }
    }

    /// What is wrong, and what to do. Names attributes, never shows a personal value but the login.
    package var message: String {
        switch self {
        case .missingAttribute(let dn, let attribute, let field):
            "\(dn): no value in '\(attribute)', so no \(field.variable). Not mirrored. Fill the attribute in the directory, "
                + "or exclude the entry with AlwaysFilter."
        case .unusableValue(let dn, let attribute, let field, let reason):
            "\(dn): the value of '\(attribute)' \(reason), so it cannot be a \(field.variable). Not mirrored. "
                + "Correct the attribute in the directory."
        case .noImmutableID(let dn):
            "\(dn): none of entryUUID, objectGUID and nsUniqueId can be read. Not mirrored. "
                + "Let the bind account read the one that the server has."
        case .loginClaimed(let login, let dn, let holder):
            "\(dn): login '\(login)' belongs to another entry, of \(holder.key). Not mirrored. "
                + "Give one of the two another login, or exclude one with AlwaysFilter."
        case .unknownGroup(let name, let usedBy):
            "\(usedBy) names the group '\(name)', which does not exist. Nothing is given. "
                + "Add it to Rollcall::Groups or correct the name."
        case .unreadableGroup(let dn, let reason):
            "\(dn): the LDAP group cannot be read: \(reason). What it gave stays as it is. "
                + "Check the DN and what the bind account may read."
        case .strategyRefused(let strategy, let reason):
            "Strategy '\(strategy)' reads everybody in every cycle: \(reason). "
                + "Nothing is lost by it but time. Set Strategy => 'full' if that is meant, or remove the cause."
        case .deletionsHidden:
            "the bind account may not read CN=Deleted Objects, so who is deleted is only noticed when everybody is read, every "
                + "FullEvery seconds. Let it read that container (dsacls), or set FullEvery lower."
        }
    }
}
