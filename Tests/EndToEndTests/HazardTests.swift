import Foundation
import Support
import Testing

/// Ways in which ticket systems are known to lose rights, each of which cannot happen here.
@Suite struct HazardTests {
    private static let groups = """
        $Self->{'Rollcall::Groups'} = [ 'user', 'users-vip', 'vip' ];
        $Self->{CustomerGroupAlwaysGroups} = [ 'users' ];
        $Self->{CustomerGroupCompanyAlwaysGroups} = [];

        """

    private func mirrored(_ slapd: Slapd, _ more: String = "", rules: String = "") throws -> Rollcall {
        let rollcall = try Rollcall(
            Self.groups + more + Settings.backEnd(host: slapd.localURI, more: "CustomerGroupSupport => 1," + rules))
        #expect(try rollcall.cycle().status == 0)
        return rollcall
    }

    private func must(_ outcome: Outcome) throws -> String {
        guard outcome.status == 0 else { throw TestFailure("exit code \(outcome.status): \(outcome.errors)") }
        return outcome.output
    }

    /// `login group permission` of every grant by hand.
    private func grants(_ rollcall: Rollcall) throws -> Set<String> {
        let rows = try rollcall.query(
            "SELECT user_id, name, permission_key FROM group_customer_user JOIN groups_table ON id = group_id")
        return Set(rows.map { $0.joined(separator: " ") })
    }

    @Test func `given more people than a page shows, when a page is saved, then the others keep what they have`() throws {
        let slapd = try Slapd(LDIF.people(260))
        let rollcall = try mirrored(slapd)
        let logins = (0..<260).map { LDIF.login($0) }
        _ = try must(
            run(
                Rollcall.program,
                ["grant", "--user"] + logins + ["--group", "vip", "--permission", "ro", "--config", rollcall.configuration]))
        let page = try rollcall("groups", "show", "vip")
        #expect(page.output.split(separator: "\n").count == 200)
        #expect(page.errors == "There may be more: --after u00199\n")
        // Whoever saves what they see, and takes it from one of them.
        let shown = page.output.split(separator: "\n").compactMap { $0.split(separator: " ").first }
        let rows = shown.map { "\($0),vip,\($0 == "u00007" ? "rw" : "ro")" }
        try rollcall.folder.write("login,group,permission\n" + rows.joined(separator: "\n") + "\n", to: "page.csv")
        #expect(
            try must(rollcall("grants", "import", rollcall.folder["page.csv"], "--exact", "--apply")).hasSuffix(
                "1 given, 1 taken, 199 there already.\n"))
        #expect(try grants(rollcall) == Set(logins.map { "\($0) vip \($0 == "u00007" ? "rw" : "ro")" }))
        #expect(try must(rollcall("groups", "show", "vip", "--limit", "0")).split(separator: "\n").count == 260)
        #expect(
            try must(rollcall("revoke", "--user", "u00001", "--group", "vip", "--permission", "ro")).hasPrefix(
                "1 permission taken"))
        #expect(try grants(rollcall).count == 259)
    }

    @Test func `given groups whose names are parts of an always-group's, when saved, then they are shown and kept`() throws {
        let slapd = try Slapd(LDIF.people(2))
        let rollcall = try mirrored(slapd)
        for group in ["user", "users-vip"] {
            _ = try must(rollcall("grant", "--user", "u00000", "--group", group, "--permission", "ro"))
            #expect(try must(rollcall("groups", "show", group)).hasPrefix("u00000 "))
            #expect(try must(rollcall("explain", "u00000", group, "ro")).contains("ro, given by hand"))
        }
        let listed = try must(rollcall("groups")).split(separator: "\n").map { $0.split(separator: " ")[0] }
        #expect(listed == ["user", "users", "users-vip", "vip"])
        let exported = try must(rollcall("grants", "export"))
        try rollcall.folder.write(exported, to: "all.csv")
        _ = try must(rollcall("grants", "import", rollcall.folder["all.csv"], "--exact", "--apply"))
        #expect(try rollcall.cycle().status == 0)
        #expect(try grants(rollcall) == ["u00000 user ro", "u00000 users-vip ro"])
        // And the group itself is for everybody, by its whole name.
        #expect(try must(rollcall("explain", "u00001")).contains("ro, rw on users\n    an always-group of customer users"))
        #expect(try !must(rollcall("explain", "u00001")).contains("on user\n"))
    }

    @Test func `given two who work at once, when the second saves, then the first one's change stays and the second is told`()
        throws
    {
        let slapd = try Slapd(LDIF.people(2))
        let rollcall = try mirrored(slapd)
        let seen = try rollcall.query("SELECT value FROM counter WHERE name = 'sequence'")[0][0]
        _ = try must(rollcall("grant", "--user", "u00000", "--group", "vip", "--permission", "ro", "--actor", "ada"))
        let second = try rollcall(
            "grant", "--user", "u00000", "u00001", "--group", "vip", "--permission", "rw", "--actor", "bob",
            "--if-unchanged-since",
            seen)
        #expect(second.status == 6)
        let number = try #require(Int(seen)) + 1
        #expect(
            second.errors == """
                rollcall: error: 'u00000' and 'vip' were changed by ada in record \(number). Look at it with 'rollcall log', and \
                give the command again with a later number. Nothing was changed.

                """)
        #expect(try grants(rollcall) == ["u00000 vip ro"])
        // Without looking, each still changes nothing but what it names.
        _ = try must(rollcall("grant", "--user", "u00001", "--group", "vip", "--permission", "rw", "--actor", "bob"))
        #expect(try grants(rollcall) == ["u00000 vip ro", "u00001 vip rw"])
    }

    @Test func `given login and customer ID change, when a cycle runs, then the relations go with the person`() throws {
        let slapd = try Slapd(LDIF.people(2) + LDIF.person("harbour", ["o": "HARBOUR"]))
        let rollcall = try mirrored(slapd)
        _ = try must(rollcall("grant", "--user", "u00000", "--group", "vip", "--permission", "rw"))
        _ = try must(rollcall("grant", "--customer", "ACME", "--group", "user", "--permission", "ro"))
        _ = try must(rollcall("grant", "--customer", "HARBOUR", "--group", "users-vip", "--permission", "ro"))
        try slapd.modify(LDIF.replace("u00000", "uid", "renamed") + LDIF.replace("u00000", "o", "HARBOUR"))
        #expect(try rollcall.cycle().status == 0)
        #expect(try grants(rollcall) == ["renamed vip rw"])
        let explained = try must(rollcall("explain", "renamed"))
        #expect(explained.contains("renamed of customer HARBOUR"))
        #expect(explained.contains("ro, rw on vip\n    rw, given by hand"))
        #expect(explained.contains("ro on users-vip\n    customer HARBOUR has ro, given by hand"))
        #expect(!explained.contains("customer ACME"))
        #expect(try must(rollcall("groups", "show", "user")).hasPrefix("u00001 "))
        // Who asks for the former login is told of the same person.
        #expect(try must(rollcall("explain", "u00000")).hasPrefix("renamed of customer HARBOUR"))
    }

    @Test func `given somebody has left, when a cycle has run, then they are in no list of members and may do nothing`() throws
    {
        let slapd = try Slapd(LDIF.people(3))
        let rollcall = try mirrored(slapd)
        _ = try must(rollcall("grant", "--user", "u00000", "u00001", "--group", "vip", "--permission", "rw"))
        try slapd.modify(LDIF.delete("u00000"))
        #expect(try rollcall.cycle().status == 0)
        #expect(try rollcall.query("SELECT * FROM effective_permission WHERE login = 'u00000'") == [])
        for command in [["groups", "show", "vip"], ["groups", "show", "users"], ["grants"], ["customers", "show", "ACME"]] {
            let outcome = try run(Rollcall.program, command + ["--config", rollcall.configuration])
            #expect(try must(outcome).contains("u00001"))
            #expect(!outcome.output.contains("u00000"), "\(command)")
        }
        #expect(try rollcall("users", "search", "u00000").status == 7)
        let explained = try rollcall("explain", "u00000")
        #expect(explained.status == 7)
        #expect(explained.output.hasSuffix("No permissions on any group. They have left the directory.\n"))
        // Somebody else who gets the login inherits what belongs to the login, as the ticket system has it.
        #expect(try rollcall("grant", "--user", "u00000", "--group", "vip", "--permission", "ro").status == 6)
    }

    @Test func `given rw is held, when ro is granted by command, then rw stays`() throws {
        let slapd = try Slapd(LDIF.people(2) + LDIF.group("vip", members: [LDIF.dn("u00001")]))
        let rule = "UserSyncGroupsDefinition => { '\(LDIF.groupDN("vip"))' => { vip => { rw => 1 } } },"
        let rollcall = try mirrored(slapd, rules: rule)
        _ = try must(rollcall("grant", "--user", "u00000", "--group", "vip", "--permission", "rw"))
        #expect(
            try must(rollcall("grant", "--user", "u00000", "--group", "vip", "--permission", "ro"))
                == "Nothing to do: it is so already.\n")
        _ = try must(rollcall("grant", "--user", "u00001", "--group", "vip", "--permission", "ro"))
        #expect(try grants(rollcall) == ["u00000 vip rw", "u00001 vip ro", "u00001 vip rw"])
        #expect(try rollcall.cycle().status == 0)
        for login in ["u00000", "u00001"] { #expect(try must(rollcall("explain", login, "vip", "rw")).contains("rw on vip")) }
        let refused = try rollcall("revoke", "--user", "u00000", "--group", "vip", "--permission", "ro")
        #expect(refused.status == 6)
        #expect(
            refused.errors == """
                rollcall: error: 'u00000' holds rw on 'vip', which includes ro. Revoke rw, and grant what is to stay. Nothing was \
                changed.

                """)
    }
}
