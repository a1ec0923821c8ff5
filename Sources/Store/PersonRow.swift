import Model

/// A row of `person`, complete.
struct PersonRow {
    var id: Int64
    var backEnd: Slot
    var directoryID: DirectoryID
    var isGone: Bool
    /// A digest of the canonical DN; nil where it does not matter.
    var dnKey: UInt128?
    /// They would be valid, but for a group that their back end demands.
    var lacksGroup: Bool
    /// As the directory has them: valid also where they lack a group.
    var user: CustomerUser

    /// Whether they are valid in the end.
    var isValid: Bool { user.isValid && !lacksGroup }

    /// The person as change records name them.
    var reference: PersonReference {
        PersonReference(directoryID: directoryID, login: user.login, customerID: user[.customerID])
    }
}

/// Who has a login.
struct LoginHolder {
    var id: Int64
    var backEnd: Slot
    var isGone: Bool
}
