import Foundation
import Support
import Testing

/// `rollcall check --connect` with a real slapd: what it tells, and what it cannot see.
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

    private static func posixGroup(_ name: String, _ logins: [String]) -> String {
        "dn: \(LDIF.groupDN(name))\nobjectClass: posixGroup\ncn: \(name)\ngidNumber: 1\n"
            + logins.map { "memberUid: \($0)\n" }.joined() + "\n"
    }

    private static func hiding(_ attribute: String) -> String {
        "access to attrs=\(attribute) by * none\n" + Slapd.usualAccess
    }

    /// - Parameter hosts: Perl's list of servers.
    private static func backEnd(hosts: [String], password: String = Slapd.password) -> String {
        Settings.backEnd(host: "HOST", password: password).replacingOccurrences(
            of: "'HOST'", with: "[ " + hosts.map { "'\($0)'" }.joined(separator: ", ") + " ]")
    }

    // MARK: What is there

    @Test func `given people and rules, when probed, then all of it is told`() throws {
        let slapd = try Slapd(
            LDIF.person("anna", ["departmentNumber": "it", "title": "active", "description": "Chief\u{1B}[2J"])
                + LDIF.person("ben", ["title": "active", "sn": "\u{DC}nal", "roomNumber": "3"])
                + LDIF.person("carl", ["telephoneNumber": nil, "roomNumber": "3"])
                + LDIF.person("dora", ["mail": nil]) + LDIF.person("emil", ["mail": nil])
                + LDIF.person("finn", ["title": "active", "roomNumber": "3"]) + LDIF.person("gus", ["title": "active"])
                + LDIF.group("vip", members: [LDIF.dn("anna"), LDIF.dn("ben")])
                + Self.posixGroup("listed", ["anna", "ben", "carl", "dora", "emil", "finn"]),
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
            strategy          everything, in pages of 1000 entries
            also offered      content sync (RFC 4533); this Rollcall does not use it
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
        #expect(probe["strategy"] as? String == "pages")
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

    // MARK: What is not seen

    @Test func `given an attribute that nobody may read, when probed, then it is told who asks for it`() throws {
        let slapd = try Slapd(LDIF.people(3), access: Self.hiding("mail"))
        let checked = try Checked(Settings.backEnd(host: slapd.uri), "--connect")
        #expect(checked.status == 1)
        #expect(
            checked.lines("not mirrored") == [
                "3 missing-attribute, such as \(LDIF.dn("u00000")): no value in 'mail', so no UserEmail. Not mirrored. "
                    + "Fill the attribute in the directory, or exclude the entry with AlwaysFilter."
            ])
        let spots = checked.lines("not seen")
        #expect(
            spots.contains(
                "attribute 'mail' (Map UserEmail): none of the 3 entries shows it. Correct the name, let the bind account read "
                    + "it, or leave it when nobody has it."), "\(spots)")
        #expect(spots.contains("people: none of the 3 entries that match can be mirrored, for the reasons above."))
        #expect(checked.lines("verdict") == ["a cycle cannot do its work with what this server shows"])
    }

    @Test func `given ids that may not be read, when probed, then nobody could be called missing`() throws {
        let slapd = try Slapd(LDIF.people(3), access: Self.hiding("entryUUID"))
        let checked = try Checked(Settings.backEnd(host: slapd.uri), "--connect")
        #expect(checked.status == 1)
        #expect(
            checked.lines("not seen").contains(
                "immutable ids: 3 of 3 entries show none of entryUUID, objectGUID, nsUniqueId. They are not mirrored, and "
                    + "nobody could be called missing. Let the bind account read the one that the server has."),
            "\(checked.output)")
    }

    @Test func `given members that may not be read, when probed, then group and GroupDN are told`() throws {
        let slapd = try Slapd(
            LDIF.people(2) + Self.posixGroup("posix", ["u00000"]) + LDIF.group("vip", members: [LDIF.dn("u00000")]),
            access: Self.hiding("member,memberUid"))
        let checked = try Checked(
            Self.groups
                + Settings.backEnd(
                    host: slapd.uri, parameters: "GroupDN => '\(LDIF.groupDN("posix"))',",
                    more: """
                        UserSyncGroupsDefinition => {
                            '\(LDIF.groupDN("vip"))' => { vip => { rw => 1 } },
                            '\(LDIF.groupDN("gone"))' => { it => { rw => 1 } },
                        },
                        """), "--connect")
        #expect(checked.status == 1)
        #expect(
            Set(checked.lines("LDAP group"))
                == ["\(LDIF.groupDN("vip")): 0 members", "\(LDIF.groupDN("gone")): cannot be read"])
        let spots = checked.lines("not seen")
        for spot in [
            "\(LDIF.groupDN("vip")): the LDAP group shows none of member, uniqueMember, memberUid, so its rule gives nothing. "
                + "Unless it is empty, let the bind account read the one that it has.",
            "\(LDIF.groupDN("gone")): the LDAP group cannot be read: No such object (32). What it gave stays as it is. Check "
                + "the DN and what the bind account may read.",
            "GroupDN: not all of it can be seen, so nobody could be called missing: the server shows no memberUid at or below "
                + "GroupDN \(LDIF.groupDN("posix")). Correct GroupDN, or let the bind account read all of it.",
        ] { #expect(spots.contains(spot), "\(spots)") }
        #expect(checked.lines("in GroupDN") == ["0 of them"])
    }

    @Test func `given a filter over an attribute that may not be searched, when probed, then it is told`() throws {
        let slapd = try Slapd(
            (0..<2).map { LDIF.person(LDIF.login($0), ["title": "active"]) }.joined(), access: Self.hiding("title"))
        let checked = try Checked(
            Settings.backEnd(host: slapd.uri, more: "CustomerUserValidFilter => '(title=active)',"), "--connect")
        #expect(checked.status == 1)
        #expect(checked.lines("to be mirrored") == ["2: 0 valid, 2 invalid"])
        let spots = checked.lines("not seen")
        #expect(
            spots.contains(
                "reading who is valid fails: nobody matches CustomerUserValidFilter. Check the filter, and that the bind "
                    + "account may read the attributes that it names."), "\(spots)")
        #expect(
            spots.contains(
                "attribute 'title' (CustomerUserValidFilter): a search finds no entry that has it. Correct the name, let the "
                    + "bind account search for it, or leave it when nobody has it."), "\(spots)")
    }

    @Test func `given a server that will not search for an attribute, when probed, then that is not known`() throws {
        let others = (0..<20).map { "dn: cn=role\($0),\(Slapd.people)\nobjectClass: organizationalRole\ncn: role\($0)\n\n" }
        let slapd = try Slapd(
            LDIF.person("anna", ["title": "active"]) + others.joined(),
            configuration: "limits dn.exact=\"\(Slapd.reader)\" size.unchecked=5")
        let checked = try Checked(
            Settings.backEnd(host: slapd.uri, more: "CustomerUserValidFilter => '(title=active)',"), "--connect")
        #expect(checked.status == 0)
        #expect(
            checked.lines("not seen").last
                == "attribute 'title' (CustomerUserValidFilter): whether it can be searched is not known: the server stopped "
                + "with Administrative limit exceeded (11). Raise the limit for the bind account.", "\(checked.output)")
    }

    @Test func `given a size limit, when probed, then the count is told as far as it came`() throws {
        let slapd = try Slapd(
            LDIF.people(50), configuration: "limits dn.exact=\"\(Slapd.reader)\" size.soft=20 size.hard=20")
        let checked = try Checked(Settings.backEnd(host: slapd.uri), "--connect")
        #expect(checked.status == 1)
        #expect(checked.lines("people") == ["20 entries match, and then the reading was cut short"])
        #expect(
            checked.lines("not seen").first
                == "people: the reading is cut short, so nobody could be called missing: the server stopped with Size limit "
                + "exceeded (4). Raise the limit for the bind account.", "\(checked.output)")
    }

    @Test func `given a referral, when probed, then the reading is told to be cut short`() throws {
        let slapd = try Slapd(
            LDIF.people(2)
                + "dn: ou=elsewhere,\(Slapd.people)\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\n"
                + "ref: ldap://127.0.0.1:1/ou=people,dc=other\n\n")
        let checked = try Checked(Settings.backEnd(host: slapd.uri), "--connect")
        #expect(checked.status == 1)
        #expect(
            checked.lines("not seen").first
                == "people: the reading is cut short, so nobody could be called missing: the server referred to another server "
                + "for a part of the tree, which is not followed.", "\(checked.output)")
    }

    @Test func `given an account that sees nobody and not itself, when probed, then both are told`() throws {
        let slapd = try Slapd(
            LDIF.people(2),
            access: "access to attrs=userPassword by anonymous auth by * none\n"
                + "access to dn.base=\"\(Slapd.people)\" by users read\naccess to * by * none\n")
        let checked = try Checked(Settings.backEnd(host: slapd.uri), "--connect")
        #expect(checked.status == 1)
        let spots = checked.lines("not seen")
        #expect(
            spots.contains(
                "people: no entry matches. Correct BaseDN, SSCOPE or AlwaysFilter, or let the bind account read the people."),
            "\(spots)")
        #expect(
            spots.contains(
                "UserDN \(Slapd.reader): its own entry cannot be read: No such object (32). Rollcall can do without."),
            "\(spots)")
        #expect(!spots.contains { $0.hasPrefix("attribute 'mail'") })
    }

    // MARK: Servers

    @Test func `given a wrong base, when probed, then the naming contexts and the server's answer are told`() throws {
        let slapd = try Slapd(LDIF.people(2))
        let checked = try Checked(
            Settings.backEnd(host: slapd.uri, base: "ou=people,dc=nowhere"), "--connect", naming: [slapd.uri: "SERVER"])
        #expect(checked.status == 1)
        #expect(
            checked.lines("not seen") == [
                "BaseDN ou=people,dc=nowhere: it is in none of the server's naming contexts (\(Slapd.suffix)). Correct BaseDN, "
                    + "or name the server that has it."
            ])
        #expect(
            checked.lines("failure") == [
                "SERVER: search below 'ou=people,dc=nowhere' failed: No such object (32). Check BaseDN of the back end, and "
                    + "that the bind account may read it."
            ])
        #expect(checked.lines("verdict") == ["a cycle cannot read this server"])
        #expect(checked.lines("naming contexts") == [Slapd.suffix])
    }

    @Test func `given a wrong password, when probed, then it is tried once and the next server is left alone`() throws {
        let slapd = try Slapd(LDIF.people(2))
        let second = try Slapd(LDIF.people(2))
        let checked = try Checked(
            Self.backEnd(hosts: [slapd.uri, second.uri], password: "wrong-pass"), "--connect",
            naming: [slapd.uri: "FIRST", second.uri: "SECOND"])
        #expect(checked.status == 1)
        #expect(
            checked.output.hasSuffix(
                """

                  FIRST
                    failure           FIRST: bind as '\(Slapd.reader)' failed: Invalid credentials (49). Check UserDN and \
                UserPw of the back end.
                    verdict           a cycle cannot read this server
                  SECOND
                    verdict           left alone: the bind was refused above, and another try could lock the account

                """), "\(checked.output)")
        #expect(!checked.output.contains("wrong-pass"))
        #expect(slapd.log.components(separatedBy: " BIND dn=").count == 2)
        #expect(!second.log.contains(" BIND dn="))
    }

    @Test func `given a server that is down beside one that is up, when probed, then both are told`() throws {
        let slapd = try Slapd(LDIF.people(2))
        let nobody = "ldap://127.0.0.1:\(try FreePort.take())"
        let checked = try Checked(
            Self.backEnd(hosts: [nobody, slapd.uri]), "--connect", naming: [slapd.uri: "UP", nobody: "DOWN"])
        #expect(checked.status == 1)
        #expect(
            checked.lines("failure") == [
                "DOWN: connecting failed: Connection refused. Check Host and port of the back end, and that the server runs "
                    + "and can be reached from here."
            ])
        #expect(checked.lines("people") == ["2 entries match, all were read"])
        #expect(checked.lines("verdict") == ["a cycle cannot read this server", "a cycle can read this server"])
    }

    @Test func `given several back ends, when probed, then each has its block and nothing is made`() throws {
        let slapd = try Slapd(LDIF.people(1))
        let rollcall = try Rollcall(
            Settings.backEnd(host: slapd.uri) + Settings.backEnd("CustomerUser2", host: slapd.localURI))
        let outcome = try run(Rollcall.program, ["check", rollcall.configuration, "--connect"])
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(outcome.output.contains("\nCustomerUser 'Test CustomerUser'\n  \(slapd.uri)\n"))
        #expect(outcome.output.contains("\nCustomerUser2 'Test CustomerUser2'\n  \(slapd.localURI)\n"))
        #expect(!FileManager.default.fileExists(atPath: rollcall.store))
        #expect(!FileManager.default.fileExists(atPath: rollcall.changeLog))
    }

    @Test func `given a server that hangs, when probed, then it is given up in time`() throws {
        let slapd = try Slapd(LDIF.people(2))
        let backEnd = Settings.backEnd(host: slapd.uri, parameters: "Params => { timeout => 1 },")
        #expect(try Checked(backEnd, "--connect").status == 0)
        slapd.hang()
        let checked = try Checked(backEnd, "--connect")
        slapd.resume()
        #expect(checked.status == 1)
        #expect(checked.lines("failure").first?.contains("no answer within 1 s") == true, "\(checked.output)")
    }
}
