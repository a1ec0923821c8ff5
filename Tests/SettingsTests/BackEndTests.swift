import Foundation
import Model
import Testing

@testable import Settings

@Suite("What a back end reads")
struct BackEndTests {
    @Test("given every search key, when read, then they are all there")
    func search() {
        let reading = read(
            parameters:
                "BaseDN => '', SSCOPE => 'one', AlwaysFilter => ' (&(a=b)(c=d)) ', GroupDN => 'cn=g', SourceCharset => 'Latin1',",
            keys: "CustomerUserValidFilter => '(x=y)', Name => 'Acme',")
        #expect(reading.lines == [])
        #expect(
            reading.backEnd?.search
                == SearchSettings(
                    baseDN: "", scope: .one, alwaysFilter: "(&(a=b)(c=d))", validFilter: "(x=y)", groupDN: "cn=g",
                    charset: .latin1))
        #expect(reading.backEnd?.name == "Acme")
    }

    @Test("given nothing but a module, when read, then everything that is missing is told")
    func missing() {
        let reading = read("$Self->{CustomerUser} = { Module => 'Kernel::System::CustomerUser::LDAP', Params => {} };")
        #expect(
            reading.lines == [
                "z.pm:1:25: error: CustomerUser CustomerKey is missing. Add CustomerKey => 'uid'.",
                "z.pm:1:25: error: CustomerUser CustomerID is missing. Add CustomerID => 'o'.",
                "z.pm:1:25: error: CustomerUser Map is missing. Add Map => [ ['UserLogin', 'Login', 'uid', 1, 1, 'var'], … ].",
                "z.pm:1:85: error: CustomerUser Params.Host is missing. Add Host => 'ldaps://ldap.example.org'.",
                "z.pm:1:85: error: CustomerUser Params.BaseDN is missing. "
                    + "Add BaseDN => 'ou=people,dc=example,dc=org', or '' for the whole directory.",
                "z.pm:1:85: error: CustomerUser Params.SSCOPE is missing. Add SSCOPE => 'sub'.",
            ])
    }

    @Test(
        "given an unusable value, when read, then this is said",
        arguments: [
            ("SSCOPE => 'subtree'", "SSCOPE is 'subtree'. Expected 'one', 'sub' or 'base'."),
            ("SourceCharset => 'cp850'", "SourceCharset is 'cp850'. Expected 'utf-8' or 'iso-8859-1'."),
            ("BaseDN => []", "BaseDN is a list. Expected a DN, such as 'ou=people,dc=example,dc=org'."),
            (
                "AlwaysFilter => []", "AlwaysFilter is a list. Expected a filter, such as '(objectClass=person)'."
            ),
            (
                "AlwaysFilter => 'a=b'",
                "AlwaysFilter is wrong at character 1: it is not in parentheses. Write it as in '(objectClass=person)'."
            ),
            (
                "AlwaysFilter => '(a=b)(c=d)'",
                "AlwaysFilter is wrong at character 6: a second filter begins. Join both, as in '(&(a=1)(b=2))'."
            ),
            (
                "AlwaysFilter => '(&(a=b)'",
                "AlwaysFilter is wrong at character 1: this '(' is never closed. Add the ')' where its filter ends."
            ),
        ])
    func unusable(_ parameter: String, _ message: String) {
        #expect(read(parameters: parameter).messages == ["error: CustomerUser1 Params." + message])
    }

    @Test("given no AlwaysFilter and an attribute that no filter takes, when read, then one has to be written")
    func impossibleFilter() {
        let keys =
            "CustomerKey => 'my_uid', Map => [ ['UserLogin', 'l', 'my_uid', 1, 1], ['UserEmail', 'e', 'mail', 1, 1], "
            + "['UserCustomerID', 'c', 'o', 1, 1] ],"
        #expect(
            read(keys: keys).messages == [
                "error: CustomerUser1 Params.AlwaysFilter is missing, and (|(my_uid=*)(mail=*)) in its place is no filter. "
                    + "Add AlwaysFilter => '(objectClass=person)'."
            ])
        #expect(read(parameters: "AlwaysFilter => '(a=b)',", keys: keys).lines == [])
    }

    @Test("given other modules, when read, then the database is a warning and the rest an error")
    func modules() {
        let other = "$Self->{CustomerUser} = { Module => 'Kernel::System::CustomerUser::DB', Params => {} };"
        #expect(
            read(after: other).messages == [
                "warning: CustomerUser Module keeps its people in the ticket system's database. Rollcall does not read this back end."
            ])
        #expect(
            read(keys: "Module => 'Kernel::System::CustomerUser::Radius',").messages == [
                "error: CustomerUser1 Module is 'Kernel::System::CustomerUser::Radius', which Rollcall does not know. "
                    + "Expected 'Kernel::System::CustomerUser::LDAP'."
            ])
    }

    @Test("given slots with gaps in any order, when read, then they come in slot order")
    func slots() {
        let reading = read([10, 3, 0].map { Sample.backEnd($0 == 0 ? "CustomerUser" : "CustomerUser\($0)") }.joined())
        #expect(reading.configuration?.backEnds.map(\.slot.number) == [0, 3, 10])
    }

    @Test(
        "given slots that do not exist, when read, then each is an error at its key",
        arguments: ["01", "11", "00", "999999999999999999999"])
    func impossibleSlot(_ number: String) {
        #expect(
            read(after: "$Self->{CustomerUser\(number)} = {};").lines == [
                "z.pm:17:9: error: CustomerUser\(number) is no back end that the ticket system reads. "
                    + "Use CustomerUser, or CustomerUser1 to CustomerUser10."
            ])
    }

    @Test("given an element assigned later, when read, then it counts")
    func elements() {
        let reading = read(
            after: "$Self->{CustomerUser1}->{Params}->{Host} = 'ldaps://b.example'; delete $Self->{CustomerUser1}{Name};")
        #expect(reading.backEnd?.connection.servers == [.tcp(host: "b.example", port: 636, tls: true)])
    }

    @Test("given unknown keys, when read, then each is a warning with the nearest right name")
    func unknownKeys() {
        let reading = read(parameters: "Hots => 'a', Whatever => 1,", keys: "CustomerUserNameField => [],")
        #expect(
            reading.lines == [
                "z.pm:8:9: warning: CustomerUser1 Params.Hots is unknown to Rollcall and has no effect. "
                    + "Is 'Host' meant?",
                "z.pm:8:22: warning: CustomerUser1 Params.Whatever is unknown to Rollcall and has no effect. "
                    + "Remove it, or correct its name.",
                "z.pm:15:5: warning: CustomerUser1 CustomerUserNameField is unknown to Rollcall and has no effect. "
                    + "Is 'CustomerUserNameFields' meant?",
            ])
    }

    @Test("given a list as back end, when read, then this is said")
    func noHash() {
        #expect(
            read(after: "$Self->{CustomerUser2} = [];").messages == [
                "error: CustomerUser2 is a list. Expected a hash, such as { Module => 'Kernel::System::CustomerUser::LDAP', … }."
            ])
    }

    @Test(
        "given a removal limit, when read, then it is this one",
        arguments: [
            ("'20%'", RemovalLimit.percent(20)), ("' 5 % '", nil), ("0", .count(0)), ("'150'", .count(150)), ("'101%'", nil),
        ])
    func removalLimit(_ value: String, _ limit: RemovalLimit?) {
        let reading = read(keys: "RemovalLimit => \(value),", after: "$Self->{'Rollcall::RemovalLimit'} = 7;")
        #expect(reading.backEnd?.removalLimit == limit)
        #expect(reading.isUsable == (limit != nil))
    }

    @Test("given no removal limit in the back end, when read, then the global one or the default counts")
    func globalRemovalLimit() {
        #expect(read(after: "$Self->{'Rollcall::RemovalLimit'} = 7;").backEnd?.removalLimit == .count(7))
        #expect(read().backEnd?.removalLimit == .percent(20))
        #expect(
            read(keys: "RemovalLimit => 'all',").messages == [
                "error: CustomerUser1 RemovalLimit is 'all'. Expected a share such as '20%', or a count such as 50."
            ])
    }

    @Test("given group support globally and in the back end, when read, then the back end's counts")
    func groupSupport() {
        let global = "$Self->{CustomerGroupSupport} = 1;"
        #expect(read().backEnd?.requiresGroups == false)
        #expect(read(after: global).backEnd?.requiresGroups == true)
        #expect(read(keys: "CustomerGroupSupport => 0,", after: global).backEnd?.requiresGroups == false)
        #expect(
            read(keys: "CustomerGroupSupport => [],").messages == [
                "error: CustomerUser1 CustomerGroupSupport is a list. Expected 1 or 0."
            ])
    }
}
