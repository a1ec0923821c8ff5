import Model

/// Changes to write down.
enum Samples {
    static let anna = PersonReference(
        directoryID: DirectoryID(bits: 0x0123_4567_89AB_CDEF_0123_4567_89AB_CDEF), login: "anna", customerID: "ACME")
    static let evidence = Evidence(.absentAndNotFound, server: "ldap://ldap.test:389")
    static let rule = Grant(group: "vip", permission: .readWrite, source: .rule, rule: "UserSyncGroupsDefinition cn=vip,dc=x")

    /// 2023-11-14T22:13:20.000007Z.
    static func record(_ change: Change, sequence: Int64 = 7, backEnd: Slot? = Slot(1)) -> ChangeRecord {
        ChangeRecord(sequence: sequence, microseconds: 1_700_000_000_000_007, cycle: 3, backEnd: backEnd, change: change)
    }

    static let all: [Change] = [
        .customerUserAdded(
            anna, [FieldChange("login", from: nil, to: "anna"), FieldChange("email", from: nil, to: "a@x.test")]),
        .customerUserUpdated(anna, [FieldChange("phone", from: "1", to: nil)]),
        .customerUserRenamed(anna, [FieldChange("login", from: "ann", to: "anna")]),
        .customerUserInvalidated(anna, evidence), .customerUserRevalidated(anna, []),
        .customerUserRemovalHeld(anna, evidence, reason: "9 of 9 people are missing"), .customerAdded(id: "ACME"),
        .groupAdded(name: "vip"), .groupUpdated(name: "vip", [FieldChange("valid_id", from: "2", to: "1")]),
        .groupInvalidated(name: "vip"), .grantAdded(.customerUser(anna), rule),
        .grantRemoved(.customerUser(anna), Grant(group: "vip", permission: .readOnly, source: .manual)),
        .alwaysGroupAdded(.customerUser, group: "users"), .alwaysGroupRemoved(.customer, group: "users"),
    ]
}
