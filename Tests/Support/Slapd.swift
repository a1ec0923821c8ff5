import Foundation
import Synchronization

/// An OpenLDAP server of a test's own, on a Unix-domain socket and a free port of 127.0.0.1; ended with the test.
package final class Slapd: Sendable {
    package static let suffix = "dc=test,dc=example"
    package static let people = "ou=people,\(suffix)"
    package static let reader = "cn=reader,\(suffix)"
    package static let administrator = "cn=admin,\(suffix)"
    package static let password = "test-secret"

    package let folder: TestFolder
    package let port: Int
    package let tlsPort: Int
    private let hasTLS: Bool
    private let environment: [String: String]
    private let running: Mutex<Command>
    private var process: Command { running.withLock { $0 } }

    package var localURI: String { "ldapi://" + folder["ldapi"].replacingOccurrences(of: "/", with: "%2F") }
    package var uri: String { "ldap://127.0.0.1:\(port)" }
    package var tlsURI: String { "ldaps://127.0.0.1:\(tlsPort)" }

    /// Loads `ldif` below the suffix, the reader and `ou=people`, and starts.
    ///
    /// - Parameters:
    ///   - configuration: lines for the database section, such as limits.
    ///   - overlays: what the server does beyond answering, such as keeping DNs in groups right.
    ///   - tls: makes a CA and a certificate for 127.0.0.1, in `ca.pem`, and listens for ldaps as well.
    ///   - certificate: what that certificate is like.
    ///   - globals: lines for the section before the database, such as `TLSVerifyClient demand`.
    ///   - environment: of the server.
    package init(
        _ ldif: String, configuration: String = "", overlays: [Overlay] = [], tls: Bool = false,
        certificate: Certificates.Kind = .usual, globals: String = "", access: String = Slapd.usualAccess,
        environment: [String: String] = [:]
    ) throws {
        folder = try TestFolder()
        port = try FreePort.take()
        tlsPort = try FreePort.take()
        hasTLS = tls
        self.environment = environment
        if tls { try Certificates.makeServer(certificate, in: folder) }
        try FileManager.default.createDirectory(atPath: folder["db"], withIntermediateDirectories: true)
        try folder.write(
            Self.configuration(folder, globals, extra: configuration, overlays: overlays, tls: tls, access: access),
            to: "slapd.conf")
        try folder.write(Self.base + ldif, to: "base.ldif")
        try succeed("/usr/sbin/slapadd", ["-q", "-f", folder["slapd.conf"], "-l", folder["base.ldif"]])
        running = Mutex(try Self.start(folder, port: port, tlsPort: tls ? tlsPort : nil, environment))
    }

    package static let usualAccess = """
        access to attrs=userPassword by anonymous auth by * none
        access to * by users read by * none
        """

    private static func start(
        _ folder: TestFolder, port: Int, tlsPort: Int?, _ environment: [String: String]
    ) throws -> Command {
        let local = "ldapi://" + folder["ldapi"].replacingOccurrences(of: "/", with: "%2F")
        let listeners = [local, "ldap://127.0.0.1:\(port)"] + (tlsPort.map { ["ldaps://127.0.0.1:\($0)"] } ?? [])
        let process = try Command.server(
            "/usr/sbin/slapd", ["-d", "stats", "-f", folder["slapd.conf"], "-h", listeners.joined(separator: " ")],
            environment: environment)
        // It says so before it listens.
        try process.waitForErrors("slapd starting", seconds: 60)
        try Readiness.waitForListener(on: tlsPort ?? port, of: process)
        return process
    }

    deinit {
        process.send(SIGCONT)
        process.send(SIGKILL)
        _ = try? process.finish(seconds: 20)
    }

    /// Stops it for good, as an administrator would.
    package func stop() throws {
        process.send(SIGTERM)
        _ = try process.finish(seconds: 20)
    }

    /// Stops it and starts it again on the same ports; its log begins anew.
    package func restart(after body: () throws -> Void) throws {
        try stop()
        try body()
        let again = try Self.start(folder, port: port, tlsPort: hasTLS ? tlsPort : nil, environment)
        running.withLock { $0 = again }
    }

    /// It keeps its connections and answers nobody.
    package func hang() { process.send(SIGSTOP) }
    package func resume() { process.send(SIGCONT) }

    /// What it has logged: every operation.
    package var log: String { process.errors }

    /// Waits until it has logged `text`, `count` times.
    package func waitForLog(_ text: String, count: Int = 1, seconds: Int = 60) throws {
        try process.waitForErrors(text, count: count, seconds: seconds)
    }

    private static let base = """
        dn: \(suffix)
        objectClass: organization
        objectClass: dcObject
        o: Test
        dc: test

        dn: \(reader)
        objectClass: organizationalRole
        objectClass: simpleSecurityObject
        cn: reader
        userPassword: \(password)

        dn: ou=people,\(suffix)
        objectClass: organizationalUnit
        ou: people

        dn: ou=groups,\(suffix)
        objectClass: organizationalUnit
        ou: groups


        """

    private static func configuration(
        _ folder: TestFolder, _ globals: String, extra: String, overlays: [Overlay], tls: Bool, access: String
    ) -> String {
        let security =
            tls
            ? """
            TLSCACertificateFile \(folder["ca.pem"])
            TLSCertificateFile \(folder["server.pem"])
            TLSCertificateKeyFile \(folder["server.key"])
            """ : ""
        return """
            include /etc/ldap/schema/core.schema
            include /etc/ldap/schema/cosine.schema
            include /etc/ldap/schema/nis.schema
            include /etc/ldap/schema/inetorgperson.schema
            modulepath /usr/lib/ldap
            moduleload back_mdb
            \(overlays.map { "moduleload \($0.rawValue)" }.joined(separator: "\n"))
            sizelimit unlimited
            \(security)
            \(globals)
            database mdb
            suffix "\(suffix)"
            rootdn "\(administrator)"
            rootpw \(password)
            directory \(folder["db"])
            maxsize 1073741824
            dbnosync
            index objectClass,uid,entryUUID eq
            \(extra)
            \(access)
            \(overlays.map(\.configuration).joined(separator: "\n"))

            """
    }
}

extension Slapd: ReloadableServer {
    package func reload(_ change: (String) -> String) throws {
        try restart {
            let text = try succeed("/usr/sbin/slapcat", ["-o", "ldif-wrap=no", "-f", folder["slapd.conf"]])
            try folder.write(change(text), to: "all.ldif")
            try FileManager.default.removeItem(atPath: folder[data])
            try FileManager.default.createDirectory(atPath: folder[data], withIntermediateDirectories: true)
            try succeed("/usr/sbin/slapadd", ["-q", "-f", folder["slapd.conf"], "-l", folder["all.ldif"]])
        }
    }

    package var data: String { "db" }

    /// Restarts it with another `slapd.conf`.
    package func reconfigure(_ change: (String) -> String) throws {
        try restart {
            let text = try String(contentsOfFile: folder["slapd.conf"], encoding: .utf8)
            try folder.write(change(text), to: "slapd.conf")
        }
    }

    package var suffix: String { Self.suffix }
    package var reader: Account { Account(name: Self.reader, password: Self.password) }
    package var administrator: Account { Account(name: Self.administrator, password: Self.password) }

    /// A module that looks at every operation.
    package enum Overlay: String, Sendable, CaseIterable {
        /// Content synchronisation (RFC 4533) with a log of deletions.
        case contentSync = "syncprov"
        /// `memberOf` in the members of groups.
        case memberOf = "memberof"
        /// DNs in groups follow their entries: a moment after the change, not with it.
        case referentialIntegrity = "refint"

        fileprivate var configuration: String {
            switch self {
            case .contentSync: "overlay syncprov\nsyncprov-sessionlog 10000\nindex entryCSN eq"
            case .memberOf: "overlay memberof"
            case .referentialIntegrity:
                "overlay refint\nrefint_attributes member\nrefint_nothing cn=nobody,\(Slapd.suffix)\nindex member eq"
            }
        }
    }
}
