/// The names that Rollcall knows, by the place where they stand. docs/configuration.md explains each.
enum Keys {
    /// Top-level keys with a fixed name.
    static let global: [String] =
        groups + [
            "Rollcall::Interval", "Rollcall::Store", "Rollcall::ChangeLog", "Rollcall::Groups", "Rollcall::RemovalLimit",
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
        "UserSyncInitialGroups", "UserSyncGroupsDefinition", "UserSyncAttributeGroupsDefinition", "RemovalLimit",
    ]
    /// In a back end, for the ticket system only.
    static let acceptedInBackEnd: [String] = [
        "CustomerUserListFields", "CustomerUserSearchFields", "CustomerUserSearchPrefix", "CustomerUserSearchSuffix",
        "CustomerUserSearchListLimit", "CustomerUserPostMasterSearchFields", "CustomerUserNameFields",
        "CustomerUserNameFieldsJoin", "CustomerUserExcludePrimaryCustomerID", "CustomerUserEmailUniqCheck",
        "CustomerCompanySupport", "TranslateManagerTo", "CacheTTL", "AdminSetPreferences", "Selections", "ReadOnly",
        "AutoLoginCreation", "AutoLoginCreationPrefix",
    ]

    /// In the back end's `Params`.
    static let parameters: [String] = [
        "Host", "BaseDN", "SSCOPE", "UserDN", "UserPw", "UserPwFile", "GroupDN", "AlwaysFilter", "SourceCharset", "StartTLS",
        "Params",
    ]
    /// In `Params`, for the ticket system only.
    static let acceptedInParameters: [String] = ["DestCharset", "Die"]

    /// In `Params.Params`.
    static let connection: [String] = [
        "port", "scheme", "timeout", "verify", "cafile", "capath", "clientcert", "clientkey",
    ]
    /// In `Params.Params`, for the ticket system only.
    static let acceptedInConnection: [String] = ["async", "version"]

    /// Every name that the documentation has to explain.
    static let all: [String] =
        global + numbered + backEnd + acceptedInBackEnd + parameters + acceptedInParameters + connection + acceptedInConnection

    /// Whether a top-level key is one of ours or related to them, rightly spelt or not.
    static func concern(_ key: String) -> Bool {
        key == "System::Customer::Permission" || families.contains { key.hasPrefix($0) }
    }

    private static let families = [
        "CustomerUser", "CustomerGroup", "CustomerCompany", "Rollcall::", "AuthModule::LDAP::Params", "AuthModule::LDAP::StartTLS",
    ]

    /// What follows `family` in `key`, if that is nothing but digits.
    static func number(of key: String, after family: String) -> String? {
        guard key.utf8.starts(with: family.utf8) else { return nil }
        let rest = key.utf8.dropFirst(family.utf8.count)
        return rest.allSatisfy(\.isDigit) ? String(decoding: rest, as: UTF8.self) : nil
    }

    /// The known name that `key` is most likely meant to be. Nil if none is near.
    static func nearest(to key: String, among names: [String]) -> String? {
        guard key.utf8.count <= 64 else { return nil }
        let measured = names.map { (name: $0, distance: distance(Array(key.lowercased().utf8), Array($0.lowercased().utf8))) }
        guard let best = measured.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(1, key.utf8.count / 4) ? best.name : nil
    }

    /// How many letters must be added, removed or replaced to turn one word into the other.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (line, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in right.enumerated() {
                let replaced = diagonal + (byte == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
