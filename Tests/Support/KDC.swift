import Foundation

/// A MIT Kerberos server of a test's own, on a free port of 127.0.0.1; ended with the test.
package final class KDC: Sendable {
    package static let realm = "EXAMPLE.TEST"

    package let folder: TestFolder
    private let process: Command

    /// For every program that has to do with this realm.
    package let environment: [String: String]

    package init() throws {
        let folder = try TestFolder()
        let port = try FreePort.take()
        self.folder = folder
        environment = [
            "KRB5_CONFIG": try folder.write(Self.clientConfiguration(port), to: "krb5.conf"),
            "KRB5_KDC_PROFILE": try folder.write(Self.configuration(folder, port), to: "kdc.conf"),
            "KRB5RCACHENAME": "none:", "LC_ALL": "C",
        ]
        try succeed(
            "/usr/sbin/kdb5_util", ["-r", Self.realm, "-P", "master", "create", "-s", "-W"], environment: environment)
        process = try Command("/usr/sbin/krb5kdc", ["-n"], environment: environment)
        try process.waitForErrors("commencing operation", seconds: 30)
    }

    deinit {
        process.send(SIGCONT)
        process.send(SIGKILL)
        _ = try? process.finish(seconds: 20)
    }

    /// It keeps its port and answers nobody.
    package func hang() { process.send(SIGSTOP) }

    /// Gives `principal` a key, and writes it to a keytab; its path.
    @discardableResult
    package func add(_ principal: String, to keytab: String) throws -> String {
        try administrate("addprinc -randkey \(principal)")
        return try export(principal, to: keytab)
    }

    /// Gives `principal` another key, in a keytab of its own; older keytabs are useless from then on.
    @discardableResult
    package func export(_ principal: String, to keytab: String) throws -> String {
        try administrate("ktadd -k \(folder[keytab]) \(principal)")
        return folder[keytab]
    }

    /// One command of kadmin.
    package func administrate(_ command: String) throws {
        let output = try succeed("/usr/sbin/kadmin.local", ["-r", Self.realm, "-q", command], environment: environment)
        if output.contains("No such file") { throw TestFailure("\(command): \(output)") }
    }

    /// The realm's only server is at `port`.
    package static func clientConfiguration(_ port: Int) -> String {
        """
        [libdefaults]
            default_realm = \(realm)
            dns_lookup_kdc = false
            dns_lookup_realm = false
            dns_canonicalize_hostname = false
            rdns = false
        [realms]
            \(realm) = {
                kdc = 127.0.0.1:\(port)
            }

        """
    }

    private static func configuration(_ folder: TestFolder, _ port: Int) -> String {
        """
        [kdcdefaults]
            kdc_listen = 127.0.0.1:\(port)
            kdc_tcp_listen = 127.0.0.1:\(port)
        [realms]
            \(realm) = {
                database_name = \(folder["principal"])
                key_stash_file = \(folder["stash"])
                acl_file = \(folder["kadm5.acl"])
                supported_enctypes = aes256-cts-hmac-sha1-96:normal
            }
        [logging]
            kdc = STDERR

        """
    }
}
