import Model

/// What a person does to grants: everybody named, on every group named, in one transaction.
package struct GrantCommand: Sendable, Hashable {
    package enum Act: Sendable, Hashable {
        case grant
        case revoke
        /// Revoke, and keep rules from giving it again until it is released.
        case withhold
        /// Rules may give again what was withheld.
        case release
    }

    package var act: Act
    /// Logins.
    package var users: [String]
    /// Customer IDs.
    package var customers: [String]
    /// For which tickets customers are meant.
    package var context: PermissionContext
    package var groups: [String]
    package var permissions: Set<Permission>
    /// Refuse when any of these relations was changed after the record of this number.
    package var unchangedSince: Int64?

    package init(
        _ act: Act, users: [String] = [], customers: [String] = [], context: PermissionContext = .same, groups: [String],
        permissions: Set<Permission>, unchangedSince: Int64? = nil
    ) {
        self.act = act
        self.users = users
        self.customers = customers
        self.context = context
        self.groups = groups
        self.permissions = permissions
        self.unchangedSince = unchangedSince
    }
}

/// What a command on grants came to.
package struct GrantCommandResult: Sendable, Hashable {
    package var given = 0
    package var taken = 0
    package var withheld = 0
    package var released = 0
    /// Permissions that are still there on another way after they were revoked.
    package var remaining: [Remaining] = []
    /// Numbers of the change records; nil when everything was so already.
    package var records: ClosedRange<Int64>?

    package struct Remaining: Sendable, Hashable {
        package var login: String
        package var group: String
        package var permission: Permission
        /// As the view `effective_permission` says it.
        package var via: String
    }
}
