import Foundation
import Support
import Testing

/// What goes wrong with a directory: it is reported, nobody is removed, and the next good cycle repairs everything.
@Suite struct FaultTests {
    private static let people = 3000

    /// A Rollcall that has mirrored `count` people of a slapd.
    private static func mirrored(_ slapd: Slapd, _ backEnd: String) throws -> Rollcall {
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.uri))
        let outcome = try rollcall.cycle()
        guard outcome.status == 0 else { throw TestFailure(outcome.errors) }
        try rollcall.configure(backEnd)
        return rollcall
    }

    private static func valid(_ rollcall: Rollcall) throws -> Int {
        Int(try rollcall.query("SELECT count(*) FROM customer_user WHERE valid_id = 1")[0][0]) ?? -1
    }

    @Test func `given a server that is down, when a cycle runs, then nobody is invalidated and the others go on`() throws {
        let slapd = try Slapd(LDIF.people(20))
        let other = try Slapd(LDIF.person("solo"))
        let backEnds =
            Settings.backEnd(host: slapd.uri) + Settings.backEnd("CustomerUser4", host: other.localURI)
        let rollcall = try Self.mirrored(slapd, backEnds)
        try slapd.stop()
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains(
                "\(slapd.uri): connecting failed: Connection refused. Check Host and port of the back end, and that the "
                    + "server runs and can be reached from here."), "\(outcome.errors)")
        #expect(try Self.valid(rollcall) == 21)
        #expect(try rollcall("status").output.contains("Connection refused"))
    }

    @Test func `given a server that hangs, when a cycle runs, then it is given up in time and nobody is invalidated`() throws {
        let slapd = try Slapd(LDIF.people(20))
        let rollcall = try Self.mirrored(
            slapd, Settings.backEnd(host: slapd.uri, parameters: "Params => { timeout => 1 },"))
        slapd.hang()
        let outcome = try rollcall.cycle()
        slapd.resume()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("failed: no answer within 1 s. Check that the server is alive"), "\(outcome.errors)")
        #expect(try Self.valid(rollcall) == 20)
        try rollcall.configure(Settings.backEnd(host: slapd.uri))
        #expect(try rollcall.cycle().status == 0)
    }

    @Test(arguments: [0, 1, 14, 100, 4_000, 60_000, 200_000, 500_000])
    func `given an answer that is cut, when a cycle runs, then nobody is invalidated`(bytes: Int) throws {
        let slapd = try Slapd(LDIF.people(Self.people))
        let proxy = try FaultProxy(to: slapd.port, .cut(afterBytes: bytes))
        let rollcall = try Self.mirrored(slapd, Settings.backEnd(host: "ldap://127.0.0.1:\(proxy.port)"))
        try slapd.modify(LDIF.delete("u00000"))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(try Self.valid(rollcall) == Self.people)
        try rollcall.configure(Settings.backEnd(host: slapd.uri))
        #expect(try rollcall.cycle().status == 0)
        #expect(try Self.valid(rollcall) == Self.people - 1)
    }

    @Test(arguments: [5_000, 150_000])
    func `given an answer that stalls, when a cycle runs, then it is given up in time and nobody is invalidated`(
        bytes: Int
    ) throws {
        let slapd = try Slapd(LDIF.people(Self.people))
        let proxy = try FaultProxy(to: slapd.port, .stall(afterBytes: bytes))
        let rollcall = try Self.mirrored(
            slapd, Settings.backEnd(host: "ldap://127.0.0.1:\(proxy.port)", parameters: "Params => { timeout => 1 },"))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("no answer within 1 s"), "\(outcome.errors)")
        #expect(try Self.valid(rollcall) == Self.people)
    }

    @Test func `given a TLS handshake that stalls, when a cycle runs, then it is given up in time`() throws {
        let slapd = try Slapd(LDIF.people(2), tls: true)
        let proxy = try FaultProxy(to: slapd.tlsPort, .stall(afterBytes: 100))
        let rollcall = try Self.mirrored(
            slapd,
            Settings.backEnd(
                host: "ldaps://127.0.0.1:\(proxy.port)",
                parameters: "Params => { timeout => 1, cafile => '\(slapd.folder["ca.pem"])' },"))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("TLS handshake failed: no answer within 1 s"), "\(outcome.errors)")
    }

    @Test func `given a size limit, when a cycle runs, then the reading is partial and nobody is invalidated`() throws {
        let slapd = try Slapd(
            LDIF.people(Self.people), configuration: "limits dn.exact=\"\(Slapd.reader)\" size.soft=2500 size.hard=2500")
        let unlimited = Settings.backEnd(host: slapd.uri).replacingOccurrences(
            of: "UserDN => '\(Slapd.reader)'", with: "UserDN => '\(Slapd.administrator)'")
        let rollcall = try Rollcall(unlimited)
        #expect(try rollcall.cycle().status == 0)
        try rollcall.configure(Settings.backEnd(host: slapd.uri))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains(
                "reading was cut short: the server stopped with Size limit exceeded (4). Raise the limit for the bind account."),
            "\(outcome.errors)")
        #expect(try Self.valid(rollcall) == Self.people)
        #expect(try rollcall("status", "--json").output.contains("\"coverage\":\"partial\""))
    }

    @Test func `given only answers without pages are cut short, when cycles run, then everybody is read, and once`() throws {
        let slapd = try Slapd(
            LDIF.people(Self.people),
            configuration: "limits dn.exact=\"\(Slapd.reader)\" size.soft=500 size.hard=500 size.prtotal=unlimited")
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.uri))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("\(Self.people) people read, \(Self.people) added"), "\(outcome.errors)")
        #expect(try Self.valid(rollcall) == Self.people)
        let log = try rollcall.wholeLog()
        #expect(log.map(\.sequence) == Array(1...log.count))
        #expect(log.count { $0.action == "customer-user-added" } == Self.people)
        #expect(try rollcall.cycle().errors.contains("\(Self.people) people read, nothing changed"))
    }

    @Test func `given a referral to another server, when a cycle runs, then the reading is partial`() throws {
        let slapd = try Slapd(
            LDIF.people(10)
                + "dn: ou=elsewhere,\(Slapd.people)\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\n"
                + "ref: ldap://127.0.0.1:1/ou=people,dc=other\n\n")
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.uri))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the server referred to another server"), "\(outcome.errors)")
        #expect(try Self.valid(rollcall) == 10)
    }

    @Test func `given an account that suddenly sees nobody, when a cycle runs, then everybody is held`() throws {
        let slapd = try Slapd(LDIF.people(4))
        let rollcall = try Self.mirrored(slapd, Settings.backEnd(host: slapd.uri, base: "ou=groups,\(Slapd.suffix)"))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("the directory returned nobody, where the mirror has 4."), "\(outcome.errors)")
        #expect(try Self.valid(rollcall) == 4)
        #expect(try rollcall("users", "--held").output.split(separator: "\n").count == 4)
    }

    @Test func `given more leavers than the limit, when cycles run, then all are held until they are back`() throws {
        let slapd = try Slapd(LDIF.people(40))
        let rollcall = try Self.mirrored(slapd, Settings.backEnd(host: slapd.uri))
        let leavers = (0..<10).map { LDIF.login($0) }
        try slapd.modify(leavers.map { LDIF.delete($0) }.joined())
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 3)
        #expect(
            outcome.errors.contains("10 of 40 people are missing, more than the 8 that RemovalLimit allows."),
            "\(outcome.errors)")
        #expect(try Self.valid(rollcall) == 40)
        #expect(try rollcall.log().suffix(10).allSatisfy { $0.action == "customer-user-removal-held" })
        #expect(!slapd.log.contains("(entryUUID="))
        let records = try rollcall.log().count
        #expect(try rollcall.cycle().status == 3)
        #expect(try rollcall.log().count == records)
        try rollcall.configure("$Self->{'Rollcall::RemovalLimit'} = 10;\n" + Settings.backEnd(host: slapd.uri))
        #expect(try rollcall.cycle().status == 0)
        #expect(slapd.log.contains("(entryUUID="))
        #expect(try Self.valid(rollcall) == 30)
    }

    @Test(arguments: [
        (
            "wrong password",
            "bind as '\(Slapd.reader)' failed: Invalid credentials (49). Check UserDN and UserPw of the back end."
        ),
        ("wrong base", "search below 'ou=nowhere,\(Slapd.suffix)' failed: No such object (32). Check BaseDN of the back end"),
    ])
    func `given a wrong setting, when a cycle runs, then cause and remedy are named`(fault: String, message: String) throws {
        let slapd = try Slapd(LDIF.people(5))
        let backEnd =
            fault == "wrong password"
            ? Settings.backEnd(host: slapd.uri, password: "wrong")
            : Settings.backEnd(host: slapd.uri, base: "ou=nowhere,\(Slapd.suffix)")
        let rollcall = try Self.mirrored(slapd, backEnd)
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(!outcome.errors.contains("'wrong'"))
        #expect(try Self.valid(rollcall) == 5)
    }

    @Test func `given several hosts, when the first is down, then the next is read`() throws {
        let slapd = try Slapd(LDIF.people(3))
        let nobody = "ldap://127.0.0.1:\(try FreePort.take())"
        let backEnd = Settings.backEnd(host: slapd.uri).replacingOccurrences(
            of: "Host => '\(slapd.uri)'", with: "Host => [ '\(nobody)', '\(slapd.uri)' ]")
        let rollcall = try Rollcall(backEnd)
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("server cannot be used, trying the next"))
        #expect(try rollcall("status").output.contains(slapd.uri))
    }

    @Test(arguments: [
        ("entryUUID", "", "some entries show no immutable id, so nobody can be called missing"),
        (
            "memberUid", "GroupDN => 'ou=groups,\(Slapd.suffix)',",
            "the server shows no memberUid at or below GroupDN ou=groups,\(Slapd.suffix)"
        ),
        ("title", "", "reading who is valid failed: nobody matches CustomerUserValidFilter."),
    ])
    func `given an account that may not read an attribute any more, when a cycle runs, then nobody is invalidated`(
        attribute: String, parameters: String, reason: String
    ) throws {
        let group =
            "dn: \(LDIF.groupDN("listed"))\nobjectClass: posixGroup\ncn: listed\ngidNumber: 1\n"
            + (0..<4).map { "memberUid: \(LDIF.login($0))\n" }.joined() + "\n"
        let slapd = try Slapd(
            (0..<4).map { LDIF.person(LDIF.login($0), ["title": "active"]) }.joined() + group,
            access: "access to attrs=\(attribute) by * none\n" + Slapd.usualAccess)
        let backEnd = Settings.backEnd(
            host: slapd.uri, parameters: parameters,
            more: attribute == "title" ? "CustomerUserValidFilter => '(title=active)'," : "")
        let rollcall = try Rollcall(
            backEnd.replacingOccurrences(of: "'\(Slapd.reader)'", with: "'\(Slapd.administrator)'"))
        #expect(try rollcall.cycle().status == 0)
        try rollcall.configure(backEnd)
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains(reason), "\(outcome.errors)")
        #expect(try Self.valid(rollcall) == 4)
    }
}
