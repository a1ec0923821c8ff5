import Foundation
import Support
import Testing

/// Binds by SASL: EXTERNAL over a Unix-domain socket and over TLS, GSSAPI with a keytab.
@Suite struct SASLTests {
    /// A back end that binds by `sasl`, the inside of the hash.
    private static func backEnd(_ host: String, _ sasl: String, _ parameters: String = "") -> String {
        Settings.backEnd(host: host, parameters: parameters, more: "SASL => { \(sasl) },")
            .replacingOccurrences(of: "UserDN => '\(Slapd.reader)', UserPw => '\(Slapd.password)', ", with: "")
    }

    private static func failure(_ backEnd: String, environment: [String: String] = [:]) throws -> String {
        let outcome = try Rollcall(backEnd)("run", "--once", environment: environment)
        #expect(outcome.status == 1, "\(outcome.errors)")
        return outcome.errors
    }

    // MARK: EXTERNAL

    private static let external = "mech => 'EXTERNAL'"

    /// The account of this process, as slapd names it over ldapi://.
    private static let peer = "gidNumber=\(getegid())+uidNumber=\(geteuid()),cn=peercred,cn=external,cn=auth"

    @Test func `given EXTERNAL over a socket, when a cycle runs, then the account of the process reads`() throws {
        let slapd = try Slapd(
            LDIF.people(3), globals: "authz-regexp \"^\(Self.peer.replacing("+", with: "\\\\+"))$\" \"\(Slapd.reader)\"")
        let rollcall = try Rollcall(Self.backEnd(slapd.localURI, Self.external))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(slapd.log.contains("BIND dn=\"\(Slapd.reader)\" mech=EXTERNAL"), "\(slapd.log)")
        #expect(try rollcall.query("SELECT count(*) FROM customer_user") == [["3"]])
    }

    @Test func `given EXTERNAL with a client certificate, when a cycle runs, then its subject reads`() throws {
        let slapd = try Slapd(
            LDIF.people(3), tls: true,
            globals: "TLSVerifyClient demand\nauthz-regexp \"^cn=client,o=test$\" \"\(Slapd.reader)\"")
        try Certificates.makeClient("client", subject: "/O=test/CN=client", in: slapd.folder)
        let files = ["cafile": "ca.pem", "clientcert": "client.pem", "clientkey": "client.key"].map {
            "\($0) => '\(slapd.folder[$1])'"
        }
        let options = "Params => { \(files.joined(separator: ", ")) },"
        for backEnd in [
            Self.backEnd(slapd.tlsURI, Self.external, options),
            Self.backEnd(slapd.uri, Self.external, options + "StartTLS => 'require',"),
        ] {
            let outcome = try Rollcall(backEnd).cycle()
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        try slapd.waitForLog("BIND dn=\"\(Slapd.reader)\" mech=EXTERNAL", count: 2)
    }

    @Test func `given an identity that may not be taken on, when a cycle runs, then cause and remedy are named`() throws {
        let slapd = try Slapd(LDIF.people(1))
        let errors = try Self.failure(
            Self.backEnd(slapd.localURI, Self.external + ", authzid => 'dn:\(Slapd.administrator)'"))
        #expect(errors.contains("\(slapd.localURI): bind by SASL EXTERNAL failed: "), "\(errors)")
        #expect(errors.contains("and allow it to act as SASL.authzid if that is set."), "\(errors)")
    }

    @Test func `given a server that asks for no certificate, when EXTERNAL is tried, then cause and remedy are named`() throws {
        let slapd = try Slapd(LDIF.people(1), tls: true, globals: "TLSVerifyClient never")
        try Certificates.makeClient("client", subject: "/O=test/CN=client", in: slapd.folder)
        let files = ["cafile": "ca.pem", "clientcert": "client.pem", "clientkey": "client.key"].map {
            "\($0) => '\(slapd.folder[$1])'"
        }
        let errors = try Self.failure(
            Self.backEnd(slapd.tlsURI, Self.external, "Params => { \(files.joined(separator: ", ")) },"))
        #expect(errors.contains("\(slapd.tlsURI): bind by SASL EXTERNAL failed: "), "\(errors)")
        #expect(errors.contains("The server takes no client certificate here"), "\(errors)")
    }

    // MARK: GSSAPI

    private static func kerberos(_ keytab: String, _ principal: String = "rollcall@\(KDC.realm)") -> String {
        "mech => 'GSSAPI', keytab => '\(keytab)', principal => '\(principal)'"
    }

    fileprivate static let account = "rollcall"

    /// A slapd that takes tickets of the realm, and reads `rollcall` as the reader.
    private static func slapd(_ kdc: KDC, tls: Bool = false, _ more: String = "") throws -> Slapd {
        let keytab = try kdc.add("ldap/localhost", to: "ldap.keytab")
        return try Slapd(
            LDIF.people(3), tls: tls,
            globals: """
                sasl-host localhost
                sasl-realm \(KDC.realm)
                authz-regexp "^uid=rollcall,(cn=[^,]+,)?cn=gssapi,cn=auth$" "\(Slapd.reader)"
                \(more)
                """, environment: kdc.environment.merging(["KRB5_KTNAME": keytab]) { $1 })
    }

    @Test func `given a keytab, when a cycle runs, then its account reads over an encrypted channel`() throws {
        let kdc = try KDC()
        let slapd = try Self.slapd(kdc)
        let keytab = try kdc.add(Self.account, to: "rollcall.keytab")
        let rollcall = try Rollcall(Self.backEnd("ldap://localhost:\(slapd.port)", Self.kerberos(keytab)))
        let outcome = try rollcall("run", "--once", environment: kdc.environment)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try rollcall.query("SELECT count(*) FROM customer_user") == [["3"]])
        #expect(slapd.log.contains("BIND dn=\"\(Slapd.reader)\" mech=GSSAPI bind_ssf=256 ssf=256"), "\(slapd.log)")
    }

    @Test(arguments: ["", "sasl-cbinding tls-endpoint"])
    func `given a keytab and TLS, when a cycle runs, then nothing is encrypted twice`(binding: String) throws {
        let kdc = try KDC()
        let slapd = try Self.slapd(kdc, tls: true, binding)
        let sasl = Self.kerberos(try kdc.add(Self.account, to: "rollcall.keytab"))
        // libldap takes 'localhost' for the machine's own name, which the certificate does not have.
        let backEnd = Self.backEnd("ldaps://localhost:\(slapd.tlsPort)", sasl, "Params => { verify => 'none' },")
        let outcome = try Rollcall(backEnd)("run", "--once", environment: kdc.environment)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(slapd.log.contains("BIND dn=\"\(Slapd.reader)\" mech=GSSAPI bind_ssf=0 ssf=256"), "\(slapd.log)")
    }

    @Test func `given a server that expects a ticket of another channel, when a cycle runs, then it sees that`() throws {
        let kdc = try KDC()
        let binding = "sasl-cbinding tls-unique\nTLSCipherSuite NORMAL:-VERS-TLS1.3"
        let slapd = try Self.slapd(kdc, tls: true, binding)
        let sasl = Self.kerberos(try kdc.add(Self.account, to: "rollcall.keytab"))
        let backEnd = Self.backEnd("ldaps://localhost:\(slapd.tlsPort)", sasl, "Params => { verify => 'none' },")
        let errors = try Self.failure(backEnd, environment: kdc.environment)
        #expect(errors.contains("bind by SASL GSSAPI failed: Invalid credentials (49)"), "\(errors)")
        #expect(slapd.log.contains("Incorrect channel bindings were supplied"), "\(slapd.log)")
    }

    @Test func `given two back ends with accounts of their own, when a cycle runs, then each reads as its own`() throws {
        let kdc = try KDC()
        let map = "authz-regexp \"^uid=second,(cn=[^,]+,)?cn=gssapi,cn=auth$\" \"\(LDIF.dn(LDIF.login(1)))\""
        let slapd = try Self.slapd(kdc, map)
        let host = "ldap://localhost:\(slapd.port)"
        let (first, second) = (try kdc.add("rollcall", to: "1.keytab"), try kdc.add("second", to: "2.keytab"))
        let other = Self.backEnd(host, Self.kerberos(second, "second@\(KDC.realm)"))
            .replacingOccurrences(of: "{CustomerUser}", with: "{CustomerUser2}")
        let rollcall = try Rollcall(Self.backEnd(host, Self.kerberos(first)) + other)
        let cache = ["KRB5CCNAME": "FILE:" + kdc.folder["tickets"]]
        let outcome = try rollcall("run", "--once", environment: kdc.environment.merging(cache) { $1 })
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(slapd.log.contains("BIND dn=\"\(Slapd.reader)\" mech=GSSAPI"), "\(slapd.log)")
        #expect(slapd.log.contains("BIND dn=\"\(LDIF.dn(LDIF.login(1)))\" mech=GSSAPI"), "\(slapd.log)")
        #expect(!FileManager.default.fileExists(atPath: kdc.folder["tickets"]))
    }

    /// A realm in which everything works, and ways to spoil it.
    private struct Realm {
        let kdc: KDC
        let slapd: Slapd
        let keytab: String
        var host: String { "ldap://localhost:\(slapd.port)" }

        init() throws {
            kdc = try KDC()
            slapd = try SASLTests.slapd(kdc)
            keytab = try kdc.add(SASLTests.account, to: "rollcall.keytab")
        }

        /// What a cycle says that cannot bind.
        func failure(_ keytab: String? = nil, _ principal: String = "rollcall@\(KDC.realm)", more: String = "") throws -> String
        {
            let sasl = SASLTests.kerberos(keytab ?? self.keytab, principal) + more
            return try SASLTests.failure(SASLTests.backEnd(host, sasl), environment: kdc.environment)
        }

        func configure(_ text: String) throws {
            try text.write(toFile: kdc.folder["krb5.conf"], atomically: true, encoding: .utf8)
        }
    }

    @Test func `given a keytab that cannot be used, when a cycle runs, then cause and remedy are named`() throws {
        let realm = try Realm()
        let step = "\(realm.host): getting a Kerberos ticket failed: "
        let missing = try realm.failure("/none.keytab")
        #expect(
            missing.contains(
                step + "the keytab /none.keytab cannot be read: No such file or directory. Correct SASL.keytab, or let the "
                    + "service user read it."), "\(missing)")
        let (text, none) = (realm.slapd.folder["slapd.conf"], try realm.failure(realm.slapd.folder["slapd.conf"]))
        #expect(none.contains(step + "the keytab \(text) is no keytab. Make it with ktutil, kadmin or ktpass."), "\(none)")
        let other = try realm.failure(nil, "other@\(KDC.realm)")
        #expect(
            other.contains(
                step
                    + "the keytab \(realm.keytab) has no key of other@\(KDC.realm). 'klist -kt \(realm.keytab)' shows whose it "
                    + "has: correct SASL.principal, or make the keytab anew."), "\(other)")
        try realm.kdc.administrate("cpw -randkey rollcall")
        let old = try realm.failure()
        #expect(
            old.contains(
                step + "Decrypt integrity check failed. The key in \(realm.keytab) is not the account's any more: make the "
                    + "keytab anew."), "\(old)")
    }

    @Test func `given an account that Kerberos refuses, when a cycle runs, then cause and remedy are named`() throws {
        let realm = try Realm()
        let step = "\(realm.host): getting a Kerberos ticket failed: "
        try realm.kdc.administrate("modprinc -allow_tix rollcall")
        let locked = try realm.failure()
        #expect(
            locked.contains(
                step + "Client's credentials have been revoked. Unlock or renew the account rollcall@\(KDC.realm)."),
            "\(locked)")
        try realm.kdc.administrate("delprinc -force rollcall")
        let gone = try realm.failure()
        #expect(
            gone.contains(
                step + "Client 'rollcall@\(KDC.realm)' not found in Kerberos database. Correct SASL.principal, or create the "
                    + "account."), "\(gone)")
    }

    @Test func `given a server without its part, when a cycle runs, then cause and remedy are named`() throws {
        let realm = try Realm()
        let asOther = try realm.failure(more: ", authzid => 'u:admin'")
        #expect(
            asOther.contains(
                "bind by SASL GSSAPI failed: Insufficient access (50): SASL(-14): authorization failure: not authorized. The "
                    + "server's log tells more"), "\(asOther)")
        try realm.kdc.administrate("cpw -randkey ldap/localhost")
        let refused = try realm.failure()
        #expect(
            refused.contains("bind by SASL GSSAPI failed: Invalid credentials (49)")
                && refused.contains("its own keytab may be old or unreadable for it, its clock may be wrong"), "\(refused)")
        try realm.kdc.administrate("delprinc -force ldap/localhost")
        let unknown = try realm.failure()
        #expect(
            unknown.contains(
                "Server ldap/localhost@\(KDC.realm) not found in Kerberos database. Kerberos knows no ldap/localhost: write "
                    + "the name in Host by which the server has its principal, or give it one."), "\(unknown)")
        #expect(!realm.slapd.log.contains("method=128"))
    }

    @Test func `given a Kerberos that cannot be asked, when a cycle runs, then it ends in time and says why`() throws {
        let realm = try Realm()
        try realm.configure(KDC.clientConfiguration(try FreePort.take()))
        let nobody = try realm.failure()
        #expect(
            nobody.contains(
                "Cannot contact any KDC for realm '\(KDC.realm)'. Check the realm's Kerberos servers in /etc/krb5.conf or in "
                    + "DNS, and port 88 from here."), "\(nobody)")
        try realm.configure("[libdefaults\n")
        #expect(try realm.failure().contains("Improper format of Kerberos configuration file. Correct /etc/krb5.conf."))
    }

    @Test func `given servers that hang, when a cycle runs, then each wait ends in time`() throws {
        let realm = try Realm()
        let proxy = try FaultProxy(to: realm.slapd.port, .stall(afterBytes: 20))
        let hasty = { (port: Int) in
            try Self.failure(
                Self.backEnd("ldap://localhost:\(port)", Self.kerberos(realm.keytab), "Params => { timeout => 1 },"),
                environment: realm.kdc.environment)
        }
        let bind = try hasty(proxy.port)
        #expect(bind.contains("bind by SASL GSSAPI failed: no answer within 1 s."), "\(bind)")
        realm.kdc.hang()
        let ticket = try hasty(realm.slapd.port)
        #expect(
            ticket.contains("getting a Kerberos ticket failed: no answer from the Kerberos server within 1 s."), "\(ticket)")
    }
}
