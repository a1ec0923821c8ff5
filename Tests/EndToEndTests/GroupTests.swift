import Foundation
import Support
import Testing

/// Group requirements, always-groups and the views on them, with a real slapd.
@Suite struct GroupTests {
    private static let groups = """
        $Self->{'Rollcall::Groups'} = [ 'vip', 'it', 'audit' ];
        $Self->{CustomerGroupAlwaysGroups} = [];
        $Self->{CustomerGroupCompanyAlwaysGroups} = [];
        $Self->{'System::Customer::Permission'} = [ 'ro', 'create', 'rw' ];

        """

    private static let rules = """
        CustomerGroupSupport => 1,
        UserSyncGroupsDefinition => {
            '\(LDIF.groupDN("members"))' => { vip => { rw => 1, ro => 1 } },
            'CN=Unique, OU=Groups,\(Slapd.suffix)' => { it => { ro => 1, create => 1, rw => 0 } },
            '\(LDIF.groupDN("posix"))' => { audit => { ro => 1 } },
        },
        UserSyncAttributeGroupsDefinition => { departmentNumber => { 'IT' => { it => { ro => 1 } } } },
        """

    private static let directory =
        LDIF.people(6) + LDIF.person("ida", ["departmentNumber": "it"])
        + LDIF.group("members", members: [LDIF.dn("u00001"), "CN=U00002,\(Slapd.people)"])
        + "dn: \(LDIF.groupDN("unique"))\nobjectClass: groupOfUniqueNames\ncn: unique\nuniqueMember: \(LDIF.dn("u00003"))\n\n"
        + "dn: \(LDIF.groupDN("posix"))\nobjectClass: posixGroup\ncn: posix\ngidNumber: 1\nmemberUid: u00004\n\n"

    private static func grants(_ rollcall: Rollcall) throws -> [String] {
        try rollcall.query(
            """
            SELECT user_id, name, permission_key FROM group_customer_user JOIN groups_table ON id = group_id
            ORDER BY user_id, name, permission_key
            """
        ).map { $0.joined(separator: " ") }
    }

    @Test func `given rules of every kind, when a cycle runs, then exactly their grants are given`() throws {
        let slapd = try Slapd(Self.directory)
        let rollcall = try Rollcall(Self.groups + Settings.backEnd(host: slapd.localURI, more: Self.rules))
        #expect(try rollcall.cycle().status == 0)
        #expect(
            try Self.grants(rollcall) == [
                "ida it ro", "u00001 vip rw", "u00002 vip rw", "u00003 it create", "u00003 it ro", "u00004 audit ro",
            ])
        #expect(
            try rollcall.query("SELECT DISTINCT permission_key, via FROM effective_permission WHERE login = 'u00001'") == [
                ["ro", "user:rule"], ["create", "user:rule"], ["rw", "user:rule"],
            ])
        let unassigned = try rollcall("users", "--unassigned").output.split(separator: "\n").map { $0.prefix(6) }
        #expect(unassigned == ["u00000", "u00005"])
        #expect(try rollcall("status", "--json").output.contains("\"unassigned\":2"))
    }

    @Test func `given memberships change, when a cycle runs, then only what rules gave is taken back`() throws {
        let slapd = try Slapd(Self.directory)
        let rollcall = try Rollcall(
            Self.groups
                + Settings.backEnd(host: slapd.localURI, more: Self.rules + "UserSyncInitialGroups => ['users'],"))
        #expect(try rollcall.cycle().status == 0)
        try slapd.modify(
            """
            dn: \(LDIF.groupDN("members"))
            changetype: modify
            delete: member
            member: \(LDIF.dn("u00001"))
            -
            add: member
            member: \(LDIF.dn("u00000"))
            -

            """)
        #expect(try rollcall.cycle().status == 0)
        #expect(try rollcall.log().suffix(2).map(\.description) == ["grant-added u00000 vip", "grant-removed u00001 vip"])
        #expect(try Self.grants(rollcall).filter { $0.hasPrefix("u00001") } == ["u00001 users rw"])
    }

    @Test func `given a rule is given up, when a cycle runs, then its grants go`() throws {
        let slapd = try Slapd(Self.directory)
        let rollcall = try Rollcall(Self.groups + Settings.backEnd(host: slapd.localURI, more: Self.rules))
        #expect(try rollcall.cycle().status == 0)
        try rollcall.configure(Self.groups + Settings.backEnd(host: slapd.localURI, more: "CustomerGroupSupport => 1,"))
        #expect(try rollcall.cycle().status == 0)
        #expect(try Self.grants(rollcall) == [])
        #expect(try rollcall.log().suffix(6).allSatisfy { $0.action == "grant-removed" })
    }

    @Test func `given an LDAP group cannot be read, when a cycle runs, then its grants stay and it is reported`() throws {
        let slapd = try Slapd(Self.directory)
        let rollcall = try Rollcall(Self.groups + Settings.backEnd(host: slapd.localURI, more: Self.rules))
        #expect(try rollcall.cycle().status == 0)
        let before = try Self.grants(rollcall)
        try slapd.modify(
            "dn: \(LDIF.groupDN("members"))\nchangetype: delete\n\n" + LDIF.replace("u00001", "mail", "new@test.example"))
        let outcome = try rollcall.cycle()
        #expect(outcome.errors.contains("\(LDIF.groupDN("members")): the LDAP group cannot be read: No such object (32)"))
        #expect(try Self.grants(rollcall) == before)
        #expect(try rollcall.log().last?.description == "customer-user-updated u00001")
    }

    @Test func `given always-groups change, when a cycle runs, then each change of them is a record`() throws {
        let slapd = try Slapd(LDIF.people(1))
        let backEnd = Settings.backEnd(host: slapd.localURI, more: "CustomerGroupSupport => 1,")
        let rollcall = try Rollcall(
            "$Self->{'Rollcall::Groups'} = ['help'];\n$Self->{CustomerGroupAlwaysGroups} = ['users', 'help'];\n" + backEnd)
        #expect(try rollcall.cycle().status == 0)
        #expect(
            try rollcall.query("SELECT group_name, permission_key, via FROM effective_permission ORDER BY 3, 1, 2") == [
                ["help", "ro", "always"], ["help", "rw", "always"], ["users", "ro", "always"], ["users", "rw", "always"],
                ["users", "ro", "customer-always:ACME"], ["users", "rw", "customer-always:ACME"],
            ])
        try rollcall.configure(
            "$Self->{'Rollcall::Groups'} = ['help'];\n$Self->{CustomerGroupAlwaysGroups} = ['users', 'nobody'];\n" + backEnd)
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0)
        #expect(try rollcall.log().last?.description == "always-group-removed help")
        let status = try rollcall("status").output
        #expect(status.contains("CustomerGroupAlwaysGroups names the group 'nobody', which does not exist."))
    }

    @Test func `given a back end without group support, when a cycle runs, then every valid group is open to its people`()
        throws
    {
        let slapd = try Slapd(LDIF.people(1))
        let rollcall = try Rollcall(
            "$Self->{'Rollcall::Groups'} = ['a'];\n$Self->{CustomerGroupAlwaysGroups} = [];\n"
                + "$Self->{CustomerGroupCompanyAlwaysGroups} = [];\n" + Settings.backEnd(host: slapd.localURI))
        #expect(try rollcall.cycle().status == 0)
        #expect(
            try rollcall.query("SELECT group_name, permission_key, via FROM effective_permission ORDER BY 1, 2") == [
                ["a", "ro", "unrestricted"], ["a", "rw", "unrestricted"], ["users", "ro", "unrestricted"],
                ["users", "rw", "unrestricted"],
            ])
    }
}
