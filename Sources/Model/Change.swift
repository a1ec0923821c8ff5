/// The person that a change concerns, as they are known after it.
package struct PersonReference: Sendable, Hashable {
    package var directoryID: DirectoryID
    package var login: String
    package var customerID: String

    package init(directoryID: DirectoryID, login: String, customerID: String) {
        self.directoryID = directoryID
        self.login = login
        self.customerID = customerID
    }
}

/// One value before and after; nil where there was or is none.
package struct FieldChange: Sendable, Hashable {
    /// A column of the mirror, or a Map variable beyond them.
    package var field: String
    package var from: String?
    package var to: String?

    package init(_ field: String, from: String?, to: String?) {
        self.field = field
        self.from = from
        self.to = to
    }
}

/// Why somebody may be taken for gone.
package struct Evidence: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
        /// Not seen in a complete reading: enough to hold a removal, not to carry it out.
        case absent
        /// Not seen in a complete reading, and not found by immutable id afterwards.
        case absentAndNotFound = "absent-and-not-found"
        /// The directory's own list of changes says that the entry is gone or no longer among the people.
        case reported
        /// The entry had changed, and reading it by its immutable id found that it is no longer among the people.
        case noLongerMatches = "no-longer-matches"
        /// In the directory, but `CustomerUserValidFilter` does not match.
        case validFilter = "valid-filter"
        /// In the directory, but the account is disabled or has expired.
        case accountDisabled = "account-disabled"
        /// A back end with a lower slot has taken over the login.
        case loginTakenOver = "login-taken-over"
        /// In the directory, but without any group, which the back end demands (`OnMissingGroup`).
        case noGroup = "no-group"
    }

    package var kind: Kind
    /// The server that answered, as a URI; empty where no server was asked.
    package var server: String
    /// The state of the server's data up to which it was read: a cookie, change number or time stamp. Nil where the server
    /// has no word for it.
    package var position: String?

    package init(_ kind: Kind, server: String, position: String? = nil) {
        self.kind = kind
        self.server = server
        self.position = position
    }
}

/// One thing that a cycle or a person altered.
package enum Change: Sendable, Hashable {
    case customerUserAdded(PersonReference, [FieldChange])
    case customerUserUpdated(PersonReference, [FieldChange])
    /// Same immutable id, other login; further changes of the same entry are in the list.
    case customerUserRenamed(PersonReference, [FieldChange])
    case customerUserInvalidated(PersonReference, Evidence)
    case customerUserRevalidated(PersonReference, [FieldChange])
    case customerUserRemovalHeld(PersonReference, Evidence, reason: String)
    /// A person has said that a held removal is right; it follows when they are still missing.
    case customerUserRemovalApproved(PersonReference, Evidence)
    /// What the store had of somebody was removed by command; only the immutable id is left to say who it was.
    case customerUserErased(DirectoryID, Erasure)
    case customerAdded(id: String)
    case customerUpdated(id: String, [FieldChange])
    /// Nobody who is present has it any more.
    case customerInvalidated(id: String)
    case groupAdded(name: String)
    case groupUpdated(name: String, [FieldChange])
    case groupInvalidated(name: String)
    /// The same group under another name; what was granted on it stays.
    case groupRenamed(name: String, from: String)
    case grantAdded(Grantee, Grant)
    case grantRemoved(Grantee, Grant)
    /// A rule no longer gives it, and the removal guard keeps it.
    case grantHeld(PersonReference, Grant, reason: String)
    /// Rules are not to give it until it is released.
    case grantWithheld(Grantee, group: String, Permission)
    case grantReleased(Grantee, group: String, Permission)
    case alwaysGroupAdded(AlwaysGroupKind, group: String)
    case alwaysGroupRemoved(AlwaysGroupKind, group: String)
    /// What one key of the configuration means has changed, such as `System::Customer::Permission`.
    case settingsChanged([FieldChange])
    /// What was set by command was put in force, as the deployment of this number.
    case settingsDeployed(number: Int64, [FieldChange])
    case backEndUpdated([FieldChange])
    /// It could not be read, or not to its end, after it could.
    case backEndFailed(reason: String)
    case backEndRecovered
    case cycleStarted
    case cycleFinished(CycleSummary)
    /// Another configuration is in force than before.
    case configurationLoaded(ConfigurationStamp)
    /// A configuration cannot be used; the one before stays in force.
    case configurationRejected(files: [String], reason: String)
    case logOpened(path: String, LogOpening)
    /// The store has dropped records, as `Rollcall::KeepRecords` says.
    case logSealed(SealedRecords)

    /// The `event.action` of its record: docs/change-log.md has the list.
    package var action: String {
        switch self {
        case .customerUserAdded: "customer-user-added"
        case .customerUserUpdated: "customer-user-updated"
        case .customerUserRenamed: "customer-user-renamed"
        case .customerUserInvalidated: "customer-user-invalidated"
        case .customerUserRevalidated: "customer-user-revalidated"
        case .customerUserRemovalHeld: "customer-user-removal-held"
        case .customerUserRemovalApproved: "customer-user-removal-approved"
        case .customerUserErased: "customer-user-erased"
        case .customerAdded: "customer-added"
        case .customerUpdated: "customer-updated"
        case .customerInvalidated: "customer-invalidated"
        case .groupAdded: "group-added"
        case .groupUpdated: "group-updated"
        case .groupInvalidated: "group-invalidated"
        case .groupRenamed: "group-renamed"
        case .grantAdded: "grant-added"
        case .grantRemoved: "grant-removed"
        case .grantHeld: "grant-held"
        case .grantWithheld: "grant-withheld"
        case .grantReleased: "grant-released"
        case .alwaysGroupAdded: "always-group-added"
        case .alwaysGroupRemoved: "always-group-removed"
        case .settingsChanged: "settings-changed"
        case .settingsDeployed: "settings-deployed"
        case .backEndUpdated: "back-end-updated"
        case .backEndFailed: "back-end-failed"
        case .backEndRecovered: "back-end-recovered"
        case .cycleStarted: "cycle-started"
        case .cycleFinished: "cycle-finished"
        case .configurationLoaded: "configuration-loaded"
        case .configurationRejected: "configuration-rejected"
        case .logOpened: "log-opened"
        case .logSealed: "log-sealed"
        }
    }
}

/// A change with its place in the change log.
package struct ChangeRecord: Sendable, Hashable {
    /// 1, 2, 3 … without gaps.
    package var sequence: Int64
    /// Microseconds since 1970 (UTC).
    package var microseconds: Int64
    /// Nil for what a person's command did.
    package var cycle: Int64?
    /// Nil for what belongs to no back end, such as groups.
    package var backEnd: Slot?
    /// Who did it, or said that it is right; nil for what a cycle did by itself.
    package var actor: String?
    package var change: Change

    package init(
        sequence: Int64, microseconds: Int64, cycle: Int64?, backEnd: Slot?, actor: String? = nil, change: Change
    ) {
        self.sequence = sequence
        self.microseconds = microseconds
        self.cycle = cycle
        self.backEnd = backEnd
        self.actor = actor
        self.change = change
    }
}
