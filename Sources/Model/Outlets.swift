/// `Rollcall::Journal`: whether change records go to the systemd journal as well.
package enum JournalUse: Sendable, Hashable {
    /// Where there is a journal.
    case automatic
    case always, never
}

/// `Rollcall::Syslog`: a receiver of syslog messages (RFC 5424) that change records go to as well.
package struct SyslogTarget: Sendable, Hashable, CustomStringConvertible {
    /// How messages get there.
    package enum Transport: String, Sendable, Hashable, CaseIterable {
        /// One message a datagram (RFC 5426). Nothing tells whether it arrives.
        case udp
        /// Counted messages in a stream (RFC 6587 section 3.4.1), in plain text.
        case tcp
        /// The same below TLS (RFC 5425).
        case tls

        package var defaultPort: Int {
            switch self {
            case .udp: 514
            case .tcp: 601
            case .tls: 6514
            }
        }
    }

    package var transport: Transport
    /// A name, or an IPv4 or IPv6 address.
    package var host: String
    package var port: Int
    package var facility: SyslogFacility
    /// PEM file with the authorities that TLS trusts; nil: those of the system.
    package var caFile: String?
    /// PEM files with the client's certificate and its key; both or none.
    package var certificateFile: String?
    package var keyFile: String?

    /// - Parameter port: nil for the usual one of `transport`.
    package init(
        _ transport: Transport = .tls, host: String, port: Int? = nil, facility: SyslogFacility = .audit,
        caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil
    ) {
        self.transport = transport
        self.host = host
        self.port = port ?? transport.defaultPort
        self.facility = facility
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }

    /// Such as `tls://log.example.org:6514`. IPv6 addresses stand in brackets.
    package var description: String { "\(transport.rawValue)://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

/// Which part of a system a syslog message is about (RFC 5424 section 6.2.1, table 1).
package struct SyslogFacility: Sendable, Hashable {
    /// 0...23.
    package let code: Int

    /// 13, "log audit".
    package static let audit = SyslogFacility(code: 13)

    private init(code: Int) { self.code = code }

    /// - Parameter word: a name, or the number.
    /// - Returns: nil for what is neither.
    package init?(_ word: String) {
        let number = Int(word).flatMap { Self.names.indices.contains($0) ? $0 : nil }
        guard let code = number ?? Self.names.firstIndex(of: word) else { return nil }
        self.code = code
    }

    package var name: String { Self.names[code] }

    /// By number, as syslog daemons call them.
    package static let names = [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit",
        "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ]
}
