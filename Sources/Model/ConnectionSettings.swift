import Foundation

/// How one back end reaches its directory.
package struct ConnectionSettings: Sendable, Hashable {
    /// Tried in this order; at least one.
    package var servers: [Server]
    package var credentials: Credentials
    package var security: TransportSecurity
    /// Seconds that any single wait may last: name look-up, connect, handshake, bind, next message. At least 1.
    package var timeoutSeconds: Int

    /// `FollowReferrals`: servers that hold parts of the tree, and that are told the same credentials.
    package var followedServers: [Server] = []

    package static let defaultTimeoutSeconds = 30

    package init(
        servers: [Server], credentials: Credentials = .anonymous, security: TransportSecurity = TransportSecurity(),
        timeoutSeconds: Int = Self.defaultTimeoutSeconds
    ) {
        self.servers = servers
        self.credentials = credentials
        self.security = security
        self.timeoutSeconds = timeoutSeconds
    }
}

/// One address of a directory.
package enum Server: Sendable, Hashable, CustomStringConvertible {
    case tcp(host: String, port: Int, tls: Bool)
    /// A Unix-domain socket, by its path.
    case local(path: String)

    /// The LDAP URI, with the port always named. IPv6 addresses stand in brackets.
    package var description: String {
        switch self {
        case .tcp(let host, let port, let tls):
            "\(tls ? "ldaps" : "ldap")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        case .local(let path):
            "ldapi://" + path.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "%2F")
        }
    }

    /// The host's name or address; nil for a socket of this machine.
    package var host: String? { if case .tcp(let host, _, _) = self { host } else { nil } }

    /// The host's name; nil where there is none, as with `ldap://192.0.2.1`.
    package var hostName: String? {
        guard let host, !host.contains(":") else { return nil }
        var address = in_addr()
        return inet_aton(host, &address) == 0 ? host : nil
    }
}

/// Who Rollcall is to the directory.
package enum Credentials: Sendable, Hashable {
    case anonymous
    /// A simple bind (RFC 4513 section 5.1). `name` is a DN, or a user principal name on Active Directory.
    case simple(name: String, password: Secret)
    /// SASL EXTERNAL (RFC 4422 appendix A): the client certificate says it, or over a Unix-domain socket the account of
    /// the process. `authorization` is the identity to act as; empty for the same.
    case external(authorization: String)
    /// SASL GSSAPI (RFC 4752) with Kerberos.
    case kerberos(KerberosAccount)
}

/// A Kerberos account whose key is in a file.
package struct KerberosAccount: Sendable, Hashable {
    /// The keytab's path.
    package let keytab: String
    /// Such as `rollcall@EXAMPLE.TEST`.
    package let principal: String
    /// The identity to act as; empty for the same.
    package let authorization: String

    package init(keytab: String, principal: String, authorization: String = "") {
        self.keytab = keytab
        self.principal = principal
        self.authorization = authorization
    }
}

/// A value that no description, error or log line shows.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    package let value: String

    package init(_ value: String) { self.value = value }

    package var description: String { "(hidden)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// TLS for one back end. `ldaps://` and StartTLS are both verified unless the administrator says otherwise.
package struct TransportSecurity: Sendable, Hashable {
    package enum Verification: Sendable, Hashable {
        case none, optional, required
    }

    /// RFC 4511 section 4.14 before the bind; a server that refuses it is an error, never plain text.
    package var startTLS: Bool
    package var verification: Verification
    /// PEM files and folders, by path.
    package var caFile: String?
    package var caFolder: String?
    package var clientCertificate: String?
    package var clientKey: String?

    package init(
        startTLS: Bool = false, verification: Verification = .required, caFile: String? = nil, caFolder: String? = nil,
        clientCertificate: String? = nil, clientKey: String? = nil
    ) {
        self.startTLS = startTLS
        self.verification = verification
        self.caFile = caFile
        self.caFolder = caFolder
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
    }
}
