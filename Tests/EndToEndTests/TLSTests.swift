import Foundation
import Support
import Testing

/// Trusted channels: what is refused, what the error says, and that nothing goes on without one.
@Suite struct TLSTests {
    private static let usualSubject = "CN=127.0.0.1,O=test"

    private static func options(_ slapd: Slapd, _ more: String = "") -> String {
        "Params => { timeout => 5, cafile => '\(slapd.folder["ca.pem"])', \(more) },"
    }

    /// The last line of the errors of one cycle that cannot read its back end.
    private static func failure(_ backEnd: String) throws -> String {
        let outcome = try Rollcall(backEnd).cycle()
        #expect(outcome.status == 1, "\(outcome.errors)")
        return outcome.errors
    }

    @Test(arguments: [
        (
            Certificates.Kind.expired,
            "the certificate '\(usualSubject)' expired on 2020-02-01 00:00:00 UTC. Renew it on the server, or set the clock of "
                + "this machine, which says 20"
        ),
        (
            .notYetValid,
            "the certificate '\(usualSubject)' is not valid before 2098-01-01 00:00:00 UTC. Renew it on the server, or set the "
                + "clock of this machine, which says 20"
        ),
        (
            .expiredBetween,
            "the certificate 'CN=test between,O=test' expired on 2020-02-01 00:00:00 UTC. Renew it on the server, or set the "
                + "clock of this machine, which says 20"
        ),
        (
            .otherName,
            "the certificate is not for '127.0.0.1': it has 'other.example', '*.acme.example', '192.0.2.1'. Write one of its "
                + "names in Host, or have it issued for '127.0.0.1'."
        ),
        (
            .otherAuthority,
            "the certificate '\(usualSubject)' leads to the authority 'CN=test other-ca,O=test', which is not in FOLDER/ca.pem. "
                + "Name that authority's certificate with Params.Params.cafile, or correct the server's chain."
        ),
        (
            .selfSigned,
            "the certificate '\(usualSubject)' is signed by itself, and is not among the authorities in FOLDER/ca.pem. Have the "
                + "server show one of an authority, or name this certificate with Params.Params.cafile."
        ),
    ])
    func `given a certificate that cannot be trusted, when a cycle runs, then it is said what is wrong with it`(
        kind: Certificates.Kind, message: String
    ) throws {
        let slapd = try Slapd(LDIF.people(1), tls: true, certificate: kind)
        let reason = message.replacingOccurrences(of: "FOLDER", with: slapd.folder.path)
        let direct = try Self.failure(Settings.backEnd(host: slapd.tlsURI, parameters: Self.options(slapd)))
        #expect(direct.contains("\(slapd.tlsURI): TLS handshake failed: \(reason)"), "\(direct)")
        let started = try Self.failure(
            Settings.backEnd(host: slapd.uri, parameters: Self.options(slapd) + "StartTLS => 'require',"))
        #expect(started.contains("\(slapd.uri): TLS handshake failed: \(reason)"), "\(started)")
        #expect(!slapd.log.contains("BIND dn"), "\(slapd.log)")
    }

    @Test func `given everything wrong with a certificate, when a cycle runs, then all of it is said at once`() throws {
        let slapd = try Slapd(LDIF.people(1), tls: true, certificate: .allWrong)
        let errors = try Self.failure(Settings.backEnd(host: slapd.tlsURI, parameters: Self.options(slapd)))
        #expect(
            errors.contains(
                "the certificate '\(Self.usualSubject)' expired on 2020-02-01 00:00:00 UTC; the certificate '\(Self.usualSubject)' "
                    + "leads to the authority 'CN=test other-ca,O=test', which is not in \(slapd.folder["ca.pem"]); the "
                    + "certificate is not for '127.0.0.1': it has 'other.example'. Renew it"), "\(errors)")
    }

    @Test func `given TLS, when the certificate is trusted, then it is read, and a probe tells the certificate`() throws {
        let slapd = try Slapd(LDIF.people(3), tls: true)
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.tlsURI, parameters: Self.options(slapd)))
        #expect(try rollcall.cycle().status == 0)
        let checked = try run(Rollcall.program, ["check", "--connect", rollcall.configuration])
        #expect(checked.output.contains("    certificate       '\(Self.usualSubject)', valid until 20"), "\(checked.output)")
        try rollcall.configure(
            Settings.backEnd(host: slapd.uri, parameters: Self.options(slapd) + "StartTLS => 'require',"))
        #expect(try rollcall.cycle().status == 0)
        #expect(slapd.log.contains("STARTTLS"))
    }

    @Test func `given no authorities of its own, when a back end is read, then the system's count`() throws {
        let slapd = try Slapd(LDIF.people(3), tls: true)
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.tlsURI))
        let authority = ["LDAPTLS_CACERT": slapd.folder["ca.pem"]]
        #expect(try rollcall("run", "--once", environment: authority).status == 0)
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains(
                "leads to the authority 'CN=test ca,O=test', which is not in /etc/ssl/certs/ca-certificates.crt. Name that"),
            "\(outcome.errors)")
    }

    @Test func `given a certificate that expires soon, when probed, then subject, moment and a warning are told`() throws {
        let slapd = try Slapd(LDIF.people(1), tls: true, certificate: .endsSoon)
        let backEnd = Settings.backEnd(host: slapd.tlsURI, parameters: Self.options(slapd))
        let checked = try Checked(backEnd, "--connect")
        #expect(checked.status == 0, "\(checked.output)")
        let until = try #require(checked.lines("certificate").first?.components(separatedBy: "valid until ").last)
        #expect(until.contains(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC$/))
        #expect(checked.lines("certificate") == ["'\(Self.usualSubject)', valid until \(until)"])
        #expect(
            checked.lines("warning") == [
                "the certificate '\(Self.usualSubject)' expires in 19 days, on \(until). Renew it on the server."
            ])
        let json = try Checked(backEnd, "--connect", "--json").output
        #expect(json.contains("\"certificate\":{\"subject\":\"\(Self.usualSubject)\",\"valid_until\":\"20"), "\(json)")
    }

    @Test func `given that nothing is verified, when a back end is read, then that was written and is a warning`() throws {
        let slapd = try Slapd(LDIF.people(1), tls: true, certificate: .allWrong)
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.tlsURI, parameters: "Params => { verify => 'none' },"))
        #expect(try rollcall.cycle().status == 0)
        let checked = try run(Rollcall.program, ["check", "--strict", rollcall.configuration])
        #expect(checked.status == 2)
        #expect(checked.errors.contains("warning: CustomerUser Params.Params.verify is 'none': anybody on the way can pose"))
    }

    @Test func `given that TLS is required, when a back end has none, then the configuration cannot be used`() throws {
        let require = "$Self->{'Rollcall::RequireTLS'} = 1;\n"
        let checked = try Checked(require + Settings.backEnd(host: "ldap.acme.example"))
        #expect(checked.status == 2)
        #expect(
            checked.errors.contains(
                "error: CustomerUser Params.Host sends the bind password to ldap://ldap.acme.example:389 in plain text, which "
                    + "Rollcall::RequireTLS forbids. Write ldaps://, or add StartTLS => 'require'."), "\(checked.errors)")
    }

    // MARK: Servers that do not go through with it

    @Test func `given a server without TLS, when a cycle runs, then this is said`() throws {
        let slapd = try Slapd(LDIF.people(1))
        let host = "ldaps://127.0.0.1:\(slapd.port)"
        let errors = try Self.failure(Settings.backEnd(host: host))
        #expect(
            errors.contains(
                "\(host): TLS handshake failed: the server speaks no TLS on this port. Write the port of ldaps://, which "
                    + "usually is 636, or use ldap:// with StartTLS => 'require'."), "\(errors)")
    }

    @Test func `given a server that refuses StartTLS, when a cycle runs, then nothing is sent in plain text`() throws {
        let slapd = try Slapd(LDIF.people(1))
        let errors = try Self.failure(Settings.backEnd(host: slapd.uri, parameters: "StartTLS => 'require',"))
        #expect(
            errors.contains("\(slapd.uri): StartTLS failed: Protocol error (2): unsupported extended operation."), "\(errors)")
        #expect(!slapd.log.contains("BIND dn"))
    }

    /// RFC 4511 section 4.14.2: success for message 1.
    private static let startTLSAccepted: [UInt8] = [
        0x30, 0x0C, 0x02, 0x01, 0x01, 0x78, 0x07, 0x0A, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00,
    ]

    @Test(arguments: [
        (ScriptedServer.Ending.hangUp, "the server agrees to StartTLS and then speaks no TLS. Look at the server's log"),
        (.stall, "no answer within 1 s. Check that the server is alive"),
    ])
    func `given StartTLS that is agreed to and does not come, when a cycle runs, then nothing is sent in plain text`(
        ending: ScriptedServer.Ending, message: String
    ) throws {
        let garbage = Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)
        let answers = [Self.startTLSAccepted] + (ending == .hangUp ? [garbage] : [])
        let server = try ScriptedServer(answers, then: ending)
        let errors = try Self.failure(
            Settings.backEnd(
                host: "ldap://127.0.0.1:\(server.port)", parameters: "StartTLS => 'require', Params => { timeout => 1 },"))
        #expect(errors.contains("ldap://127.0.0.1:\(server.port): TLS handshake failed: \(message)"), "\(errors)")
        let sent = String(decoding: server.received, as: UTF8.self)
        #expect(sent.contains("1.3.6.1.4.1.1466.20037"))
        #expect(!sent.contains(Slapd.password) && !sent.contains("cn=reader"), "\(sent)")
    }

    @Test func `given a second look that stalls, when a cycle runs, then it ends in time with what is known`() throws {
        let slapd = try Slapd(LDIF.people(1), tls: true, certificate: .otherAuthority)
        let proxy = try FaultProxy(to: slapd.tlsPort, .stall(afterBytes: 100), from: 1)
        let host = "ldaps://127.0.0.1:\(proxy.port)"
        let errors = try Self.failure(
            Settings.backEnd(
                host: host, parameters: "Params => { timeout => 5, cafile => '\(slapd.folder["ca.pem"])' },"))
        #expect(errors.contains("\(host): TLS handshake failed: "), "\(errors)")
        #expect(errors.contains("issued for this host name by an authority in \(slapd.folder["ca.pem"])"), "\(errors)")
    }

    // MARK: Files

    @Test(arguments: [
        (
            "cafile => 'FOLDER/none.pem'",
            "FOLDER/none.pem cannot be read: No such file or directory. Check the path and the rights"
        ),
        ("capath => 'FOLDER/none'", "FOLDER/none cannot be read: No such file or directory. Check the path and the rights"),
        (
            "cafile => 'FOLDER/server.key'",
            "FOLDER/server.key holds no certificate of an authority in PEM form. Put the authority's certificate there"
        ),
        ("capath => 'FOLDER/db'", "FOLDER/db holds no certificate of an authority in PEM form."),
        (
            "cafile => 'FOLDER/ca.pem', clientcert => 'FOLDER/none.pem', clientkey => 'FOLDER/c.key'",
            "FOLDER/none.pem cannot be read: No such file or directory."
        ),
        (
            "cafile => 'FOLDER/ca.pem', clientcert => 'FOLDER/c.pem', clientkey => 'FOLDER/server.key'",
            "the key in FOLDER/server.key does not belong to the certificate in FOLDER/c.pem. Let clientcert and clientkey name"
        ),
        (
            "cafile => 'FOLDER/ca.pem', clientcert => 'FOLDER/slapd.conf', clientkey => 'FOLDER/c.key'",
            "FOLDER/slapd.conf and FOLDER/c.key cannot be used as certificate and key: "
        ),
        (
            "cafile => 'FOLDER/ca.pem', clientcert => 'FOLDER/c.pem', clientkey => 'FOLDER/locked.key'",
            "the key in FOLDER/locked.key is protected by a passphrase. Store it without one"
        ),
    ])
    func `given a file that cannot be used, when a cycle runs, then file and reason are named`(
        options: String, message: String
    ) throws {
        let slapd = try Slapd(LDIF.people(1), tls: true)
        try Certificates.makeClient("c", subject: "/O=test/CN=client", in: slapd.folder)
        try succeed(
            "/usr/bin/openssl",
            ["pkcs8", "-topk8", "-in", slapd.folder["c.key"], "-out", slapd.folder["locked.key"], "-passout", "pass:secret"])
        let here = { (text: String) in text.replacingOccurrences(of: "FOLDER", with: slapd.folder.path) }
        let errors = try Self.failure(
            Settings.backEnd(host: slapd.tlsURI, parameters: here("Params => { \(options) },")))
        #expect(errors.contains("\(slapd.tlsURI): TLS failed: \(here(message))"), "\(errors)")
    }

    // MARK: Client certificates

    private static let demand = "TLSVerifyClient demand"

    private static func client(_ slapd: Slapd, _ name: String) -> String {
        options(slapd, "clientcert => '\(slapd.folder[name + ".pem"])', clientkey => '\(slapd.folder[name + ".key"])',")
    }

    @Test(arguments: ["", "TLSProtocolMin 3.3\nTLSCipherSuite NORMAL:-VERS-TLS1.3"])
    func `given a server that wants a client certificate, when there is a good one it is read, and else it is said`(
        protocols: String
    ) throws {
        let slapd = try Slapd(LDIF.people(1), tls: true, globals: Self.demand + "\n" + protocols)
        try Certificates.makeClient("good", subject: "/O=test/CN=good", in: slapd.folder)
        try Certificates.makeAuthority("foreign", in: slapd.folder)
        try Certificates.makeClient("bad", subject: "/O=test/CN=bad", authority: "foreign", in: slapd.folder)
        try Certificates.makeClient("old", subject: "/O=test/CN=old", isExpired: true, in: slapd.folder)
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.tlsURI, parameters: Self.client(slapd, "good")))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let none = try Self.failure(Settings.backEnd(host: slapd.tlsURI, parameters: Self.options(slapd)))
        #expect(
            none.contains(
                "\(slapd.tlsURI): TLS handshake failed: the server wants a client certificate, and there is none. Name one that "
                    + "the server accepts, and its key, with Params.Params.clientcert and clientkey."), "\(none)")
        let bad = try Self.failure(Settings.backEnd(host: slapd.tlsURI, parameters: Self.client(slapd, "bad")))
        #expect(
            bad.contains(
                "TLS handshake failed: the server refuses the client certificate 'CN=bad,O=test' from 'CN=test foreign,O=test'"),
            "\(bad)")
        let old = try Self.failure(Settings.backEnd(host: slapd.tlsURI, parameters: Self.client(slapd, "old")))
        #expect(old.contains("'CN=old,O=test' from 'CN=test ca,O=test'"), "\(old)")
        #expect(old.contains(": it expired on 2020-02-01 00:00:00 UTC. Renew it, or set the clock of this machine"), "\(old)")
    }
}
