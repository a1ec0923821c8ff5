import Foundation
import Support
import Testing

/// `rollcall check --connect` with a real slapd: what the bind account cannot see.
@Suite struct ProbeBlindSpotTests {
    /// Access rules under which nobody may read or search `attribute`.
    private static func hiding(_ attribute: String) -> String {
        "access to attrs=\(attribute) by * none\n" + Slapd.usualAccess
    }

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
            LDIF.people(2) + LDIF.posixGroup("posix", ["u00000"]) + LDIF.group("vip", members: [LDIF.dn("u00000")]),
            access: Self.hiding("member,memberUid"))
        let checked = try Checked(
            "$Self->{'Rollcall::Groups'} = [ 'vip', 'it' ];\n"
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
}
