import Model

extension SettingsDecoder {
    private static let mechanisms = "'EXTERNAL' or 'GSSAPI'"

    /// What `SASL` says. Nil, and reported, if it cannot be used.
    mutating func sasl(_ setting: Setting, _ parameters: Section) -> Credentials? {
        guard let hash = hash(setting, expected: "a hash, such as { mech => 'EXTERNAL' }") else { return nil }
        let section = Section(prefix: "\(setting.subject).", hash: hash, offset: setting.offset)
        checkKeys(of: section, known: Keys.sasl)
        checkOnlySASL(parameters)
        guard let mechanism = required("mech", in: section, example: "'EXTERNAL'"),
            let name = text(mechanism, expected: Self.mechanisms)
        else { return nil }
        switch name.uppercased() {
        case "EXTERNAL":
            warnOfKerberosKeys(section)
            return .external(authorization: authorization(section))
        case "GSSAPI": return kerberos(section)
        default:
            findings.error(at: mechanism.offset, "\(mechanism.subject) is '\(name)'. Expected \(Self.mechanisms).")
            return nil
        }
    }

    /// Two answers to the question who Rollcall is.
    private mutating func checkOnlySASL(_ parameters: Section) {
        for key in ["UserDN", "UserPw", "UserPwFile"] {
            guard let other = parameters.setting(key), other.value.text?.isEmpty != true else { continue }
            findings.error(
                at: other.offset,
                "\(other.subject) says who Rollcall is, and SASL beside Params says it as well. Remove one of them.")
        }
    }

    private mutating func authorization(_ section: Section) -> String {
        text(section.setting("authzid"), expected: "an identity, such as 'u:reader' or 'dn:cn=reader,dc=example,dc=org'") ?? ""
    }

    private mutating func warnOfKerberosKeys(_ section: Section) {
        for key in ["keytab", "principal"] {
            guard let setting = section.setting(key) else { continue }
            findings.warning(at: setting.offset, "\(setting.subject) has no effect with 'EXTERNAL'. Remove it.")
        }
    }

    private mutating func kerberos(_ section: Section) -> Credentials? {
        let authorization = authorization(section)
        let keytab = filled("keytab", in: section, example: "'/etc/rollcall/rollcall.keytab'")
        let principal = filled("principal", in: section, example: "'rollcall@EXAMPLE.ORG'")
        warnOfExposedKey(section.setting("keytab"), keytab)
        guard let keytab, let principal else { return nil }
        return .kerberos(KerberosAccount(keytab: keytab, principal: principal, authorization: authorization))
    }

    private mutating func filled(_ key: String, in section: Section, example: String) -> String? {
        guard let setting = required(key, in: section, example: example),
            let text = text(setting, expected: "text, such as \(example)")
        else { return nil }
        if !text.isEmpty { return text }
        findings.error(at: setting.offset, "\(setting.subject) is empty. Write \(example), or its like.")
        return nil
    }
}
