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
        checkTicketSystemKeys(TicketSystemKeys.backEnd, in: section)
        let parameters = parameters(of: section)
        let connection = parameters.flatMap { connectionSettings(item.slot, section, $0) }
        let search = parameters.flatMap { searchSettings(section, $0) }
        let mapping = mapping(section)
        let rules = groupRules(section)
        let limit = removalLimit(section.setting("RemovalLimit") ?? settings.setting("Rollcall::RemovalLimit"))
        let requiresGroups = flag(section.setting("CustomerGroupSupport") ?? settings.setting("CustomerGroupSupport"))
        let name = text(section.setting("Name"), expected: "a name") ?? item.slot.key
        guard let connection, let search, let mapping else { return nil }
        var backEnd = BackEnd(
            slot: item.slot, name: name.isEmpty ? item.slot.key : name, connection: connection, search: search,
            mapping: mapping, rules: rules, requiresGroups: requiresGroups ?? false, removalLimit: limit ?? .standard)
        backEnd.followsNestedGroups = flag(section.setting("NestedGroups")) ?? false
        backEnd.onMissingGroup = missingGroup(section.setting("OnMissingGroup"))
        decodeReading(section, into: &backEnd)
        checkPeopleFilter(backEnd, parameters)
        return backEnd
    }

    /// Without AlwaysFilter the names of attributes stand in a filter, which takes no underscore.
    private mutating func checkPeopleFilter(_ backEnd: BackEnd, _ parameters: Section?) {
        guard let parameters, (try? LDAPFilter(backEnd.peopleFilter)) == nil else { return }
        findings.error(
            at: parameters.offset,
            "\(parameters.subject("AlwaysFilter")) is missing, and \(backEnd.peopleFilter) in its place is no filter. "
                + "Add AlwaysFilter => '(objectClass=person)'.")
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
        checkKeys(of: parameters, known: Keys.parameters + Keys.acceptedInParameters + ["SASL"])
        if let sasl = parameters.setting("SASL") {
            findings.error(at: sasl.offset, "\(sasl.subject) belongs beside Params, not in it. Move it one level up.")
        }
        checkTicketSystemKeys(TicketSystemKeys.parameters, in: parameters)
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
}
