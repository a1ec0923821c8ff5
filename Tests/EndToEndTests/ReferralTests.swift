import Support
import Testing

/// Parts of the tree on other servers.
@Suite struct ReferralTests {
    private static let branch = "ou=branch,\(Slapd.people)"

    /// A server with two people of its own below a branch that another one refers to.
    private func holder() throws -> Slapd {
        try Slapd(
            "dn: \(Self.branch)\nobjectClass: organizationalUnit\nou: branch\n\n"
                + LDIF.person("away1", below: Self.branch) + LDIF.person("away2", below: Self.branch))
    }

    private func referrer(to uri: String, base: String = branch) throws -> Slapd {
        try Slapd(
            LDIF.people(10) + "dn: \(Self.branch)\nobjectClass: referral\nobjectClass: extensibleObject\nou: branch\n"
                + "ref: \(uri)/\(base)\n\n")
    }

    @Test func `given a referral to a listed server, when cycles run, then its people are mirrored and may leave`() throws {
        let holder = try holder()
        let slapd = try referrer(to: holder.uri)
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.uri, more: "FollowReferrals => ['\(holder.uri)'],"))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try rollcall.query("SELECT count(*) FROM customer_user WHERE valid_id = 1") == [["12"]])
        #expect(holder.log.contains("BIND dn=\"\(Slapd.reader)\""))
        try holder.modify("dn: cn=away1,\(Self.branch)\nchangetype: delete\n\n")
        #expect(try rollcall.cycle().status == 0)
        #expect(try rollcall.query("SELECT login FROM customer_user WHERE valid_id <> 1") == [["away1"]])
        #expect(try rollcall.cycle().errors.contains("nothing changed"))
    }

    @Test func `given a referral to a server that is not listed, when a cycle runs, then it is told nothing`() throws {
        let holder = try holder()
        let slapd = try referrer(to: holder.uri)
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.uri, more: "FollowReferrals => ['ldap://127.0.0.2'],"))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the server referred to another server for a part of the tree"), "\(outcome.errors)")
        #expect(!holder.log.contains("conn="))
    }

    @Test func `given a listed server that is down, when a cycle runs, then nobody is removed`() throws {
        let holder = try holder()
        let slapd = try referrer(to: holder.uri)
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.uri, more: "FollowReferrals => ['\(holder.uri)'],"))
        #expect(try rollcall.cycle().status == 0)
        try holder.stop()
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("\(holder.uri): connecting failed"), "\(outcome.errors)")
        #expect(try rollcall.query("SELECT count(*) FROM customer_user WHERE valid_id = 1") == [["12"]])
    }

    @Test func `given a server that refers to itself, when a cycle runs, then it comes to an end`() throws {
        let port = try FreePort.take()
        let slapd = try referrer(to: "ldap://127.0.0.1:\(port)")
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.uri, more: "FollowReferrals => ['\(slapd.uri)'],"))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the server referred to another server"), "\(outcome.errors)")
    }
}
