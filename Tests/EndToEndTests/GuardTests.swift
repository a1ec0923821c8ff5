import Foundation
import Support
import Testing

/// What the removal guard holds, and how it is released.
@Suite struct GuardTests {
    /// Forty people in a mirror, under the settings that are given.
    private func mirrored(_ slapd: Slapd, _ more: String = "", parameters: String = "") throws -> Rollcall {
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.uri, parameters: parameters, more: more))
        #expect(try rollcall.cycle().status == 0)
        return rollcall
    }

    private func valid(_ rollcall: Rollcall) throws -> Int {
        try Int(rollcall.query("SELECT count(*) FROM customer_user WHERE valid_id = 1")[0][0]) ?? -1
    }

    private func leave(_ numbers: Range<Int>) -> String { numbers.map { LDIF.delete(LDIF.login($0)) }.joined() }

    @Test func `given removals are held, when all are approved, then the next cycle carries them out and says by whom`() throws
    {
        let slapd = try Slapd(LDIF.people(40))
        let rollcall = try mirrored(slapd)
        try slapd.modify(leave(0..<10))
        #expect(try rollcall.cycle().status == 3)
        let held = try rollcall("held")
        #expect(held.status == 0)
        #expect(
            held.output.hasPrefix(
                "CustomerUser: 10 of 40 people are missing, more than the 8 that RemovalLimit allows. "
                    + "If they really left, approve it with 'rollcall approve'.\n  u00000             removal, since 2"),
            "\(held.output)")
        #expect(held.output.split(separator: "\n").count == 11)
        let approval = try rollcall("approve", "CustomerUser", "--actor", "grace")
        #expect(approval.status == 0)
        #expect(
            approval.output == """
                10 removals and 0 grants of CustomerUser approved by grace.
                The next cycle takes them away, if that is still right by then.

                """)
        #expect(try valid(rollcall) == 40)
        #expect(try rollcall("held").output.contains(", approved by grace"))
        #expect(try rollcall.cycle().status == 0)
        #expect(try valid(rollcall) == 30)
        let records = try rollcall.log().suffix(20)
        #expect(records.prefix(10).allSatisfy { $0.action == "customer-user-removal-approved" })
        #expect(records.prefix(10).allSatisfy { $0.text.contains(#""rollcall":{"back_end":"CustomerUser","#) })
        #expect(records.prefix(10).allSatisfy { $0.text.contains(#""actor":"grace""#) })
        #expect(records.suffix(10).allSatisfy { $0.action == "customer-user-invalidated" })
        #expect(try rollcall("held").output == "Nothing is held.\n")
        #expect(try rollcall("approve", "CustomerUser").output == "Nothing of CustomerUser is held.\n")
    }

    @Test func `given removals are held, when one is approved, then it alone is carried out`() throws {
        let slapd = try Slapd(LDIF.people(40))
        let rollcall = try mirrored(slapd)
        try slapd.modify(leave(0..<10))
        #expect(try rollcall.cycle().status == 3)
        let wrong = try rollcall("approve", "CustomerUser", "--only", "u00001", "u00020", "nobody")
        #expect(wrong.status == 2)
        #expect(
            wrong.errors == "rollcall: error: nothing of CustomerUser is held for 'u00020', 'nobody', so nothing was approved. "
                + "'rollcall held CustomerUser' lists what is.\n")
        #expect(try rollcall("approve", "CustomerUser", "--only", "U00001").status == 0)
        #expect(try rollcall.cycle().status == 3)
        #expect(try rollcall.query("SELECT login FROM customer_user WHERE valid_id <> 1") == [["u00001"]])
        #expect(try rollcall("held", "CustomerUser", "--json").output.split(separator: "\n").count == 9)
        #expect(try rollcall("held", "CustomerUser9").output == "Nothing is held.\n")
    }

    @Test func `given an approved removal, when the person is back before the next cycle, then they stay`() throws {
        let slapd = try Slapd(LDIF.people(40))
        let rollcall = try mirrored(slapd)
        try slapd.modify(leave(0..<10))
        #expect(try rollcall.cycle().status == 3)
        #expect(try rollcall("approve", "CustomerUser").status == 0)
        try slapd.modify((0..<10).map { LDIF.add(LDIF.person(LDIF.login($0))) }.joined())
        #expect(try rollcall.cycle().status == 0)
        #expect(try valid(rollcall) == 40)
        #expect(try rollcall("held").output == "Nothing is held.\n")
    }

    @Test(arguments: [
        ("Canaries => ['U00003', 'u00004'],", "'U00003' of Canaries is not there."),
        ("Canaries => ['never'],", "'never' of Canaries is not there."),
        ("MinimumUsers => 40,", "39 people would remain, fewer than the 40 of MinimumUsers."),
    ])
    func `given what has to hold, when it does not, then even one removal is held`(more: String, reason: String) throws {
        let slapd = try Slapd(LDIF.people(40))
        let rollcall = try mirrored(slapd, more)
        try slapd.modify(LDIF.delete("u00003"))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains(reason), "\(outcome.errors)")
        #expect(try valid(rollcall) == 40)
    }

    @Test func `given the canaries are there, when somebody else leaves, then they go`() throws {
        let slapd = try Slapd(LDIF.people(40))
        let rollcall = try mirrored(slapd, "Canaries => ['u00004'], MinimumUsers => 39,")
        try slapd.modify(LDIF.delete("u00003"))
        #expect(try rollcall.cycle().status == 0)
        #expect(try valid(rollcall) == 39)
    }

    @Test func `given somebody comes and goes, when they go again within a day, then they are held and that is told`() throws {
        let slapd = try Slapd(LDIF.people(10))
        let rollcall = try mirrored(slapd)
        try slapd.modify(LDIF.delete("u00003"))
        #expect(try rollcall.cycle().status == 0)
        try slapd.modify(LDIF.add(LDIF.person("u00003")))
        #expect(try rollcall.cycle().status == 0)
        try slapd.modify(LDIF.delete("u00003") + LDIF.delete("u00004"))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("was gone, came back and is missing again within a day."), "\(outcome.errors)")
        #expect(try rollcall.query("SELECT login FROM customer_user WHERE valid_id <> 1") == [["u00004"]])
        #expect(try rollcall("approve", "CustomerUser", "--only", "u00003").status == 0)
        #expect(try rollcall.cycle().status == 0)
        #expect(try valid(rollcall) == 8)
    }

    @Test func `given an account that suddenly sees less than half, when a cycle runs, then it is not believed`() throws {
        let slapd = try Slapd(LDIF.people(40))
        let rollcall = try mirrored(slapd, "RemovalLimit => '100%',")
        try slapd.modify(leave(0..<21))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains(
                "reading is not believed: the directory shows 19 entries, where the mirror has 40 people: "
                    + "the bind account may have lost the right to read the others."), "\(outcome.errors)")
        #expect(try rollcall("status", "--json").output.contains(#""coverage":"partial""#))
        #expect(try valid(rollcall) == 40)
        #expect(try rollcall("approve", "CustomerUser").status == 0)
        _ = try rollcall.cycle()
        #expect(try valid(rollcall) == 19)
        #expect(try rollcall.cycle().status == 0)
    }

    @Test func `given the account no longer sees itself, when a cycle runs, then nobody is removed`() throws {
        let blind = "access to dn.base=\"\(Slapd.reader)\" by anonymous auth by * none\n" + Slapd.usualAccess
        let slapd = try Slapd(LDIF.people(10))
        let rollcall = try mirrored(slapd)
        let other = try Slapd(LDIF.people(9), access: blind)
        try rollcall.configure(Settings.backEnd(host: other.uri))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the bind account does not see its own entry any more"), "\(outcome.errors)")
        #expect(try valid(rollcall) == 10)
    }

    // MARK: Grants

    private static let rules = """
        UserSyncGroupsDefinition => { '\(LDIF.groupDN("vip"))' => { 'vip' => { rw => 1 } } },
        """

    private func withGroup(_ slapd: Slapd) throws -> Rollcall {
        let rollcall = try Rollcall(
            "$Self->{'Rollcall::Groups'} = ['vip'];\n" + Settings.backEnd(host: slapd.uri, more: Self.rules))
        #expect(try rollcall.cycle().status == 0)
        return rollcall
    }

    private func grants(_ rollcall: Rollcall) throws -> Int {
        try Int(rollcall.query("SELECT count(*) FROM group_customer_user")[0][0]) ?? -1
    }

    private func members(_ numbers: Range<Int>) -> String {
        let values = numbers.map { "member: \(LDIF.dn(LDIF.login($0)))\n" }.joined()
        return "dn: \(LDIF.groupDN("vip"))\nchangetype: modify\nreplace: member\n\(values)-\n\n"
    }

    @Test func `given a group loses most of its members, when a cycle runs, then the grants are held until approved`() throws {
        let slapd = try Slapd(LDIF.people(30) + LDIF.group("vip", members: (0..<20).map { LDIF.dn(LDIF.login($0)) }))
        let rollcall = try withGroup(slapd)
        try slapd.modify(members(15..<22))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 3)
        #expect(
            outcome.errors.contains("rules would take 15 of 22 grants, more than the 5 that RemovalLimit allows."),
            "\(outcome.errors)")
        #expect(try grants(rollcall) == 22)
        #expect(try rollcall.log().count { $0.action == "grant-held" } == 15)
        #expect(try rollcall("held").output.contains("u00003             rw on vip by UserSyncGroupsDefinition"))
        #expect(try rollcall.cycle().status == 3)
        #expect(try rollcall.log().count { $0.action == "grant-held" } == 15)
        #expect(try rollcall("approve", "CustomerUser", "--only", "u00003", "--actor", "grace").status == 0)
        #expect(try rollcall.cycle().status == 3)
        #expect(try grants(rollcall) == 21)
        let removed = try #require(try rollcall.log().last)
        #expect(removed.description == "grant-removed u00003 vip")
        #expect(removed.text.contains(#""actor":"grace""#))
        try slapd.modify(members(2..<22))
        #expect(try rollcall.cycle().status == 0)
        #expect(try grants(rollcall) == 20)
        #expect(try rollcall("held").output == "Nothing is held.\n")
    }

    @Test func `given a group suddenly shows no members, when cycles run, then its grants stay until it does`() throws {
        let slapd = try Slapd(LDIF.people(30) + LDIF.group("vip", members: (0..<20).map { LDIF.dn(LDIF.login($0)) }))
        let rollcall = try withGroup(slapd)
        let reader = "access to dn.base=\"\(LDIF.groupDN("vip"))\" attrs=member by * none\n" + Slapd.usualAccess
        let blind = try Slapd(
            LDIF.people(30) + LDIF.group("vip", members: (0..<20).map { LDIF.dn(LDIF.login($0)) }), access: reader)
        try rollcall.configure(
            "$Self->{'Rollcall::Groups'} = ['vip'];\n" + Settings.backEnd(host: blind.uri, more: Self.rules))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains(
                "\(LDIF.groupDN("vip")) cannot be believed: it shows no members, where it had 20 at the last reading."),
            "\(outcome.errors)")
        #expect(try grants(rollcall) == 20)
    }

    @Test func `given a rule is given up, when a cycle runs, then its grants go at once however many`() throws {
        let slapd = try Slapd(LDIF.people(30) + LDIF.group("vip", members: (0..<20).map { LDIF.dn(LDIF.login($0)) }))
        let rollcall = try withGroup(slapd)
        try rollcall.configure("$Self->{'Rollcall::Groups'} = ['vip'];\n" + Settings.backEnd(host: slapd.uri))
        #expect(try rollcall.cycle().status == 0)
        #expect(try grants(rollcall) == 0)
    }
}
