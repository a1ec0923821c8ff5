import Model

extension SettingsDecoder {
    /// One back end. Nil if Rollcall does not read it, or if it cannot be used.
    mutating func backEnd(_ item: SlotSetting) -> BackEnd? {
        guard let hash = hash(item.setting, expected: "a hash, such as { Module => '\(Self.ldapModule)', … }") else {
            return nil
        }
        let section = Section(prefix: "\(item.slot.key) ", hash: hash, offset: item.setting.offset)
        guard isLDAP(section) else { return nil }
        checkKeys(of: section, known: Keys.backEnd + Keys.acceptedInBackEnd)
        let parameters = parameters(of: section)
        let connection = parameters.flatMap { connectionSettings(item.slot, $0) }
        let search = parameters.flatMap { searchSettings(section, $0) }
        let mapping = mapping(section)
        let rules = groupRules(section)
        let limit = removalLimit(section.setting("RemovalLimit") ?? settings.setting("Rollcall::RemovalLimit"))
        let requiresGroups = flag(section.setting("CustomerGroupSupport") ?? settings.setting("CustomerGroupSupport"))
        let name = text(section.setting("Name"), expected: "a name") ?? item.slot.key
        guard let connection, let search, let mapping else { return nil }
        return BackEnd(
            slot: item.slot, name: name.isEmpty ? item.slot.key : name, connection: connection, search: search,
            mapping: mapping,
            rules: rules, requiresGroups: requiresGroups ?? false, removalLimit: limit ?? .standard)
    }

    private mutating func isLDAP(_ section: Section) -> Bool {
        guard let setting = required("Module", in: section, example: "'\(Self.ldapModule)'") else { return false }
        switch setting.value.text {
        case Self.ldapModule: return true
        case "Kernel::System::CustomerUser::DB":
            findings.warning(
                at: setting.offset,
                "\(setting.subject) keeps its people in the ticket system's database. Rollcall does not read this back end.")
        case let module?:
            findings.error(
                at: setting.offset,
                "\(setting.subject) is '\(module)', which Rollcall does not know. Expected '\(Self.ldapModule)'.")
        case nil: refuse(setting, expected: "'\(Self.ldapModule)'")
        }
        return false
    }

    private mutating func parameters(of section: Section) -> Section? {
        let setting = required("Params", in: section, example: "{ Host => 'ldaps://ldap.example.org', … }")
        guard let setting, let hash = hash(setting, expected: "a hash, such as { Host => 'ldaps://ldap.example.org', … }")
        else { return nil }
        let parameters = Section(prefix: "\(setting.subject).", hash: hash, offset: setting.offset)
        if hasShiftedKeys(parameters) { return nil }
        checkKeys(of: parameters, known: Keys.parameters + Keys.acceptedInParameters)
        return parameters
    }

    /// A missing value turns keys into values and a password into a key, which no message may show.
    private mutating func hasShiftedKeys(_ parameters: Section) -> Bool {
        let known = Set(Keys.parameters.map(ExactText.init))
        guard let pair = parameters.hash.pairs.first(where: { $0.value.text.map { known.contains(ExactText($0)) } == true })
        else { return false }
        findings.error(
            at: pair.value.offset,
            "\(parameters.prefix.dropLast()) has the key '\(pair.value.text ?? "")' where a value belongs. "
                + "Look for a missing value before it.")
        return true
    }

    /// A setting without which the ticket system drops the back end. Nil, and reported, if it is absent.
    mutating func required(_ key: String, in section: Section, example: String) -> Setting? {
        if let setting = section.setting(key) { return setting }
        findings.error(at: section.offset, "\(section.subject(key)) is missing. Add \(key) => \(example).")
        return nil
    }

    // MARK: - Search

    private mutating func searchSettings(_ section: Section, _ parameters: Section) -> SearchSettings? {
        let base = required("BaseDN", in: parameters, example: "'ou=people,dc=example,dc=org', or '' for the whole directory")
        let baseDN = text(base, expected: "a DN, such as 'ou=people,dc=example,dc=org'")
        let scope = scope(parameters)
        let always = filter(parameters.setting("AlwaysFilter"))
        let valid = filter(section.setting("CustomerUserValidFilter"))
        let groupDN = text(parameters.setting("GroupDN"), expected: "a DN, such as 'cn=staff,dc=example,dc=org'")
        let charset = charset(parameters)
        guard let baseDN, let scope else { return nil }
        return SearchSettings(
            baseDN: baseDN, scope: scope, alwaysFilter: always ?? "", validFilter: valid ?? "",
            groupDN: groupDN.flatMap { $0.isEmpty ? nil : $0 }, charset: charset)
    }

    private mutating func scope(_ parameters: Section) -> SearchSettings.Scope? {
        let setting = required("SSCOPE", in: parameters, example: "'sub'")
        guard let setting, let text = text(setting, expected: "'one', 'sub' or 'base'") else { return nil }
        if let scope = SearchSettings.Scope(rawValue: text) { return scope }
        findings.error(at: setting.offset, "\(setting.subject) is '\(text)'. Expected 'one', 'sub' or 'base'.")
        return nil
    }

    /// One filter in balanced parentheses, or nothing.
    private mutating func filter(_ setting: Setting?) -> String? {
        guard let setting, let text = text(setting, expected: "a filter, such as '(objectClass=person)'")?.trimmingSpaces()
        else { return nil }
        guard !text.isEmpty, let flaw = Self.flaw(ofFilter: text) else { return text }
        findings.error(
            at: setting.offset, "\(setting.subject) \(flaw). Expected one filter in ( ), such as '(objectClass=person)'.")
        return nil
    }

    private static func flaw(ofFilter text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.first == UInt8(ascii: "("), bytes.last == UInt8(ascii: ")") else { return "is not in parentheses" }
        var depth = 0
        for (index, byte) in bytes.enumerated() {
            depth += byte == UInt8(ascii: "(") ? 1 : byte == UInt8(ascii: ")") ? -1 : 0
            if depth < 0 { return "has a ')' too many" }
            if depth == 0, index < bytes.count - 1 { return "is more than one filter; join them with (&…)" }
        }
        return depth == 0 ? nil : "has a '(' too many"
    }

    private mutating func charset(_ parameters: Section) -> SearchSettings.Charset {
        guard let setting = parameters.setting("SourceCharset"),
            let text = text(setting, expected: "'utf-8' or 'iso-8859-1'")
        else { return .utf8 }
        switch text.lowercased() {
        case "", "utf-8", "utf8": return .utf8
        case "latin1", "latin-1", "iso-8859-1", "iso8859-1": return .latin1
        default:
            findings.error(at: setting.offset, "\(setting.subject) is '\(text)'. Expected 'utf-8' or 'iso-8859-1'.")
            return .utf8
        }
    }
}
