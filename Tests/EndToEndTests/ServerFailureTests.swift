import Foundation
import Support
import Testing

/// Servers that fail while the daemon runs: what it says, what it leaves alone, and that it goes on by itself.
@Suite struct ServerFailureTests {
    /// Two back ends: the first server is the one that stays well.
    private static func settings(_ well: Slapd, _ other: String, interval: Int = 1, parameters: String = "") -> String {
        "$Self->{'Rollcall::Interval'} = \(interval);\n" + Settings.backEnd("CustomerUser1", host: well.uri)
            + Settings.backEnd("CustomerUser2", host: other, parameters: parameters)
    }

    private static let slow = "Check that the server is alive, or give it longer with Params.Params.timeout."

    /// The daemon's words for a back end that it could not read.
    private static func unread(_ slot: String, _ reason: String) -> String {
        "error: back end could not be read, its people stay as they are back_end=\(slot) reason=\"\(reason)"
    }

    private static func other(_ count: Int) -> String { (0..<count).map { LDIF.person("other\($0)") }.joined() }

    @Test
    func `given one of two servers hangs, when it is given up, then the other's changes go on, and it comes back by itself`()
        throws
    {
        let well = try Slapd(LDIF.people(3))
        let hung = try Slapd(Self.other(3))
        let rollcall = try Rollcall(Self.settings(well, hung.uri, parameters: "Params => { timeout => 5 },"))
        let daemon = try rollcall.start("--log-level", "info")
        try daemon.waitForErrors("cycle 1: 6 people read")
        hung.hang()
        try daemon.waitForErrors("\(hung.uri): search below '' failed: no answer within 5 s. \(Self.slow)")
        for number in 0..<3 {
            try well.modify(LDIF.replace("u0000\(number)", "telephoneNumber", "2"))
            try daemon.waitForChange("customer-user-updated u0000\(number)")
        }
        try daemon.waitForErrors(
            Self.unread(
                "CustomerUser2", "\(hung.uri): search below '' failed: no answer within 5 s. \(Self.slow) Tried again in "))
        #expect(try rollcall("status").output.contains("  failure       \(hung.uri): "))
        hung.resume()
        try daemon.waitForErrors("the directory answers again back_end=CustomerUser2")
        try hung.modify(LDIF.replace("other1", "telephoneNumber", "2"))
        try daemon.waitForChange("customer-user-updated other1")
        try daemon.waitForErrors("people read, 1 updated\"\n")
        #expect(try daemon.stopDaemon().status == 0)
        #expect(try !rollcall("status").output.contains("failure"))
    }

    @Test func `given one of two servers hangs, when it is still waited for, then the other's changes are in the change log`()
        throws
    {
        let well = try Slapd(LDIF.people(3))
        let hung = try Slapd(Self.other(3))
        let rollcall = try Rollcall(
            Self.settings(well, hung.uri, interval: 3600, parameters: "Params => { timeout => 3600 },"))
        let daemon = try rollcall.start("--log-level", "info")
        try daemon.waitForErrors("cycle 1: 6 people read")
        hung.hang()
        try well.modify(LDIF.delete("u00001"))
        daemon.send(SIGUSR1)
        try daemon.waitForChange("customer-user-invalidated u00001")
        #expect(try rollcall.log().last?.description == "customer-user-invalidated u00001")
        #expect(!daemon.errors.contains("cycle 2:"))
        #expect(try daemon.stopDaemon().status == 0)
        #expect(try !rollcall("status").output.contains("failure"))
    }

    @Test(arguments: [0, 1])
    func `given a wrong password, when many cycles run, then it is tried once for each configuration`(persist: Int) throws {
        let slapd = try Slapd(LDIF.people(3), overlays: [.contentSync])
        let settings = { (password: String) in
            "$Self->{'Rollcall::Interval'} = 1;\n$Self->{'Rollcall::Persist'} = \(persist);\n"
                + Settings.backEnd(host: slapd.uri, password: password)
        }
        let rollcall = try Rollcall(settings("wrong"))
        let daemon = try rollcall.start()
        let refusal =
            "\(slapd.uri): bind as '\(Slapd.reader)' failed: Invalid credentials (49). Check UserDN and UserPw of the back end."
        try daemon.waitForErrors(Self.unread("CustomerUser", refusal + "\"\n"))
        try daemon.waitForErrors(
            Self.unread("CustomerUser", refusal + " Not tried again before the configuration is read again (SIGHUP)\"\n"),
            count: 6)
        #expect(slapd.binds == 1)
        try rollcall.configure(settings("also wrong"))
        daemon.send(SIGHUP)
        try daemon.waitForErrors("configuration read again")
        try daemon.waitForErrors("(SIGHUP)\"\n", count: 12)
        #expect(slapd.binds == 2)
        try rollcall.configure(settings(Slapd.password))
        daemon.send(SIGHUP)
        try daemon.waitForErrors("3 people read, 3 added")
        #expect(try daemon.stopDaemon().status == 0)
        #expect(!daemon.errors.contains("wrong'"))
    }

    @Test func `given a server ends, when it comes back on its port, then the daemon goes on, and the status tells both`()
        throws
    {
        let slapd = try Slapd(LDIF.people(3))
        let rollcall = try Rollcall("$Self->{'Rollcall::Interval'} = 1;\n" + Settings.backEnd(host: slapd.uri))
        let daemon = try rollcall.start("--log-level", "info")
        try daemon.waitForErrors("cycle 1: 3 people read")
        let refusal =
            "\(slapd.uri): connecting failed: Connection refused. Check Host and port of the back end, and that the server runs "
            + "and can be reached from here."
        try slapd.restart {
            try daemon.waitForErrors(Self.unread("CustomerUser", refusal + "\"\n"))
            try daemon.waitForErrors("the directory still cannot be reached back_end=CustomerUser problem=\"\(refusal)")
            let status = try rollcall("status")
            #expect(status.output.contains("  failure       \(refusal)"), "\(status.output)")
        }
        try daemon.waitForErrors("the directory answers again back_end=CustomerUser")
        try slapd.modify(LDIF.delete("u00001"))
        try daemon.waitForChange("customer-user-invalidated u00001")
        try daemon.waitForErrors("people read, 1 invalidated\"\n")
        #expect(try daemon.stopDaemon().status == 0)
        #expect(try !rollcall("status").output.contains("failure"))
    }

    @Test(arguments: ["ldaps", "ldap"])
    func `given a TLS server that says nothing, when it is given up, then that is said and the other back end is read`(
        scheme: String
    ) throws {
        let well = try Slapd(LDIF.people(3))
        let silent = try ScriptedServer([], then: .stall)
        let host = "\(scheme)://127.0.0.1:\(silent.port)"
        let rollcall = try Rollcall(
            Self.settings(
                well, host,
                parameters: "Params => { timeout => 2 }," + (scheme == "ldap" ? "StartTLS => 'require'," : "")))
        let daemon = try rollcall.start("--log-level", "info")
        try daemon.waitForChange("customer-user-added u00002")
        let step = scheme == "ldap" ? "StartTLS" : "TLS handshake"
        try daemon.waitForErrors(
            Self.unread("CustomerUser2", "\(host): \(step) failed: no answer within 2 s. \(Self.slow)\"\n"))
        try well.modify(LDIF.delete("u00001"))
        try daemon.waitForChange("customer-user-invalidated u00001")
        #expect(try daemon.stopDaemon().status == 0)
        #expect(!String(decoding: silent.received, as: UTF8.self).contains("cn=reader"))
    }

    @Test func `given a certificate of another authority, when cycles run, then nobody is invalidated until it is put right`()
        throws
    {
        let slapd = try Slapd(LDIF.people(3), tls: true)
        let trusted = slapd.folder["trusted.pem"]
        try FileManager.default.copyItem(atPath: slapd.folder["ca.pem"], toPath: trusted)
        let rollcall = try Rollcall(
            "$Self->{'Rollcall::Interval'} = 1;\n"
                + Settings.backEnd(host: slapd.tlsURI, parameters: "Params => { cafile => '\(trusted)' },"))
        let daemon = try rollcall.start("--log-level", "info")
        try daemon.waitForErrors("cycle 1: 3 people read")
        try slapd.restart { try Certificates.makeServer(.otherAuthority, in: slapd.folder) }
        try slapd.modify(LDIF.delete("u00001"))
        try daemon.waitForErrors(
            "\(slapd.tlsURI): TLS handshake failed: the certificate 'CN=127.0.0.1,O=test' leads to the authority "
                + "'CN=test other-ca,O=test', which is not in \(trusted). Name that authority's certificate with "
                + "Params.Params.cafile, or correct the server's chain.")
        try daemon.waitForErrors("1 back end not read", count: 2)
        #expect(!slapd.log.contains("BIND dn=\"\(Slapd.reader)\""))
        #expect(try rollcall.query("SELECT count(*) FROM customer_user WHERE valid_id = 1") == [["3"]])
        try slapd.folder.write(String(contentsOfFile: slapd.folder["other-ca.pem"], encoding: .utf8), to: "trusted.pem")
        try daemon.waitForChange("customer-user-invalidated u00001")
        #expect(try daemon.stopDaemon().status == 0)
    }
}

extension Slapd {
    /// How often the reader has tried to bind.
    fileprivate var binds: Int { log.components(separatedBy: "BIND dn=\"\(Slapd.reader)\" method=128").count - 1 }
}
