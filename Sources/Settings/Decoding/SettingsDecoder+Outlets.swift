import Model

/// Where change records go besides the change log.
extension SettingsDecoder {
    mutating func journal(_ setting: Setting?) -> JournalUse? {
        let expected = "'auto', 1 or 0"
        guard let setting, let text = text(setting, expected: expected) else { return nil }
        switch text {
        case "auto": return .automatic
        case "1": return .always
        case "0", "": return .never
        default:
            findings.error(at: setting.offset, "\(setting.subject) is '\(text)'. Expected \(expected).")
            return nil
        }
    }

    /// Nil, and reported, if it cannot be used.
    mutating func syslog(_ setting: Setting) -> SyslogTarget? {
        guard let hash = hash(setting, expected: "a hash, such as { Host => 'log.example.org' }") else { return nil }
        let section = Section(prefix: "\(setting.subject).", hash: hash, offset: setting.offset)
        checkKeys(of: section, known: Keys.syslog)
        let host = syslogHost(section)
        let transport = transport(section.setting("Transport"))
        let port = wholeNumber(section.setting("Port"), in: 1...65_535, unit: "")
        let facility = facility(section.setting("Facility"))
        let files = syslogFiles(section, transport)
        guard let host, let transport else { return nil }
        if transport != .tls { checkPlainSyslog(host, section) }
        return SyslogTarget(
            transport, host: host, port: port, facility: facility ?? .audit, caFile: files.authorities,
            certificateFile: files.certificate, keyFile: files.key)
    }

    private mutating func syslogHost(_ section: Section) -> String? {
        let expected = "a host name or an address, such as 'log.example.org'"
        guard let setting = required("Host", in: section, example: "'log.example.org'"),
            let host = text(setting, expected: expected)
        else { return nil }
        let isURI = host.contains("/")
        let hasPort = host.utf8.count(where: { $0 == UInt8(ascii: ":") }) == 1 || host.contains("]")
        if !host.isEmpty, !isURI, !hasPort, !host.contains(where: \.isWhitespace) { return host }
        let remedy =
            isURI || hasPort ? " Write the way there in Transport, the port in Port, and an IPv6 address without brackets." : ""
        findings.error(at: setting.offset, "\(setting.subject) is '\(host)'. Expected \(expected).\(remedy)")
        return nil
    }

    /// TLS where nothing is said; nil, and reported, if it cannot be used.
    private mutating func transport(_ setting: Setting?) -> SyslogTarget.Transport? {
        guard let setting else { return .tls }
        let expected = "'tls', 'tcp' or 'udp'"
        guard let text = text(setting, expected: expected) else { return nil }
        if let transport = SyslogTarget.Transport(rawValue: text.lowercased()) { return transport }
        findings.error(at: setting.offset, "\(setting.subject) is '\(text)'. Expected \(expected).")
        return nil
    }

    private mutating func facility(_ setting: Setting?) -> SyslogFacility? {
        let expected = "the name or the number of a facility, such as 'audit', 'local0' or 13"
        guard let setting, let text = text(setting, expected: expected) else { return nil }
        if let facility = SyslogFacility(text.lowercased()) { return facility }
        let nearest = Keys.nearest(to: text, among: SyslogFacility.names, within: 1).map { " Is '\($0)' meant?" } ?? ""
        findings.error(at: setting.offset, "\(setting.subject) is '\(text)'. Expected \(expected).\(nearest)")
        return nil
    }

    // MARK: TLS

    /// The PEM files; the key is in the certificate's file where nothing else is said.
    private mutating func syslogFiles(
        _ section: Section, _ transport: SyslogTarget.Transport?
    ) -> (authorities: String?, certificate: String?, key: String?) {
        let files = ["CAFile", "CertificateFile", "KeyFile"].map { file($0, section) }
        if let transport, transport != .tls { refuseFiles(section, transport) }
        let certificate = files[1]
        let key = files[2] ?? certificate
        if certificate == nil, let setting = section.setting("KeyFile"), section.setting("CertificateFile") == nil {
            findings.error(
                at: setting.offset,
                "\(setting.subject) has no CertificateFile beside it. Add CertificateFile, or remove it.")
        }
        warnOfExposedKey(section.setting("KeyFile") ?? section.setting("CertificateFile"), key)
        return (files[0], certificate, key)
    }

    private mutating func file(_ key: String, _ section: Section) -> String? {
        guard let setting = section.setting(key), let path = text(setting, expected: "a path") else { return nil }
        if !path.isEmpty { return path }
        findings.error(at: setting.offset, "\(setting.subject) is empty. Write a path, or remove the key.")
        return nil
    }

    private mutating func refuseFiles(_ section: Section, _ transport: SyslogTarget.Transport) {
        for key in ["CAFile", "CertificateFile", "KeyFile"] {
            guard let setting = section.setting(key) else { continue }
            findings.error(
                at: setting.offset,
                "\(setting.subject) is for TLS, and Transport is '\(transport.rawValue)'. Write Transport => 'tls', or remove it."
            )
        }
    }

    /// Records name people.
    private mutating func checkPlainSyslog(_ host: String, _ section: Section) {
        guard requiresTLS, !Server.isLoopback(host), let setting = section.setting("Transport") else { return }
        findings.error(
            at: setting.offset,
            "\(setting.subject) sends change records to \(host) in plain text, which Rollcall::RequireTLS forbids. "
                + "Write Transport => 'tls'.")
    }
}
