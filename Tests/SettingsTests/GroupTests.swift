import Model
import Testing

@testable import Settings

@Suite("Groups, permissions and rules")
struct GroupTests {
    @Test("given nothing about groups, when read, then the ticket system's defaults count")
    func defaults() {
        #expect(read().configuration?.groups == GroupSettings())
    }

    @Test("given every group key, when read, then they are all there")
    func groups() {
        let reading = read(
            after: """
                $Self->{'Rollcall::Groups'} = [ 'vip', 'users' ];
                push @{ $Self->{CustomerGroupAlwaysGroups} }, 'vip';
                $Self->{CustomerGroupCompanyAlwaysGroups} = [];
                $Self->{CustomerGroupPermissionContext}->{'100-CustomerID-other'} = { Value => 'Ticket::CustomerID::Other' };
                $Self->{'System::Customer::Permission'} = [ 'ro', 'note', 'rw' ];
                """)
        #expect(reading.lines == [])
        var expected = GroupSettings(
            groups: ["users", "vip"], permissions: [.readOnly, Permission("note"), .readWrite],
            alwaysGroups: [.customerUser: ["users", "vip"], .customer: []], contexts: [.same, .other])
        expected.configured = Set(SettingKey.allCases)
        #expect(reading.configuration?.groups == expected)
    }

    @Test("given one group key with the default's own value, when read, then it counts as made by the configuration")
    func configuredKeys() {
        let reading = read(after: "$Self->{CustomerGroupAlwaysGroups} = ['users'];")
        #expect(reading.configuration?.groups.configured == [.alwaysGroups])
    }

    @Test("given only the same context, when read, then Other stays off")
    func contexts() {
        let context =
            "$Self->{CustomerGroupPermissionContext} = { '001-CustomerID-same' => { Value => 'Ticket::CustomerID::Same' } };"
        #expect(read(after: context).configuration?.groups.contexts == [.same])
    }

    @Test(
        "given unusable lists, when read, then this is said",
        arguments: [
            (
                "'System::Customer::Permission'} = ['ro']",
                "error: System::Customer::Permission lacks 'rw', which includes all others. Add 'rw' at the end of the list."
            ),
            (
                "'System::Customer::Permission'} = ['rw', 'ro']",
                "warning: System::Customer::Permission has 'rw' before other types. Rollcall puts it last: write it there."
            ),
            ("'Rollcall::Groups'} = ['']", "error: Rollcall::Groups has an empty name. Remove it, or write the name."),
            ("'Rollcall::Groups'} = ['a', 'a']", "warning: Rollcall::Groups names 'a' twice. Remove one."),
            (
                "'Rollcall::Groups'} = 'a'",
                "error: Rollcall::Groups is text. Expected a list of group names, such as ['vip-support']."
            ),
            ("'Rollcall::Groups'} = [ {} ]", "error: an element of Rollcall::Groups is a hash. Expected a name."),
            (
                "CustomerGroupAlwaysGroups} = ['ghost']",
                "warning: CustomerGroupAlwaysGroups names the group 'ghost', which is not in Rollcall::Groups. "
                    + "Nothing is given. Add it to Rollcall::Groups, or correct the name."
            ),
            (
                "CustomerGroupPermissionContext} = 1",
                "error: CustomerGroupPermissionContext is a number. "
                    + "Expected a hash, such as { '100-CustomerID-other' => { Value => 'Ticket::CustomerID::Other' } }."
            ),
        ])
    func unusable(_ assignment: String, _ message: String) {
        #expect(read(after: "$Self->{\(assignment);").messages == [message])
    }

    @Test("given names that only look alike, when read, then they are two")
    func exactNames() {
        let reading = read(after: "$Self->{'Rollcall::Groups'} = [ 'caf\u{E9}', 'cafe\u{301}' ];")
        #expect(reading.lines == [])
        #expect(reading.configuration?.groups.groups.map(\.unicodeScalars.count) == [5, 4, 5])
    }

    @Test("given rules, when read, then they keep the order of the file")
    func rules() {
        let reading = read(
            keys: """
                UserSyncInitialGroups => [ 'users', 'a' ],
                UserSyncGroupsDefinition => { 'cn=z' => { a => { rw => 1, ro => 0 } }, 'cn=b' => { users => { ro => 1 }, a => { ro => 0 } } },
                UserSyncAttributeGroupsDefinition => { department => { IT => { a => { ro => 1 } }, HR => { users => { ro => '1' } } } },
                """, after: "$Self->{'Rollcall::Groups'} = ['a'];")
        #expect(reading.lines == [])
        #expect(
            reading.backEnd?.rules
                == GroupRules(
                    initialGroups: ["users", "a"],
                    byLDAPGroup: [
                        .init(groupDN: "cn=z", gifts: [.init(group: "a", permissions: [.readWrite])]),
                        .init(groupDN: "cn=b", gifts: [.init(group: "users", permissions: [.readOnly])]),
                    ],
                    byAttribute: [
                        .init(attribute: "department", value: "IT", gifts: [.init(group: "a", permissions: [.readOnly])]),
                        .init(attribute: "department", value: "HR", gifts: [.init(group: "users", permissions: [.readOnly])]),
                    ]))
    }

    @Test(
        "given unusable rules, when read, then this is said",
        arguments: [
            (
                "UserSyncGroupsDefinition => { 'cn=a' => { users => { write => 1 } } }",
                "error: CustomerUser1 UserSyncGroupsDefinition 'cn=a' 'users' gives 'write', which is not in "
                    + "System::Customer::Permission. Expected one of 'ro', 'rw'."
            ),
            (
                "UserSyncGroupsDefinition => [ 'cn=a' ]",
                "error: CustomerUser1 UserSyncGroupsDefinition is a list. "
                    + "Expected a hash such as { 'cn=vip,dc=example,dc=org' => { 'vip-support' => { rw => 1 } } }."
            ),
            (
                "UserSyncGroupsDefinition => { 'cn=a' => [ 'users' ] }",
                "error: CustomerUser1 UserSyncGroupsDefinition 'cn=a' is a list. "
                    + "Expected a hash such as { 'vip-support' => { rw => 1 } }."
            ),
            (
                "UserSyncGroupsDefinition => { '' => {} }",
                "error: CustomerUser1 UserSyncGroupsDefinition has an empty DN. Write the DN of an LDAP group."
            ),
            (
                "UserSyncAttributeGroupsDefinition => { o => { x => { users => 'rw' } } }",
                "error: CustomerUser1 UserSyncAttributeGroupsDefinition 'o' 'x' 'users' is text. Expected a hash such as { rw => 1 }."
            ),
            (
                "UserSyncInitialGroups => ['ghost']",
                "warning: CustomerUser1 UserSyncInitialGroups names the group 'ghost', which is not in Rollcall::Groups. "
                    + "Nothing is given. Add it to Rollcall::Groups, or correct the name."
            ),
        ])
    func unusableRules(_ key: String, _ message: String) { #expect(read(keys: key).messages == [message]) }
}
