import Foundation
import Support
import Testing

/// Servers that fail in the middle of a reading: nobody goes, no grant is lost, and the next good cycle does the rest.
extension ServerFailureTests {
    private static let count = 600

    /// People, a group of twenty of them, and a rule on it.
    private static let ldif =
        LDIF.people(count) + LDIF.group("vip", members: (0..<20).map { LDIF.dn(LDIF.login($0)) })

    private static func settings(host: String, base: String = Slapd.people, timeout: Int = 30) -> String {
        "$Self->{'Rollcall::Groups'} = ['vip'];\n"
            + Settings.backEnd(
                host: host, base: base, parameters: "Params => { timeout => \(timeout) },",
                more: "UserSyncGroupsDefinition => { '\(LDIF.groupDN("vip"))' => { vip => { rw => 1 } } },")
    }

    /// How many people are valid, and how many grants there are.
    private static func state(_ rollcall: Rollcall) throws -> [[String]] {
        try rollcall.query(
            """
            SELECT (SELECT count(*) FROM customer_user WHERE valid_id = 1), (SELECT count(*) FROM group_customer_user)
            """)
    }

    /// A mirror of `slapd` that has seen everybody, and a directory where one has left and another one has changed.
    private static func mirrored(_ slapd: Slapd, base: String = Slapd.people) throws -> Rollcall {
        let rollcall = try Rollcall(settings(host: slapd.uri, base: base))
        let outcome = try rollcall.cycle()
        guard outcome.status == 0 else { throw TestFailure(outcome.errors) }
        try slapd.modify(LDIF.delete("u00001") + LDIF.replace("u00002", "telephoneNumber", "2"))
        return rollcall
    }

    /// Nobody went in the bad cycle; a good one does what is to be done.
    private static func requireRepair(_ rollcall: Rollcall, _ settings: String, records: Int) throws {
        let bad = try rollcall.log().dropFirst(records)
        #expect(bad.allSatisfy { ["customer-user-updated", "customer-user-removal-held"].contains($0.action) }, "\(bad)")
        #expect(try state(rollcall) == [["\(count)", "20"]])
        try rollcall.configure(settings)
        let good = try rollcall.cycle()
        #expect(good.status == 0, "\(good.errors)")
        #expect(
            try rollcall.log().dropFirst(records).map(\.description).filter { !$0.contains("-held") }.sorted() == [
                "customer-user-invalidated u00001", "customer-user-updated u00002",
            ])
        #expect(try state(rollcall) == [["\(count - 1)", "20"]])
    }

    @Test(arguments: [("full", 5_000), ("full", 60_000), ("sync", 500), ("sync", 1_000)])
    func `given a server that hangs in the middle of a reading, when it is given up, then the next cycle does the rest`(
        strategy: String, bytes: Int
    ) throws {
        let slapd = try Slapd(Self.ldif, overlays: strategy == "sync" ? [.contentSync] : [])
        let rollcall = try Self.mirrored(slapd)
        let records = try rollcall.log().count
        let proxy = try FaultProxy(to: slapd.port, .interlude(afterBytes: bytes) { slapd.hang() })
        try rollcall.configure(Self.settings(host: proxy.uri, timeout: 2))
        let outcome = try rollcall.cycle()
        slapd.resume()
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains("failed: no answer within 2 s. Check that the server is alive, or give it longer with "),
            "\(outcome.errors)")
        try Self.requireRepair(rollcall, Self.settings(host: slapd.uri), records: records)
    }

    /// Pages that are small enough for a right to be lost between two of them, and a configuration that can be changed.
    private static let pages =
        "limits dn.exact=\"\(Slapd.reader)\" size.soft=500 size.hard=500 size.pr=70 size.prtotal=unlimited"
    private static let changeable = "database config\nrootdn \"\(Slapd.administrator)\""

    @Test(arguments: [
        ("*", Slapd.people, "search below '\(Slapd.people)' failed: No such object (32)."),
        (
            "dn.children=\"\(Slapd.suffix)\"", Slapd.suffix,
            "the bind account does not see its own entry any more, so it may not see others either."
        ),
    ])
    func `given rights that are lost in the middle of a reading, when it ends, then nobody goes until they are back`(
        target: String, base: String, reason: String
    ) throws {
        let slapd = try Slapd(Self.ldif, configuration: Self.pages, globals: Self.changeable)
        let rollcall = try Self.mirrored(slapd, base: base)
        let records = try rollcall.log().count
        let proxy = try FaultProxy(to: slapd.port, .none)
        try rollcall.configure(Self.settings(host: proxy.uri, base: base))
        #expect(try rollcall("run", "--dry-run").status == 0)
        let total = proxy.bytes
        let denial = "olcAccess: {0}to \(target) by * none\n"
        proxy.spoil(
            .interlude(afterBytes: total * 19 / 20) {
                try? slapd.modify("dn: olcDatabase={1}mdb,cn=config\nchangetype: modify\nadd: olcAccess\n\(denial)-\n\n")
            })
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(reason), "\(outcome.errors)")
        try slapd.modify("dn: olcDatabase={1}mdb,cn=config\nchangetype: modify\ndelete: olcAccess\nolcAccess: {0}\n-\n\n")
        try Self.requireRepair(rollcall, Self.settings(host: slapd.uri, base: base), records: records)
    }

    @Test func `given a server that refuses large pages, when everybody is read, then smaller ones are used`() throws {
        let slapd = try Slapd(LDIF.people(Self.count), configuration: Self.pages)
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.uri, more: "Strategy => 'full',"))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("cycle 1: 600 people read, 600 added"), "\(outcome.errors)")
        #expect(slapd.log.contains("err=11"))
    }

    @Test func `given a server that limits all pages together, when a cycle runs, then the limit is told and nobody goes`()
        throws
    {
        let slapd = try Slapd(
            Self.ldif, configuration: "limits dn.exact=\"\(Slapd.reader)\" size.soft=100 size.hard=100 size.prtotal=500")
        let settings = Self.settings(host: slapd.uri)
        let rollcall = try Rollcall(
            settings.replacingOccurrences(of: "UserDN => '\(Slapd.reader)'", with: "UserDN => '\(Slapd.administrator)'"))
        #expect(try rollcall.cycle().status == 0)
        try rollcall.configure(settings)
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains(
                "reading was cut short: the server stopped with Size limit exceeded (4). Raise the limit for the bind account."),
            "\(outcome.errors)")
        #expect(try Self.state(rollcall) == [["\(Self.count)", "20"]])
    }
}
