import Foundation
import Support
import Testing

/// What a reading of changes alone could miss, and does not.
@Suite struct StrategyTests {
    private struct State: Decodable {
        struct BackEnd: Decodable {
            let strategy: String?
            let coverage: String?
            let reason: String?
        }
        struct Problem: Decodable {
            let kind: String
            let message: String
        }
        let backEnds: [BackEnd]
        let problems: [Problem]
    }

    private func state(_ rollcall: Rollcall) throws -> State {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(State.self, from: Data(rollcall("status", "--json").output.utf8))
    }

    /// Runs a cycle that has to do nothing wrong, and says how the first back end was read.
    @discardableResult
    private func cycle(_ rollcall: Rollcall) throws -> String {
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let backEnd = try #require(try state(rollcall).backEnds.first)
        return "\(backEnd.strategy ?? "") \(backEnd.coverage ?? "")"
    }

    private func valid(_ rollcall: Rollcall) throws -> [String] {
        try rollcall.query("SELECT login FROM customer_user WHERE valid_id = 1 ORDER BY login").map { $0[0] }
    }

    private func members(_ group: String, _ logins: [String]) -> String {
        let values = logins.map { "member: \(LDIF.dn($0))\n" }.joined()
        return "dn: \(LDIF.groupDN(group))\nchangetype: modify\nreplace: member\n\(values)-\n\n"
    }

    @Test func `given a filter on memberOf, when somebody leaves the group, then they leave although their entry is as it was`()
        throws
    {
        let slapd = try Slapd(LDIF.people(4), overlays: [.contentSync, .memberOf])
        try slapd.modify(LDIF.add(LDIF.group("staff", members: ["u00000", "u00001", "u00002"].map { LDIF.dn($0) })))
        let rollcall = try Rollcall(
            Settings.backEnd(host: slapd.uri).replacingOccurrences(
                of: "'(objectClass=inetOrgPerson)'", with: "'(memberOf=\(LDIF.groupDN("staff")))'"))
        try cycle(rollcall)
        #expect(try valid(rollcall) == ["u00000", "u00001", "u00002"])
        #expect(try cycle(rollcall) == "sync delta")
        try slapd.modify(members("staff", ["u00001", "u00002", "u00003"]))
        #expect(try cycle(rollcall) == "sync complete")
        #expect(try valid(rollcall) == ["u00001", "u00002", "u00003"])
        #expect(try cycle(rollcall) == "sync delta")
    }

    @Test func `given a filter that no change tells of, when cycles run, then everybody is read and the reason is told`() throws
    {
        let slapd = try Slapd(LDIF.people(3), overlays: [.contentSync, .memberOf])
        try slapd.modify(LDIF.add(LDIF.group("staff", members: [LDIF.dn("u00001")])))
        let rollcall = try Rollcall(
            Settings.backEnd(host: slapd.uri).replacingOccurrences(
                of: "'(objectClass=inetOrgPerson)'", with: "'(&(objectClass=inetOrgPerson)(!(memberOf=*)))'"))
        #expect(try cycle(rollcall) == "full complete")
        let problem = try #require(try state(rollcall).problems.first)
        #expect(problem.kind == "strategy-refused")
        #expect(
            problem.message
                == "Strategy 'auto' reads everybody in every cycle: memberOf (AlwaysFilter) changes without the entry "
                + "being changed. Nothing is lost by it but time. Set Strategy => 'full' if that is meant, or remove the cause."
        )
        try rollcall.configure(
            Settings.backEnd(host: slapd.uri, more: "Strategy => 'full',").replacingOccurrences(
                of: "'(objectClass=inetOrgPerson)'", with: "'(&(objectClass=inetOrgPerson)(!(memberOf=*)))'"))
        try cycle(rollcall)
        #expect(try state(rollcall).problems.isEmpty)
    }

    @Test func `given FullEvery has passed, when a cycle runs, then everybody is read`() throws {
        let slapd = try Slapd(LDIF.people(3), overlays: [.contentSync])
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.uri, more: "FullEvery => 3600,"))
        try cycle(rollcall)
        #expect(try cycle(rollcall) == "sync delta")
        try rollcall.execute("UPDATE reading_state SET last_complete = last_complete - 3600 * 1000000")
        #expect(try cycle(rollcall) == "sync complete")
        #expect(try state(rollcall).backEnds.first?.reason == "the last reading of everybody was longer ago than FullEvery")
        #expect(try cycle(rollcall) == "sync delta")
    }

    @Test(arguments: ["Map", "rule", "group"])
    func `given other settings, when a cycle runs, then they hold for everybody at once`(what: String) throws {
        let slapd = try Slapd(
            LDIF.people(3) + LDIF.person("it", ["departmentNumber": "IT", "title": "Chief"]), overlays: [.contentSync])
        let rule = "UserSyncAttributeGroupsDefinition => { departmentNumber => { IT => { it => { ro => 1 } } } },"
        let before = Settings.backEnd(host: slapd.uri, more: what == "group" ? rule : "")
        let rollcall = try Rollcall(before)
        try cycle(rollcall)
        #expect(try cycle(rollcall) == "sync delta")
        switch what {
        case "Map": try rollcall.configure(before.replacingOccurrences(of: "'description'", with: "'title'"))
        case "rule":
            try rollcall.configure("$Self->{'Rollcall::Groups'} = ['it'];\n" + Settings.backEnd(host: slapd.uri, more: rule))
        default: try rollcall.configure("$Self->{'Rollcall::Groups'} = ['it'];\n" + before)
        }
        #expect(try cycle(rollcall) == "sync complete")
        if what == "Map" {
            #expect(try rollcall.query("SELECT comments FROM customer_user WHERE login = 'it'") == [["Chief"]])
        } else {
            #expect(try rollcall.query("SELECT user_id FROM group_customer_user") == [["it"]])
        }
        #expect(try cycle(rollcall) == "sync delta")
    }

    @Test func `given two entries claim a login, when its holder leaves, then the other has it without a change of its own`()
        throws
    {
        let slapd = try Slapd(
            LDIF.person("anna") + LDIF.person("other", ["uid": "anna", "mail": "other@test.example"]),
            overlays: [.contentSync])
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.uri))
        try cycle(rollcall)
        #expect(try rollcall.query("SELECT email FROM customer_user") == [["anna@test.example"]])
        #expect(try cycle(rollcall) == "sync delta")
        #expect(try state(rollcall).problems.map(\.kind) == ["login-claimed"])
        try slapd.modify(LDIF.delete("anna"))
        #expect(try cycle(rollcall) == "sync delta")
        #expect(try cycle(rollcall) == "sync delta")
        #expect(try rollcall.query("SELECT email FROM customer_user WHERE valid_id = 1") == [["other@test.example"]])
        #expect(try state(rollcall).problems.isEmpty)
    }

    @Test func `given a lower slot takes a login over, when it gives it up, then the higher slot's person is back`() throws {
        let slapd = try Slapd(LDIF.people(3), overlays: [.contentSync])
        let other = try Slapd(LDIF.person("far"), overlays: [.contentSync])
        let rollcall = try Rollcall(
            Settings.backEnd("CustomerUser1", host: other.uri) + Settings.backEnd("CustomerUser2", host: slapd.uri))
        try cycle(rollcall)
        try other.modify(LDIF.add(LDIF.person("u00001", ["mail": "far@test.example"])))
        try cycle(rollcall)
        let email = "SELECT email FROM customer_user WHERE login = 'u00001' AND valid_id = 1"
        #expect(try rollcall.query(email) == [["far@test.example"]])
        #expect(try cycle(rollcall) == "sync delta")
        try other.modify(LDIF.delete("u00001"))
        try cycle(rollcall)
        #expect(try rollcall.query(email) == [["u00001@test.example"]])
        #expect(try state(rollcall).problems.isEmpty)
        #expect(try rollcall.cycle().errors.contains("nothing changed"))
    }

    @Test func `given a group that becomes unreadable, when people change meanwhile, then its grants are right afterwards`()
        throws
    {
        let group = "\(LDIF.groupDN("vip"))"
        let slapd = try Slapd(
            LDIF.people(3) + LDIF.group("vip", members: [LDIF.dn("u00000"), LDIF.dn("u00001")]), overlays: [.contentSync])
        let rule = "UserSyncGroupsDefinition => { '\(group)' => { vip => { rw => 1 } } },"
        let groups = "$Self->{'Rollcall::Groups'} = ['vip'];\n"
        let rollcall = try Rollcall(groups + Settings.backEnd(host: slapd.uri, more: rule))
        let grants = "SELECT user_id FROM group_customer_user ORDER BY 1"
        try cycle(rollcall)
        #expect(try rollcall.query(grants) == [["u00000"], ["u00001"]])
        try slapd.modify("dn: \(group)\nchangetype: modrdn\nnewrdn: cn=hidden\ndeleteoldrdn: 0\n\n")
        try slapd.modify(LDIF.replace("u00000", "telephoneNumber", "7"))
        #expect(try cycle(rollcall) == "sync delta")
        #expect(try state(rollcall).problems.map(\.kind) == ["unreadable-group"])
        #expect(try rollcall.query(grants) == [["u00000"], ["u00001"]])
        try slapd.modify("dn: cn=hidden,ou=groups,\(Slapd.suffix)\nchangetype: modrdn\nnewrdn: cn=vip\ndeleteoldrdn: 1\n\n")
        try slapd.modify(members("vip", ["u00001", "u00002"]))
        try cycle(rollcall)
        #expect(try rollcall.query(grants) == [["u00001"], ["u00002"]])
        #expect(try state(rollcall).problems.isEmpty)
    }

    @Test func `given an attribute rule on memberOf, when the group changes, then grants follow`() throws {
        let slapd = try Slapd(LDIF.people(3), overlays: [.contentSync, .memberOf])
        try slapd.modify(LDIF.add(LDIF.group("staff", members: [LDIF.dn("u00000")])))
        let rollcall = try Rollcall(
            "$Self->{'Rollcall::Groups'} = ['it'];\n"
                + Settings.backEnd(
                    host: slapd.uri,
                    more: """
                        UserSyncAttributeGroupsDefinition => {
                            memberOf => { '\(LDIF.groupDN("staff"))' => { it => { ro => 1 } } } },
                        """))
        let grants = "SELECT user_id FROM group_customer_user ORDER BY 1"
        try cycle(rollcall)
        #expect(try rollcall.query(grants) == [["u00000"]])
        try slapd.modify(members("staff", ["u00002"]))
        #expect(try cycle(rollcall) == "sync complete")
        #expect(try rollcall.query(grants) == [["u00002"]])
    }
}
