import Foundation
import Support
import Testing

/// `rollcall check --connect` with a real slapd: what it tells of a server that shows what it should.
@Suite struct ProbeTests {
    private static let groups = "$Self->{'Rollcall::Groups'} = [ 'vip', 'it' ];\n"
    private static let rules = """
        CustomerGroupSupport => 1,
        UserSyncInitialGroups => ['users'],
        UserSyncGroupsDefinition => { '\(LDIF.groupDN("vip"))' => { vip => { rw => 1 } } },
        UserSyncAttributeGroupsDefinition => { departmentNumber => { 'IT' => { it => { ro => 1 } } } },
        """

    /// Rows of Map for what one person lacks, and for what nobody has.
    private static let further = """
        [ 'DynamicField_X', 'Room', 'roomNumber', 1, 1, 'dynamic_field', '', 1 ],
        [ 'UserPager', 'Pager', 'pager', 1, 0, 'var', '', 1 ],
        """

    @Test func `given people and rules, when probed, then all of it is told`() throws {
        let slapd = try Slapd(
            LDIF.person("anna", ["departmentNumber": "it", "title": "active", "description": "Chief\u{1B}[2J"])
                + LDIF.person("ben", ["title": "active", "sn": "\u{DC}nal", "roomNumber": "3"])
                + LDIF.person("carl", ["telephoneNumber": nil, "roomNumber": "3"])
                + LDIF.person("dora", ["mail": nil]) + LDIF.person("emil", ["mail": nil])
                + LDIF.person("finn", ["title": "active", "roomNumber": "3"]) + LDIF.person("gus", ["title": "active"])
                + LDIF.group("vip", members: [LDIF.dn("anna"), LDIF.dn("ben")])
                + LDIF.posixGroup("listed", ["anna", "ben", "carl", "dora", "emil", "finn"]),
            configuration: "moduleload syncprov\noverlay syncprov")
        let checked = try Checked(
            Self.groups
                + Settings.backEnd(
                    host: slapd.uri, parameters: "GroupDN => '\(LDIF.groupDN("listed"))',",
                    more: Self.rules + "CustomerUserValidFilter => '(title=active)',",
                    mapping: Self.further), "--connect",
            naming: [slapd.uri: "SERVER"])
        #expect(checked.status == 0)
        #expect(checked.errors == "")
        #expect(checked.output == Self.golden)
    }

    private static let golden = """
        FILE: fine. Back ends: CustomerUser 'Test CustomerUser'.

        CustomerUser 'Test CustomerUser'
          SERVER
            server            OpenLDAP
            naming contexts   dc=test,dc=example
            strategy          sync: what has changed, by content sync (RFC 4533)
            LDAP group        cn=vip,ou=groups,dc=test,dc=example: 2 members
            search            ldapsearch -x -LLL -H SERVER -D cn=reader,dc=test,dc=example -W -E pr=1000/noprompt \
        -b ou=people,dc=test,dc=example -s sub '(objectClass=inetOrgPerson)' \
        entryUUID objectGUID nsUniqueId uid mail o sn telephoneNumber description roomNumber pager departmentnumber
            people            7 entries match, all were read
            in GroupDN        6 of them
            to be mirrored    4: 3 valid, 1 invalid
            incomplete        1 of them lacks a value that Map marks as required
            not mirrored      2 missing-attribute, such as cn=dora,ou=people,dc=test,dc=example: no value in 'mail', so \
        no UserEmail. Not mirrored. Fill the attribute in the directory, or exclude the entry with AlwaysFilter.
            person 1          cn=anna,ou=people,dc=test,dc=example
              UserLogin       anna
              UserEmail       anna@test.example
              UserCustomerID  ACME
              UserLastname    anna
              UserPhone       1
              UserComment     Chief\u{FFFD}[2J
              DynamicField_X  -
              UserPager       -
              valid           yes
              lacks           DynamicField_X
              group           ro on it (UserSyncAttributeGroupsDefinition departmentNumber=IT)
              group           rw on users (UserSyncInitialGroups, once)
              group           rw on vip (UserSyncGroupsDefinition cn=vip,ou=groups,dc=test,dc=example)
            person 2          cn=ben,ou=people,dc=test,dc=example
              UserLogin       ben
              UserEmail       ben@test.example
              UserCustomerID  ACME
              UserLastname    \u{DC}nal
              UserPhone       1
              UserComment     -
              DynamicField_X  3
              UserPager       -
              valid           yes
              group           rw on users (UserSyncInitialGroups, once)
              group           rw on vip (UserSyncGroupsDefinition cn=vip,ou=groups,dc=test,dc=example)
            person 3          cn=carl,ou=people,dc=test,dc=example
              UserLogin       carl
              UserEmail       carl@test.example
              UserCustomerID  ACME
              UserLastname    carl
              UserPhone       -
              UserComment     -
              DynamicField_X  3
              UserPager       -
              valid           no, says CustomerUserValidFilter
              group           rw on users (UserSyncInitialGroups, once)
            not seen          attribute 'pager' (Map UserPager): none of the 7 entries shows it. Correct the name, let \
        the bind account read it, or leave it when nobody has it.
            verdict           a cycle can read this server

        """

    @Test func `given people and rules, when probed as JSON, then the same is in it`() throws {
        let slapd = try Slapd(
            LDIF.person("anna", ["departmentNumber": "IT"]) + LDIF.person("ben", ["mail": nil])
                + LDIF.group("vip", members: [LDIF.dn("anna")]))
        let checked = try Checked(
            Self.groups + Settings.backEnd(host: slapd.uri, more: Self.rules), "--connect", "--json",
            naming: [slapd.uri: "SERVER"])
        #expect(checked.status == 0, "\(checked.output)")
        let backEnd = try #require((try checked.object()["back_ends"] as? [[String: Any]])?.first)
        #expect((backEnd["untried"] as? [Any])?.isEmpty == true)
        let probe = try #require((backEnd["probes"] as? [[String: Any]])?.first)
        #expect(probe["server"] as? String == "SERVER")
        #expect(probe["readable"] as? Bool == true)
        #expect(probe["strategy"] as? String == "full")
        let root = try #require(probe["root"] as? [String: Any])
        #expect(root["product"] as? String == "OpenLDAP")
        #expect(root["naming_contexts"] as? [String] == [Slapd.suffix])
        #expect(root["paging"] as? Bool == true)
        let people = try #require(probe["people"] as? [String: Any])
        #expect(["matching", "mirrored", "incomplete"].map { people[$0] as? Int } == [2, 1, 0])
        #expect(people["complete"] as? Bool == true)
        #expect(people["listed"] == nil && people["valid"] == nil)
        let problem = try #require((people["problems"] as? [[String: Any]])?.first)
        #expect(problem["kind"] as? String == "missing-attribute")
        #expect(problem["attribute"] as? String == "mail")
        #expect(problem["example"] as? String == LDIF.dn("ben"))
        let sample = try #require((people["samples"] as? [[String: Any]])?.first)
        #expect(
            sample["values"] as? [String: String] == [
                "UserLogin": "anna", "UserEmail": "anna@test.example", "UserCustomerID": "ACME", "UserLastname": "anna",
                "UserPhone": "1",
            ])
        let grants = try #require(sample["grants"] as? [[String: String]])
        #expect(
            grants.map { "\($0["permission"] ?? "") \($0["group"] ?? "") \($0["source"] ?? "")" }
                == ["ro it rule", "rw users initial", "rw vip rule"])
        #expect((probe["not_seen"] as? [[String: Any]])?.map { $0["kind"] as? String } == ["attribute-not-shown"])
    }

    @Test func `given more people than a page has, when probed, then all are counted and three shown`() throws {
        let slapd = try Slapd(LDIF.people(2500))
        let checked = try Checked(Settings.backEnd(host: slapd.uri), "--connect")
        #expect(checked.status == 0)
        #expect(checked.lines("people") == ["2500 entries match, all were read"])
        #expect(checked.lines("to be mirrored") == ["2500"])
        #expect(checked.lines("UserLogin") == ["u00000", "u00001", "u00002"])
    }
}
