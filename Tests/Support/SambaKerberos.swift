import Foundation

/// A Samba domain whose accounts bind by Kerberos.
///
/// Its principal is that of `localhost`, since the names of the domain mean nothing to the machine. To whoever does not run
/// the tests as root, the Kerberos server is in a network of its own, so Rollcall is run there.
package final class SambaKerberos: Sendable {
    package let domain: SambaDomain
    private let relay: RangeProxy?

    /// For every program that has to do with this realm.
    package let environment: [String: String]

    package init() throws {
        domain = try SambaDomain(services: "ldap kdc")
        let isReached = geteuid() == 0
        relay = isReached ? try RangeProxy(to: domain.folder["private/ldapi"], limit: nil) : nil
        environment = [
            "KRB5_CONFIG": try domain.folder.write(Self.configuration(domain.address), to: "client-krb5.conf"),
            "LC_ALL": "C",
        ]
        try domain.modify(
            """
            dn: CN=DC1,OU=Domain Controllers,\(domain.suffix)
            changetype: modify
            add: servicePrincipalName
            servicePrincipalName: ldap/localhost
            -


            """)
    }

    /// The server for Kerberos, which wants its name.
    package var uri: String { relay.map { "ldap://localhost:\($0.port)" } ?? "ldap://localhost" }

    package static func principal(_ account: String) -> String { "\(account)@\(SambaDomain.realm)" }

    /// Writes the keys of an account to a keytab, as an administrator does on the domain controller; its path.
    package func exportKeytab(of account: String, to name: String) throws -> String {
        let keytab = domain.folder[name]
        let arguments = [
            "domain", "exportkeytab", keytab, "--principal=\(Self.principal(account))", "-s", domain.folder["smb.conf"],
        ]
        let outcome = try Command.privilegedServer("/usr/bin/samba-tool", arguments, environment: ["HOME": domain.folder.path])
            .finish(seconds: 120)
        guard outcome.status == 0 else { throw TestFailure("no keytab: \(outcome.errors.suffix(2000))") }
        return keytab
    }

    /// From now on no bind is taken that leaves the connection unprotected, as usual with Active Directory.
    package func demandProtection() throws {
        try domain.restart {
            let text = try String(contentsOfFile: domain.folder["smb.conf"], encoding: .utf8)
            let weak = "ldap server require strong auth = no"
            try domain.folder.write(
                text.replacingOccurrences(of: weak, with: "ldap server require strong auth = yes"), to: "smb.conf")
        }
    }

    /// One command of Rollcall, where Kerberos is reached.
    package func run(_ rollcall: Rollcall, _ arguments: String...) throws -> Outcome {
        let command = [Rollcall.program] + arguments + ["--config", rollcall.configuration]
        if relay != nil { return try Support.run(command[0], Array(command.dropFirst()), environment: environment) }
        let target = ["--user", "--net", "--preserve-credentials", "--target", "\(domain.processID)", "--"]
        return try Support.run("/usr/bin/nsenter", target + command, environment: environment)
    }

    private static func configuration(_ address: String) -> String {
        """
        [libdefaults]
            default_realm = \(SambaDomain.realm)
            dns_lookup_kdc = false
            dns_lookup_realm = false
            dns_canonicalize_hostname = false
            rdns = false
        [realms]
            \(SambaDomain.realm) = {
                kdc = \(address):88
            }
        [domain_realm]
            localhost = \(SambaDomain.realm)

        """
    }
}
