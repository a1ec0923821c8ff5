import Model

/// Last stage: the hash of settings to a checked `Configuration`.
struct SettingsDecoder {
    /// Reads a password file.
    typealias PasswordReader = (String) throws(PasswordFileProblem) -> PasswordFile

    let settings: Section
    let readPassword: PasswordReader
    /// The file in which the value at an offset is written out, if other users may read that file.
    var exposedFile: (Int) -> String? = { _ in nil }
    /// Whether other users may read the file with this path.
    var isExposed: (String) -> Bool = { _ in false }
    var findings = Findings()
    /// The groups that exist, for the check of names.
    var knownGroups: Set<ExactText> = []
    /// `System::Customer::Permission`.
    var permissions: [Permission] = []
    /// `CustomerGroupPermissionContext`.
    var contexts: [PermissionContext] = [.same]
    /// `Rollcall::RequireTLS`: nothing may go over the network in plain text.
    var requiresTLS = false

    init(_ settings: Hash, readPassword: @escaping PasswordReader) {
        self.settings = Section(prefix: "", hash: settings, offset: 0)
        self.readPassword = readPassword
    }

    /// The configuration; only to be used if `findings` has no errors.
    mutating func decode() -> Configuration {
        checkOwnKeys()
        checkTopLevelKeys()
        let groups = groupSettings()
        requiresTLS = flag(settings.setting("Rollcall::RequireTLS")) ?? false
        let backEnds = slots().compactMap { backEnd($0) }
        if backEnds.isEmpty, !findings.hasErrors { reportNoBackEnd() }
        var configuration = Configuration(
            backEnds: backEnds, groups: groups,
            intervalSeconds: wholeNumber(settings.setting("Rollcall::Interval"), in: 1...31_536_000, unit: " of seconds")
                ?? Configuration.defaultIntervalSeconds,
            storePath: path("Rollcall::Store") ?? Configuration.defaultStorePath,
            changeLogPath: path("Rollcall::ChangeLog") ?? Configuration.defaultChangeLogPath)
        configuration.isPersistent = flag(settings.setting("Rollcall::Persist")) ?? false
        configuration.keepRecordsDays = keepRecords()
        configuration.changeLogValues = changeLogValues() ?? .values
        configuration.signingKeyPath = path("Rollcall::SigningKey")
        configuration.journal = journal(settings.setting("Rollcall::Journal")) ?? .automatic
        configuration.syslog = settings.setting("Rollcall::Syslog").flatMap { syslog($0) }
        return configuration
    }

    private mutating func reportNoBackEnd() {
        findings.error(
            at: 0,
            "no LDAP back end is configured. Add $Self->{CustomerUser} = { … } with Module => '\(Self.ldapModule)'.")
    }

    private mutating func path(_ key: String) -> String? {
        let setting = settings.setting(key)
        guard let setting, let path = text(setting, expected: "a path") else { return nil }
        if !path.isEmpty { return path }
        findings.error(at: setting.offset, "\(key) is empty. Write a path, or remove the key for the default.")
        return nil
    }

    /// Keys under `Rollcall::` are ours alone, so an unknown one is a slip.
    private mutating func checkOwnKeys() {
        let own = Keys.global.filter { $0.hasPrefix("Rollcall::") }
        let others = settings.hash.pairs.filter { $0.key.hasPrefix("Rollcall::") }
        var hash = Hash()
        for pair in others { hash.set(pair.value, for: pair.key, keyOffset: pair.keyOffset) }
        checkKeys(of: Section(prefix: "", hash: hash, offset: 0), known: own)
    }

    // MARK: - Slots

    /// A back end's hash and its number.
    struct SlotSetting {
        let slot: Slot
        let setting: Setting
    }

    static let ldapModule = "Kernel::System::CustomerUser::LDAP"

    /// The slots that are set, lowest first.
    private mutating func slots() -> [SlotSetting] {
        var found: [SlotSetting] = []
        for pair in settings.hash.pairs where !pair.value.isUndefined {
            guard let number = Keys.number(of: pair.key, after: "CustomerUser") else { continue }
            let slot = number.isEmpty ? Slot(0) : number.first == "0" ? nil : Int(number).flatMap(Slot.init)
            if let slot {
                found.append(SlotSetting(slot: slot, setting: Setting(subject: pair.key, value: pair.value)))
            } else {
                findings.error(
                    at: pair.keyOffset,
                    "\(pair.key) is no back end that the ticket system reads. Use CustomerUser, or CustomerUser1 to CustomerUser10."
                )
            }
        }
        return found.sorted { $0.slot < $1.slot }
    }
}

/// What `UserPwFile` names.
struct PasswordFile {
    /// The first line, without its end.
    let password: String
    /// Whether users who are neither its owner nor in its group may read it.
    let isReadableByOthers: Bool
}

/// Why the password could not be taken from `UserPwFile`.
package struct PasswordFileProblem: Error, Hashable {
    /// Such as `it does not exist`.
    package let reason: String
}
