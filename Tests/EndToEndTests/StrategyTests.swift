import Foundation
import Support
import Testing

/// What a reading of changes alone could miss, and does not.
@Suite struct StrategyTests {
    private func valid(_ rollcall: Rollcall) throws -> [String] {
        try rollcall.query("SELECT login FROM customer_user WHERE valid_id = 1 ORDER BY login").map { $0[0] }
    }

    @Test func `given a filter on memberOf, when somebody leaves the group, then they leave although their entry is as it was`()
        throws
    {
        let slapd = try Slapd(LDIF.people(4), overlays: [.contentSync, .memberOf])
        try slapd.modify(LDIF.add(LDIF.group("staff", members: ["u00000", "u00001", "u00002"].map { LDIF.dn($0) })))
        let rollcall = try Rollcall(
            Settings.backEnd(host: slapd.uri).replacingOccurrences(
                of: "'(objectClass=inetOrgPerson)'", with: "'(memberOf=\(LDIF.groupDN("staff")))'"))
        try rollcall.read()
        #expect(try valid(rollcall) == ["u00000", "u00001", "u00002"])
        #expect(try rollcall.read() == "sync delta")
        try slapd.modify(LDIF.change("staff", "replace", ["u00001", "u00002", "u00003"]))
        #expect(try rollcall.read() == "sync complete")
        #expect(try valid(rollcall) == ["u00001", "u00002", "u00003"])
        #expect(try rollcall.read() == "sync delta")
    }

    @Test func `given a filter that no change tells of, when cycles run, then everybody is read and the reason is told`() throws
    {
        let slapd = try Slapd(LDIF.people(3), overlays: [.contentSync, .memberOf])
        try slapd.modify(LDIF.add(LDIF.group("staff", members: [LDIF.dn("u00001")])))
        let rollcall = try Rollcall(
            Settings.backEnd(host: slapd.uri).replacingOccurrences(
                of: "'(objectClass=inetOrgPerson)'", with: "'(&(objectClass=inetOrgPerson)(!(memberOf=*)))'"))
        #expect(try rollcall.read() == "full complete")
        let problem = try #require(try rollcall.state().problems.first)
        #expect(problem.kind == "strategy-refused")
        #expect(
            problem.message
                == "Strategy 'auto' reads everybody in every cycle: memberOf (AlwaysFilter) changes without the entry "
                + "being changed. Nothing is lost by it but time. Set Strategy => 'full' if that is meant, or remove the cause."
        )
        try rollcall.configure(
            Settings.backEnd(host: slapd.uri, more: "Strategy => 'full',").replacingOccurrences(
                of: "'(objectClass=inetOrgPerson)'", with: "'(&(objectClass=inetOrgPerson)(!(memberOf=*)))'"))
        try rollcall.read()
        #expect(try rollcall.state().problems.isEmpty)
    }

    @Test func `given FullEvery has passed, when a cycle runs, then everybody is read`() throws {
        let slapd = try Slapd(LDIF.people(3), overlays: [.contentSync])
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.uri, more: "FullEvery => 3600,"))
        try rollcall.read()
        #expect(try rollcall.read() == "sync delta")
        try rollcall.execute("UPDATE reading_state SET last_complete = last_complete - 3600 * 1000000")
        #expect(try rollcall.read() == "sync complete")
        #expect(try rollcall.state().backEnds.first?.reason == "the last reading of everybody was longer ago than FullEvery")
        #expect(try rollcall.read() == "sync delta")
    }

    @Test(arguments: ["Map", "rule", "group"])
    func `given other settings, when a cycle runs, then they hold for everybody at once`(what: String) throws {
        let slapd = try Slapd(
            LDIF.people(3) + LDIF.person("it", ["departmentNumber": "IT", "title": "Chief"]), overlays: [.contentSync])
        let rule = "UserSyncAttributeGroupsDefinition => { departmentNumber => { IT => { it => { ro => 1 } } } },"
        let before = Settings.backEnd(host: slapd.uri, more: what == "group" ? rule : "")
        let rollcall = try Rollcall(before)
        try rollcall.read()
        #expect(try rollcall.read() == "sync delta")
        switch what {
        case "Map": try rollcall.configure(before.replacingOccurrences(of: "'description'", with: "'title'"))
        case "rule":
            try rollcall.configure("$Self->{'Rollcall::Groups'} = ['it'];\n" + Settings.backEnd(host: slapd.uri, more: rule))
        default: try rollcall.configure("$Self->{'Rollcall::Groups'} = ['it'];\n" + before)
        }
        #expect(try rollcall.read() == "sync complete")
        if what == "Map" {
            #expect(try rollcall.query("SELECT comments FROM customer_user WHERE login = 'it'") == [["Chief"]])
        } else {
            #expect(try rollcall.query("SELECT user_id FROM group_customer_user") == [["it"]])
        }
        #expect(try rollcall.read() == "sync delta")
    }

    @Test func `given two entries claim a login, when its holder leaves, then the other has it without a change of its own`()
        throws
    {
        let slapd = try Slapd(
            LDIF.person("anna") + LDIF.person("other", ["uid": "anna", "mail": "other@test.example"]),
            overlays: [.contentSync])
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.uri))
        try rollcall.read()
        #expect(try rollcall.query("SELECT email FROM customer_user") == [["anna@test.example"]])
        #expect(try rollcall.read() == "sync delta")
        #expect(try rollcall.state().problems.map(\.kind) == ["login-claimed"])
        try slapd.modify(LDIF.delete("anna"))
        #expect(try rollcall.read() == "sync delta")
        #expect(try rollcall.read() == "sync delta")
        #expect(try rollcall.query("SELECT email FROM customer_user WHERE valid_id = 1") == [["other@test.example"]])
        #expect(try rollcall.state().problems.isEmpty)
    }

    @Test func `given a lower slot takes a login over, when it gives it up, then the higher slot's person is back`() throws {
        let slapd = try Slapd(LDIF.people(3), overlays: [.contentSync])
        let other = try Slapd(LDIF.person("far"), overlays: [.contentSync])
        let rollcall = try Rollcall(
            Settings.backEnd("CustomerUser1", host: other.uri) + Settings.backEnd("CustomerUser2", host: slapd.uri))
        try rollcall.read()
        try other.modify(LDIF.add(LDIF.person("u00001", ["mail": "far@test.example"])))
        try rollcall.read()
        let email = "SELECT email FROM customer_user WHERE login = 'u00001' AND valid_id = 1"
        #expect(try rollcall.query(email) == [["far@test.example"]])
        #expect(try rollcall.read() == "sync delta")
        try other.modify(LDIF.delete("u00001"))
        try rollcall.read()
        #expect(try rollcall.query(email) == [["u00001@test.example"]])
        #expect(try rollcall.state().problems.isEmpty)
        #expect(try rollcall.cycle().errors.contains("nothing changed"))
    }
}
