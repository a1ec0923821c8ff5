import Model

extension SettingsDecoder {
    /// Whom one back end reads.
    mutating func searchSettings(_ section: Section, _ parameters: Section) -> SearchSettings? {
        let base = required("BaseDN", in: parameters, example: "'ou=people,dc=example,dc=org', or '' for the whole directory")
        let baseDN = name(base, example: "ou=people,dc=example,dc=org")
        let scope = scope(parameters)
        let always = filter(parameters.setting("AlwaysFilter"))
        let valid = filter(section.setting("CustomerUserValidFilter"))
        let groupDN = name(parameters.setting("GroupDN"), example: "cn=staff,dc=example,dc=org")
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

    /// A filter without the white space that means nothing, or nothing.
    private mutating func filter(_ setting: Setting?) -> String? {
        guard let setting, let text = text(setting, expected: "a filter, such as '(objectClass=person)'"),
            !text.trimmingSpaces().isEmpty
        else { return nil }
        do {
            return try LDAPFilter(text).text
        } catch {
            report(error, in: setting)
            return nil
        }
    }

    /// Says at which character a filter or a DN goes wrong.
    mutating func report(_ flaw: Flaw, in setting: Setting) {
        findings.error(
            at: setting.offset, "\(setting.subject) is wrong at character \(flaw.character): \(flaw.reason). \(flaw.remedy)")
    }

    /// A DN, or nothing.
    private mutating func name(_ setting: Setting?, example: String) -> String? {
        guard let setting, let text = text(setting, expected: "a DN, such as '\(example)'"), checkDN(text, of: setting) else {
            return nil
        }
        return text
    }

    /// Whether `text` is a DN; reports what is wrong with it, and what looks wrong.
    mutating func checkDN(_ text: String, of setting: Setting) -> Bool {
        do {
            try DistinguishedName.check(text)
        } catch {
            report(error, in: setting)
            return false
        }
        if let doubt = DistinguishedName.doubt(about: text) {
            findings.warning(
                at: setting.offset,
                "\(setting.subject) looks wrong at character \(doubt.character): \(doubt.reason). \(doubt.remedy)")
        }
        return true
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
