import Model

extension SettingsDecoder {
    /// Groups, permission types, always-groups and contexts.
    mutating func groupSettings() -> GroupSettings {
        let further = names(settings.setting("Rollcall::Groups"), expected: "a list of group names, such as ['vip-support']")
        let groups = ["users"] + (further ?? []).map(\.name).filter { ExactText($0) != ExactText("users") }
        knownGroups = Set(groups.map(ExactText.init))
        permissions = permissionTypes() ?? GroupSettings().permissions
        var found = GroupSettings(
            groups: groups, permissions: permissions,
            alwaysGroups: [.customerUser: alwaysGroups(.customerUser), .customer: alwaysGroups(.customer)],
            contexts: permissionContexts())
        contexts = found.contexts
        let defaults = GroupSettings()
        found.configured = Set(SettingKey.allCases.filter { isWritten($0) || found[$0] != defaults[$0] })
        return found
    }

    /// Whether the files make the setting; the ticket system's defaults stand at no place.
    private func isWritten(_ key: SettingKey) -> Bool { (settings.setting(key.rawValue)?.offset ?? 0) > 0 }

    private mutating func alwaysGroups(_ kind: AlwaysGroupKind) -> [String] {
        let key = Self.key(of: kind)
        let names = names(settings.setting(key), expected: "a list of group names, such as ['users']") ?? []
        for (name, offset) in names { checkGroup(name, at: offset, subject: key) }
        return names.map(\.name)
    }

    private static func key(of kind: AlwaysGroupKind) -> String {
        switch kind {
        case .customerUser: "CustomerGroupAlwaysGroups"
        case .customer: "CustomerGroupCompanyAlwaysGroups"
        }
    }

    /// Warns about a group that does not exist.
    mutating func checkGroup(_ name: String, at offset: Int, subject: String) {
        guard !knownGroups.contains(ExactText(name)) else { return }
        findings.warning(
            at: offset,
            "\(subject) names the group '\(name)', which is not in Rollcall::Groups. Nothing is given. "
                + "Add it to Rollcall::Groups, or correct the name.")
    }

    private mutating func permissionTypes() -> [Permission]? {
        let key = "System::Customer::Permission"
        guard let setting = settings.setting(key), let names = names(setting, expected: "a list, such as ['ro', 'rw']")
        else { return nil }
        let types = names.map { Permission($0.name) }
        guard types.contains(.readWrite) else {
            findings.error(at: setting.offset, "\(key) lacks 'rw', which includes all others. Add 'rw' at the end of the list.")
            return nil
        }
        if types.last != .readWrite {
            findings.warning(at: setting.offset, "\(key) has 'rw' before other types. Rollcall puts it last: write it there.")
        }
        return types.filter { $0 != .readWrite } + [.readWrite]
    }

    /// Same is always there; Other if the ticket system's key for it is set, or its value stands under another key.
    private mutating func permissionContexts() -> [PermissionContext] {
        let setting = settings.setting("CustomerGroupPermissionContext")
        let expected = "a hash, such as { '100-CustomerID-other' => { Value => 'Ticket::CustomerID::Other' } }"
        guard let hash = hash(setting, expected: expected) else { return [.same] }
        let allowsOther = hash.pairs.contains { pair in
            if case .hash(let context) = pair.value.content {
                return pair.key == "100-CustomerID-other" || context["Value"]?.text == PermissionContext.other.rawValue
            }
            return pair.key == "100-CustomerID-other" && pair.value.isTrue
        }
        return allowsOther ? [.same, .other] : [.same]
    }

    /// `'20%'` or a count.
    mutating func removalLimit(_ setting: Setting?) -> RemovalLimit? {
        guard let setting else { return nil }
        let expected = "a share such as '20%', or a count such as 50"
        guard let text = text(setting, expected: expected)?.trimmingSpaces() else { return nil }
        if text.hasSuffix("%"), let share = Int(text.dropLast()), (0...100).contains(share) { return .percent(share) }
        if let count = Int(text), count >= 0 { return .count(count) }
        findings.error(at: setting.offset, "\(setting.subject) is '\(text)'. Expected \(expected).")
        return nil
    }
}
