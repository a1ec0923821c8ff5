import Model

extension SettingsDecoder {
    /// Servers, credentials and TLS of one back end.
    mutating func connectionSettings(_ slot: Slot, _ section: Section, _ parameters: Section) -> ConnectionSettings? {
        let options = options(slot, parameters)
        let servers = servers(parameters, options)
        var security = security(options)
        applyStartTLS(slot, parameters, servers: servers ?? [], to: &security)
        let credentials = section.setting("SASL").map { sasl($0, parameters) } ?? credentials(parameters)
        let timeout = wholeNumber(options.setting("timeout"), in: 1...3600, unit: " of seconds")
        guard let servers, !servers.isEmpty else { return nil }
        var settings = ConnectionSettings(
            servers: servers, credentials: credentials ?? .anonymous, security: security,
            timeoutSeconds: timeout ?? ConnectionSettings.defaultTimeoutSeconds)
        settings.followedServers = followedServers(section.setting("FollowReferrals"))
        checkServers(of: settings, section, parameters)
        return settings
    }

    /// `Params.Params`, or what `AuthModule::LDAP::Params<N>` says in its place.
    private mutating func options(_ slot: Slot, _ parameters: Section) -> Section {
        let key = "AuthModule::LDAP::Params" + Self.suffix(slot)
        let own = parameters.setting("Params")
        guard let setting = own ?? settings.setting(key),
            let hash = hash(setting, expected: "a hash, such as { port => 389, timeout => 30 }")
        else { return Section(prefix: parameters.subject("Params."), hash: Hash(), offset: parameters.offset) }
        let section = Section(prefix: "\(setting.subject).", hash: hash, offset: setting.offset)
        checkKeys(of: section, known: Keys.connection + Keys.acceptedInConnection)
        checkTicketSystemKeys(TicketSystemKeys.connection, in: section)
        return section
    }

    private static func suffix(_ slot: Slot) -> String { slot.number == 0 ? "" : String(slot.number) }

    // MARK: - TLS

    private mutating func security(_ options: Section) -> TransportSecurity {
        var security = TransportSecurity()
        if let setting = options.setting("verify"), let mode = text(setting, expected: Self.verifyModes) {
            security.verification = verification(mode, setting) ?? .required
        }
        security.caFile = path(options, "cafile")
        security.caFolder = path(options, "capath")
        security.clientCertificate = path(options, "clientcert")
        security.clientKey = clientKey(options, certificate: security.clientCertificate)
        warnOfExposedKey(options.setting("clientkey") ?? options.setting("clientcert"), security.clientKey)
        return security
    }

    /// In the certificate's file where nothing else is said.
    private mutating func clientKey(_ options: Section, certificate: String?) -> String? {
        let key = path(options, "clientkey")
        guard let setting = options.setting("clientkey"), key != nil, certificate == nil else { return key ?? certificate }
        findings.warning(
            at: setting.offset, "\(setting.subject) has no clientcert beside it and no effect. Add clientcert, or remove it.")
        return nil
    }

    private mutating func path(_ options: Section, _ key: String) -> String? {
        text(options.setting(key), expected: "a path").flatMap { $0.isEmpty ? nil : $0 }
    }

    private static let verifyModes = "'require', 'optional' or 'none'"

    private mutating func verification(_ mode: String, _ setting: Setting) -> TransportSecurity.Verification? {
        switch mode.lowercased() {
        case "require", "required": return .required
        case "optional": return .optional
        case "none":
            findings.warning(
                at: setting.offset,
                "\(setting.subject) is 'none': anybody on the way can pose as the directory and read the password. "
                    + "Write 'require', and name the authority's certificate with cafile.")
            return TransportSecurity.Verification.none
        default:
            findings.error(at: setting.offset, "\(setting.subject) is '\(mode)'. Expected \(Self.verifyModes).")
            return nil
        }
    }

    private mutating func applyStartTLS(
        _ slot: Slot, _ parameters: Section, servers: [Server], to security: inout TransportSecurity
    ) {
        let own = parameters.setting("StartTLS")
        guard let setting = own ?? settings.setting("AuthModule::LDAP::StartTLS" + Self.suffix(slot)),
            let mode = text(setting, expected: Self.verifyModes), !["", "0", "no", "off"].contains(mode.lowercased())
        else { return }
        guard servers.isEmpty || servers.contains(where: \.isPlain) else {
            if own != nil {
                findings.warning(
                    at: setting.offset,
                    "\(setting.subject) has no effect: every server is reached by ldaps:// or ldapi://. Remove it.")
            }
            return
        }
        security.startTLS = true
        security.verification =
            ["1", "on", "yes"].contains(mode.lowercased()) ? .required : verification(mode, setting) ?? .required
    }
}
