import Model

extension SettingsDecoder {
    /// What goes over the network in plain text: a warning for a password, an error for anything if TLS is required.
    mutating func checkPlainServers(_ connection: ConnectionSettings, _ parameters: Section) {
        guard !connection.security.startTLS, let setting = parameters.setting("Host") else { return }
        for (server, offset) in zip(connection.servers, Self.offsets(setting)) where server.isPlain && !server.isLoopback {
            report(server, connection.credentials, setting.subject, at: offset)
        }
    }

    /// Where each host is written.
    private static func offsets(_ setting: Setting) -> [Int] {
        if case .list(let list) = setting.value.content { list.elements.map(\.offset) } else { [setting.offset] }
    }

    private mutating func report(_ server: Server, _ credentials: Credentials, _ subject: String, at offset: Int) {
        let remedy = "Write ldaps://, or add StartTLS => 'require'."
        let sendsPassword = if case .simple = credentials { true } else { false }
        let what = sendsPassword ? "sends the bind password to \(server)" : "reads people from \(server)"
        if requiresTLS {
            findings.error(
                at: offset, "\(subject) \(what) in plain text, which Rollcall::RequireTLS forbids. \(remedy)")
        } else if sendsPassword {
            findings.warning(at: offset, "\(subject) \(what) in plain text. \(remedy)")
        }
    }
}
