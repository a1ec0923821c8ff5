/// The names that Rollcall knows, by the place where they stand. docs/configuration.md explains each.
enum Keys {
    /// Top-level keys with a fixed name.
    static let global: [String] =
        groups + [
            "Rollcall::Interval", "Rollcall::Store", "Rollcall::ChangeLog", "Rollcall::Groups", "Rollcall::RemovalLimit",
            "Rollcall::Persist", "Rollcall::KeepRecords", "Rollcall::ChangeLogValues", "Rollcall::SigningKey",
            "Rollcall::RequireTLS", "Rollcall::Journal", "Rollcall::Syslog",
        ]
    /// The ticket system's own settings about groups.
    static let groups: [String] = [
        "CustomerGroupSupport", "CustomerGroupAlwaysGroups", "CustomerGroupCompanyAlwaysGroups",
        "CustomerGroupPermissionContext", "System::Customer::Permission",
    ]
    /// Top-level keys that end in the number of a slot, or in nothing for `CustomerUser`.
    static let numbered: [String] = ["CustomerUser", "AuthModule::LDAP::Params", "AuthModule::LDAP::StartTLS"]

    /// In a back end.
    static let backEnd: [String] = [
        "Name", "Module", "Params", "CustomerKey", "CustomerID", "CustomerUserValidFilter", "Map", "CustomerGroupSupport",
        "UserSyncInitialGroups", "UserSyncGroupsDefinition", "UserSyncAttributeGroupsDefinition",
        "CustomerSyncGroupsDefinition", "CustomerSyncAttributeGroupsDefinition", "OnMissingGroup", "NestedGroups",
        "RemovalLimit", "SASL",
        "Strategy", "FullEvery", "Canaries", "MinimumUsers", "FollowReferrals",
        "DisabledAccounts",
    ]
    /// In a back end, for the ticket system only.
    static let acceptedInBackEnd = TicketSystemKeys.backEnd.map(\.key)

    /// In the back end's `Params`.
    static let parameters: [String] = [
        "Host", "BaseDN", "SSCOPE", "UserDN", "UserPw", "UserPwFile", "GroupDN", "AlwaysFilter", "SourceCharset", "StartTLS",
        "Params",
    ]
    /// In `Params`, for the ticket system only.
    static let acceptedInParameters = TicketSystemKeys.parameters.map(\.key)

    /// In `Params.Params`.
    static let connection: [String] = [
        "port", "scheme", "timeout", "verify", "cafile", "capath", "clientcert", "clientkey",
    ]
    /// In `Params.Params`, for the ticket system only.
    static let acceptedInConnection = TicketSystemKeys.connection.map(\.key)

    /// In the back end's `SASL`.
    static let sasl: [String] = ["mech", "keytab", "principal", "authzid"]

    /// In `Rollcall::Syslog`.
    static let syslog: [String] = ["Host", "Transport", "Port", "Facility", "CAFile", "CertificateFile", "KeyFile"]

    /// Every name that the documentation has to explain.
    static let all: [String] =
        global + numbered + backEnd + acceptedInBackEnd + parameters + acceptedInParameters + connection + acceptedInConnection
        + sasl + syslog

    /// Whether a top-level key is one that Rollcall reads.
    static func isKnown(_ key: String) -> Bool {
        global.contains { ExactText($0) == ExactText(key) } || key.hasPrefix("Rollcall::")
            || numbered.contains { number(of: key, after: $0) != nil }
    }

    /// Whether a top-level key is one that Rollcall reads, or one of the ticket system's that belong to them: what
    /// `rollcall config dump` shows, and what must be data.
    static func concern(_ key: String) -> Bool {
        key == "System::Customer::Permission" || families.contains { key.hasPrefix($0) }
    }

    private static let families = [
        "CustomerUser", "CustomerGroup", "CustomerCompany", "Rollcall::", "AuthModule::LDAP::Params",
        "AuthModule::LDAP::StartTLS",
    ]

    /// What follows `family` in `key`, if that is nothing but digits.
    static func number(of key: String, after family: String) -> String? {
        guard key.utf8.starts(with: family.utf8) else { return nil }
        let rest = key.utf8.dropFirst(family.utf8.count)
        return rest.allSatisfy(\.isDigit) ? String(decoding: rest, as: UTF8.self) : nil
    }
}
