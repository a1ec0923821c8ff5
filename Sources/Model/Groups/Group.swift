/// A permission type on a group, such as `ro`. `rw` includes all others.
package struct Permission: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let name: String

    package init(_ name: String) { self.name = name }

    package static let readWrite = Permission("rw")
    package static let readOnly = Permission("ro")

    package var description: String { name }

    package static func < (left: Permission, right: Permission) -> Bool { left.name < right.name }
}

extension Set<Permission> {
    /// What is stored: `rw` alone when it is among them, since it includes the rest.
    package var reduced: Set<Permission> { contains(.readWrite) ? [.readWrite] : self }
}

/// For which tickets a customer's grant counts.
package enum PermissionContext: String, Sendable, Hashable, CaseIterable {
    case same = "Ticket::CustomerID::Same"
    case other = "Ticket::CustomerID::Other"
}

/// Whom an always-group belongs to.
package enum AlwaysGroupKind: String, Sendable, Hashable, CaseIterable {
    /// `CustomerGroupAlwaysGroups`: every customer user.
    case customerUser = "customer-user"
    /// `CustomerGroupCompanyAlwaysGroups`: every customer, context Same.
    case customer
}

/// The groups, permission types and always-groups that the configuration asks for.
package struct GroupSettings: Sendable, Hashable {
    /// Groups that exist, each once; `users` is always among them.
    package var groups: [String]
    /// `System::Customer::Permission`, in order.
    package var permissions: [Permission]
    /// `CustomerGroupAlwaysGroups` and `CustomerGroupCompanyAlwaysGroups`.
    package var alwaysGroups: [AlwaysGroupKind: [String]]
    /// Contexts in which customers may be given groups.
    package var contexts: [PermissionContext]
    /// Settings that the configuration makes itself; the others are the ticket system's defaults, and can be made by command.
    package var configured: Set<SettingKey> = []

    package init(
        groups: [String] = ["users"], permissions: [Permission] = [.readOnly, .readWrite],
        alwaysGroups: [AlwaysGroupKind: [String]] = [.customerUser: ["users"], .customer: ["users"]],
        contexts: [PermissionContext] = [.same]
    ) {
        self.groups = groups
        self.permissions = permissions
        self.alwaysGroups = alwaysGroups
        self.contexts = contexts
    }
}

extension GroupSettings {
    /// The value of one setting, as names.
    package subscript(key: SettingKey) -> [String] {
        get {
            switch key {
            case .alwaysGroups: alwaysGroups[.customerUser] ?? []
            case .customerAlwaysGroups: alwaysGroups[.customer] ?? []
            case .permissionTypes: permissions.map(\.name)
            case .contexts: contexts.map(\.rawValue)
            }
        }
        set {
            switch key {
            case .alwaysGroups: alwaysGroups[.customerUser] = newValue
            case .customerAlwaysGroups: alwaysGroups[.customer] = newValue
            case .permissionTypes: permissions = newValue.map(Permission.init)
            case .contexts: contexts = newValue.compactMap(PermissionContext.init)
            }
        }
    }

    /// These settings, with what was deployed by command in place of defaults. What the configuration says wins.
    package func with(deployed: [SettingKey: [String]]) -> GroupSettings {
        var settings = self
        for (key, names) in deployed where !configured.contains(key) { settings[key] = names }
        return settings
    }
}
