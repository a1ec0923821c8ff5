/// All that one person's permissions follow from, as of one moment.
package struct PermissionPicture: Sendable, Hashable {
    /// A grant, and since which change record it has been there.
    package struct Held: Sendable, Hashable {
        package var grant: Grant
        /// Number of a change record.
        package var since: Int64

        package init(_ grant: Grant, since: Int64) {
            self.grant = grant
            self.since = since
        }
    }

    /// One of the person's customers with what it holds.
    package struct Customer: Sendable, Hashable {
        package var id: String
        package var isValid: Bool
        package var grants: [PermissionContext: [Held]]

        package init(id: String, isValid: Bool = true, grants: [PermissionContext: [Held]] = [:]) {
            self.id = id
            self.isValid = isValid
            self.grants = grants
        }
    }

    /// A group that everybody of a kind has.
    package struct Always: Sendable, Hashable {
        package var group: String
        package var since: Int64

        package init(_ group: String, since: Int64) {
            self.group = group
            self.since = since
        }
    }

    /// `System::Customer::Permission`, in order, `rw` last.
    package var types: [Permission]
    /// Names of all groups, and whether each is valid.
    package var groups: [String: Bool]
    package var alwaysGroups: [AlwaysGroupKind: [Always]]
    package var isValid: Bool
    /// Their back end requires groups. When it does not, every valid group is open to them.
    package var isRestricted: Bool
    package var grants: [Held]
    package var customers: [Customer]

    package init(
        types: [Permission], groups: [String: Bool], alwaysGroups: [AlwaysGroupKind: [Always]] = [:], isValid: Bool = true,
        isRestricted: Bool = true, grants: [Held] = [], customers: [Customer] = []
    ) {
        self.types = types
        self.groups = groups
        self.alwaysGroups = alwaysGroups
        self.isValid = isValid
        self.isRestricted = isRestricted
        self.grants = grants
        self.customers = customers
    }
}

/// One way on which a permission reaches a person.
package enum PermissionPath: Sendable, Hashable {
    /// A grant of their own.
    case grant(Grant, since: Int64)
    /// A grant of one of their customers, context Same.
    case customer(id: String, Grant, since: Int64)
    /// The group is an always-group of customer users.
    case always(since: Int64)
    /// It is one of customers, and this is a customer of theirs.
    case customerAlways(id: String, since: Int64)
    /// Their back end does not require groups.
    case unrestricted

    /// `via` of the view `effective_permission`.
    package var via: String {
        switch self {
        case .grant(let grant, _): "user:\(grant.source.rawValue)"
        case .customer(let id, _, _): "customer:\(id)"
        case .always: "always"
        case .customerAlways(let id, _): "customer-always:\(id)"
        case .unrestricted: "unrestricted"
        }
    }
}
