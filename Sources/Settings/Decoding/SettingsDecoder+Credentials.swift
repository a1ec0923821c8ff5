import Model

extension SettingsDecoder {
    /// Name and password, or nothing.
    mutating func credentials(_ parameters: Section) -> Credentials? {
        let nameSetting = parameters.setting("UserDN")
        let name = text(nameSetting, expected: "a DN, such as 'cn=reader,dc=example,dc=org'") ?? ""
        if let nameSetting, name.contains("=") { _ = checkDN(name, of: nameSetting) }
        if let nameSetting, Secrets.areExchanged(in: parameters.hash) {
            findings.error(
                at: nameSetting.offset,
                "\(nameSetting.subject) is no DN, and UserPw is one: they seem to stand in each other's place. Exchange them.")
        }
        let source = parameters.setting("UserPwFile") ?? parameters.setting("UserPw")
        let password = password(parameters)
        if let nameSetting, !name.isEmpty, source == nil || password?.isEmpty == true {
            findings.warning(
                at: nameSetting.offset,
                "\(nameSetting.subject) has no password beside it, so Rollcall binds anonymously. Add UserPw or UserPwFile.")
        }
        if let source, password?.isEmpty == false, name.isEmpty, nameSetting?.value.isUnknown != true {
            findings.warning(
                at: source.offset, "\(source.subject) has no UserDN beside it, so Rollcall binds anonymously. Add UserDN.")
        }
        guard let password, !password.isEmpty, !name.isEmpty else { return nil }
        return .simple(name: name, password: Secret(password))
    }

    /// `UserPwFile` comes before `UserPw`.
    private mutating func password(_ parameters: Section) -> String? {
        if let setting = parameters.setting("UserPw") { warnOfExposure(setting) }
        if let setting = parameters.setting("UserPwFile") { return passwordFromFile(setting) }
        return text(parameters.setting("UserPw"), expected: "text, or $ENV{NAME}")
    }

    private mutating func warnOfExposure(_ setting: Setting) {
        guard setting.value.text?.isEmpty == false, let file = exposedFile(setting.offset) else { return }
        findings.warning(
            at: setting.offset,
            "\(setting.subject) is written in \(file), which every user of this machine may read. "
                + "Close the file with chmod 0640 and a group that may read it, or use UserPwFile or $ENV{NAME}.")
    }

    private mutating func passwordFromFile(_ setting: Setting) -> String? {
        guard let path = text(setting, expected: "a path, such as '/etc/rollcall/ldap-password'") else { return nil }
        // What is no whole path may be the password itself.
        let subject = path.hasPrefix("/") ? "\(setting.subject) '\(path)'" : setting.subject
        do {
            let file = try readPassword(path)
            if file.isReadableByOthers {
                findings.warning(
                    at: setting.offset,
                    "\(subject) may be read by every user of this machine. Close it with chmod 0640, or 0600.")
            }
            if !file.password.isEmpty { return file.password }
            findings.error(at: setting.offset, "\(subject) has an empty first line. Write the password there.")
        } catch {
            findings.error(
                at: setting.offset,
                "\(subject) cannot be read: \(error.reason). Correct the path, or let Rollcall's user read it.")
        }
        return nil
    }

    /// Warns about a file with a key that other users may read.
    mutating func warnOfExposedKey(_ setting: Setting?, _ path: String?) {
        guard let setting, let path, isExposed(path) else { return }
        findings.warning(
            at: setting.offset,
            "\(setting.subject) '\(path)' may be read by every user of this machine. Close it with chmod 0640, or 0600.")
    }
}
