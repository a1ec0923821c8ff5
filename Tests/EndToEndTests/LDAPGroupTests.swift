import Support
import Testing

/// LDAP groups that decide about grants: a changed one concerns those who joined and left, and nobody else is looked at.
@Suite struct LDAPGroupTests {
    private static let group = LDIF.groupDN("vip")
    private static let rule = "UserSyncGroupsDefinition => { '\(group)' => { vip => { rw => 1 } } },"

    private func rollcall(_ slapd: Slapd, _ rule: String = rule) throws -> Rollcall {
        try Rollcall(settings(slapd.uri, rule))
    }

    private func settings(_ uri: String, _ rule: String) -> String {
        "$Self->{'Rollcall::Groups'} = ['vip'];\n" + Settings.backEnd(host: uri, more: rule)
    }

    private func holders(_ rollcall: Rollcall) throws -> [String] {
        try rollcall.query("SELECT user_id FROM group_customer_user ORDER BY 1").map { $0[0] }
    }

    private func modify(_ slapd: Slapd, _ step: String, _ logins: [String]) throws {
        try slapd.modify(LDIF.change("vip", step, logins))
    }

    /// How often the server was asked for the members of a group, and for people by their ids.
    private func searches(_ slapd: Slapd) -> (members: Int, people: Int) {
        let log = slapd.log
        return (log.ranges(of: "SRCH attr=member ").count, log.ranges(of: "(entryUUID=").count)
    }

    @Test func `given a large group, when few of its members change, then only those are read again`() throws {
        let people = (0..<40).map(LDIF.login)
        let slapd = try Slapd(
            LDIF.people(40) + LDIF.group("vip", members: people.prefix(30).map { LDIF.dn($0) }), overlays: [.contentSync])
        let rollcall = try rollcall(slapd)
        try rollcall.read()
        #expect(try rollcall.read() == "sync delta")
        let before = searches(slapd)
        #expect(try rollcall.read() == "sync delta")
        // Its stamp says that it is as it was.
        #expect(searches(slapd).members == before.members)
        try modify(slapd, "delete", ["u00003", "u00007"])
        try modify(slapd, "add", ["u00035"])
        #expect(try rollcall.read() == "sync delta")
        #expect(searches(slapd).members == before.members + 1)
        #expect(searches(slapd).people == before.people + 3)
        #expect(try holders(rollcall) == people.prefix(30).filter { $0 != "u00003" && $0 != "u00007" } + ["u00035"])
        #expect(try rollcall.cycle().errors.contains("nothing changed"))
    }

    @Test(.timeLimit(.minutes(2)))
    func `given a server that renames members without a trace in the group, when somebody is renamed, then they keep it`()
        throws
    {
        let slapd = try Slapd(
            LDIF.people(3) + LDIF.group("vip", members: [LDIF.dn("u00000"), LDIF.dn("u00001")]),
            overlays: [.contentSync, .referentialIntegrity])
        let rollcall = try rollcall(slapd)
        try rollcall.read()
        let stamp = { try slapd.search(Self.group, scope: "base", filter: "(cn=*)", ["entryCSN", "member"]) }
        let before = try stamp()
        try slapd.modify("dn: \(LDIF.dn("u00001"))\nchangetype: modrdn\nnewrdn: cn=other\ndeleteoldrdn: 0\n\n")
        // It does so a moment later.
        while try stamp().first?.all("member") == before.first?.all("member") {}
        #expect(try stamp().first?.all("entryCSN") == before.first?.all("entryCSN"))
        #expect(try rollcall.read() == "sync delta")
        #expect(try holders(rollcall) == ["u00000", "u00001"])
        #expect(try rollcall.read() == "sync delta")
        #expect(try holders(rollcall) == ["u00000", "u00001"])
    }

    @Test(.timeLimit(.minutes(2)))
    func
        `given somebody who waits for a login is renamed without a trace in the group, when they get it, then they have its grants`()
        throws
    {
        let slapd = try Slapd(
            LDIF.people(2) + LDIF.person("twin", ["uid": "u00000"]) + LDIF.group("vip", members: [LDIF.dn("twin")]),
            overlays: [.contentSync, .referentialIntegrity])
        let rollcall = try rollcall(slapd)
        try rollcall.read()
        #expect(try rollcall.state().problems.map(\.kind) == ["login-claimed"])
        try slapd.modify("dn: \(LDIF.dn("twin"))\nchangetype: modrdn\nnewrdn: cn=other\ndeleteoldrdn: 0\n\n")
        // It does so in the group a moment later.
        let members = { try slapd.search(Self.group, scope: "base", filter: "(cn=*)", ["member"]).first?.all("member") }
        while try members() != [LDIF.dn("other")] {}
        try rollcall.read()
        try slapd.modify(LDIF.delete("u00000"))
        // The login is free when the first of these has ended.
        #expect(try rollcall.read() == "sync delta")
        #expect(try rollcall.read() == "sync delta")
        #expect(try holders(rollcall) == ["u00000"])
    }

    @Test func `given a new person in a group that is as it was, when they come, then they have its grants`() throws {
        let slapd = try Slapd(
            LDIF.people(2) + LDIF.group("vip", members: [LDIF.dn("u00000"), LDIF.dn("u00009")]), overlays: [.contentSync])
        let rollcall = try rollcall(slapd)
        try rollcall.read()
        try slapd.modify(LDIF.add(LDIF.person("u00009")))
        #expect(try rollcall.read() == "sync delta")
        #expect(try holders(rollcall) == ["u00000", "u00009"])
    }

    @Test func `given a group that becomes unreadable, when people change meanwhile, then its grants are right afterwards`()
        throws
    {
        let slapd = try Slapd(
            LDIF.people(3) + LDIF.group("vip", members: [LDIF.dn("u00000"), LDIF.dn("u00001")]), overlays: [.contentSync])
        let rollcall = try rollcall(slapd)
        try rollcall.read()
        #expect(try holders(rollcall) == ["u00000", "u00001"])
        try slapd.modify("dn: \(Self.group)\nchangetype: modrdn\nnewrdn: cn=hidden\ndeleteoldrdn: 0\n\n")
        try slapd.modify(LDIF.replace("u00000", "telephoneNumber", "7"))
        #expect(try rollcall.read() == "sync delta")
        #expect(try rollcall.state().problems.map(\.kind) == ["unreadable-group"])
        #expect(try holders(rollcall) == ["u00000", "u00001"])
        try slapd.modify("dn: cn=hidden,ou=groups,\(Slapd.suffix)\nchangetype: modrdn\nnewrdn: cn=vip\ndeleteoldrdn: 1\n\n")
        try modify(slapd, "replace", ["u00001", "u00002"])
        // What changed meanwhile was looked at without it.
        #expect(try rollcall.read() == "sync complete")
        #expect(try rollcall.state().backEnds.first?.reason == "who was in \(Self.group) before is not known")
        #expect(try holders(rollcall) == ["u00001", "u00002"])
        #expect(try rollcall.read() == "sync delta")
        #expect(try rollcall.state().problems.isEmpty)
    }

    @Test
    func `given cycles that break off anywhere while a changed group is merged, when it changes back, then grants are right`()
        throws
    {
        let slapd = try Slapd(LDIF.people(450) + LDIF.group("vip", members: [LDIF.dn("u00000")]), overlays: [.contentSync])
        let proxy = try FaultProxy(to: slapd.port, .none)
        let rollcall = try Rollcall(settings(proxy.uri, Self.rule + "RemovalLimit => '100%',"))
        try rollcall.read()
        let joiners = (1..<450).map(LDIF.login)
        let before = proxy.bytes
        try modify(slapd, "add", joiners)
        try rollcall.read()
        let bytes = proxy.bytes - before
        try modify(slapd, "delete", joiners)
        try rollcall.read()
        var grantsOfBrokenCycles: Set<Int> = []
        for point in 1...24 {
            try modify(slapd, "add", joiners)
            proxy.spoil(.cut(afterBytes: bytes * point / 25))
            #expect(try rollcall.cycle().status != 0)
            grantsOfBrokenCycles.insert(try holders(rollcall).count)
            try modify(slapd, "delete", joiners)
            proxy.spoil(.none)
            try rollcall.read()
            #expect(try holders(rollcall) == ["u00000"], "after a cut at \(point) of 25")
        }
        // Otherwise nothing broke off where it matters.
        #expect(grantsOfBrokenCycles.contains { (2..<450).contains($0) }, "\(grantsOfBrokenCycles)")
    }

    @Test func `given an attribute rule on memberOf, when the group changes or goes, then grants follow by a delta`() throws {
        let slapd = try Slapd(LDIF.people(9), overlays: [.contentSync, .memberOf])
        try slapd.modify(LDIF.add(LDIF.group("vip", members: [LDIF.dn("u00000"), LDIF.dn("u00001")])))
        let rollcall = try rollcall(
            slapd, "UserSyncAttributeGroupsDefinition => { memberOf => { '\(Self.group)' => { vip => { ro => 1 } } } },")
        try rollcall.read()
        #expect(try holders(rollcall) == ["u00000", "u00001"])
        let before = searches(slapd)
        try modify(slapd, "delete", ["u00001"])
        try modify(slapd, "add", ["u00002"])
        #expect(try rollcall.read() == "sync delta")
        #expect(try holders(rollcall) == ["u00000", "u00002"])
        #expect(searches(slapd).people == before.people + 2)
        try slapd.modify("dn: \(Self.group)\nchangetype: delete\n\n")
        #expect(try rollcall.read() == "sync delta")
        #expect(try holders(rollcall) == [])
        try slapd.modify(LDIF.add(LDIF.group("vip", members: [LDIF.dn("u00005")])))
        #expect(try rollcall.read() == "sync delta")
        #expect(try holders(rollcall) == ["u00005"])
    }
}
