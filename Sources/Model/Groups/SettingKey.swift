/// The group settings that can be made in the configuration or by command; the configuration wins.
package enum SettingKey: String, Sendable, Hashable, CaseIterable, Codable {
    case alwaysGroups = "CustomerGroupAlwaysGroups"
    case customerAlwaysGroups = "CustomerGroupCompanyAlwaysGroups"
    case permissionTypes = "System::Customer::Permission"
    case contexts = "CustomerGroupPermissionContext"
}

extension AlwaysGroupKind {
    package var settingKey: SettingKey {
        switch self {
        case .customerUser: .alwaysGroups
        case .customer: .customerAlwaysGroups
        }
    }
}
