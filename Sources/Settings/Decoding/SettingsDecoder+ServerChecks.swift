import Model

extension SettingsDecoder {
    /// Whether servers, credentials and TLS go together, server by server.
    mutating func checkServers(of connection: ConnectionSettings, _ section: Section, _ parameters: Section) {
        check(connection.servers, at: parameters.setting("Host"), connection, section)
        check(connection.followedServers, at: section.setting("FollowReferrals"), connection, section)
    }

    private mutating func check(
        _ servers: [Server], at setting: Setting?, _ connection: ConnectionSettings, _ section: Section
    ) {
        guard let setting else { return }
        for (server, offset) in zip(servers, Self.offsets(setting)) {
            let isPlain = server.isPlain && !connection.security.startTLS
            if isPlain, !server.isLoopback { reportPlain(server, connection.credentials, setting.subject, at: offset) }
            switch connection.credentials {
            case .external: checkExternal(server, isPlain: isPlain, connection.security, section, at: offset)
            case .kerberos: checkKerberos(server, section, at: offset)
            case .anonymous, .simple: break
            }
        }
    }

    /// Where each host is written.
    private static func offsets(_ setting: Setting) -> [Int] {
        if case .list(let list) = setting.value.content { list.elements.map(\.offset) } else { [setting.offset] }
    }

    /// What goes over the network in plain text: a warning for a password, an error for anything if TLS is required.
    private mutating func reportPlain(_ server: Server, _ credentials: Credentials, _ subject: String, at offset: Int) {
        let remedy = "Write ldaps://, or add StartTLS => 'require'."
        let what =
            switch credentials {
            case .simple: "sends the bind password to \(server) in plain text"
            case .anonymous, .external: "reads people from \(server) in plain text"
            case .kerberos: "reads people from \(server) without TLS"
            }
        if requiresTLS {
            findings.error(at: offset, "\(subject) \(what), which Rollcall::RequireTLS forbids. \(remedy)")
        } else if case .simple = credentials {
            findings.warning(at: offset, "\(subject) \(what). \(remedy)")
        }
    }

    private mutating func checkExternal(
        _ server: Server, isPlain: Bool, _ security: TransportSecurity, _ section: Section, at offset: Int
    ) {
        if case .local = server { return }
        if !isPlain, security.clientCertificate != nil { return }
        let remedy =
            isPlain
            ? "Write ldapi://, or ldaps:// with clientcert and clientkey."
            : "Add clientcert and clientkey to the Params inside Params."
        findings.error(
            at: offset, "\(section.subject("SASL.mech")) is 'EXTERNAL', but nothing tells \(server) who Rollcall is. \(remedy)")
    }

    private mutating func checkKerberos(_ server: Server, _ section: Section, at offset: Int) {
        if server.hostName != nil { return }
        let remedy = "Write its host name, as in ldaps://dc1.example.org."
        findings.error(
            at: offset,
            "\(section.subject("SASL.mech")) is 'GSSAPI', which needs a host name, and \(server) has none. \(remedy)")
    }
}
