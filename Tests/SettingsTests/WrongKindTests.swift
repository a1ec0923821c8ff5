import Testing

@testable import Settings

@Suite("Values of the wrong kind")
struct WrongKindTests {
    @Test(
        "given a hash where something else belongs, when read, then it is an error that says what belongs there",
        arguments: [
            ("Name", "a name"), ("Module", "'Kernel::System::CustomerUser::LDAP'"),
            ("CustomerKey", "an LDAP attribute, such as 'uid'"),
            ("CustomerID", "an LDAP attribute, such as 'uid'"), ("Map", "a list of rows"), ("CustomerGroupSupport", "1 or 0"),
            ("CustomerUserValidFilter", "a filter, such as '(objectClass=person)'"),
            ("RemovalLimit", "a share such as '20%', or a count such as 50"),
            ("UserSyncInitialGroups", "a list of group names, such as ['users']"),
        ])
    func inBackEnd(_ key: String, _ expected: String) {
        #expect(read(keys: "\(key) => {},").messages == ["error: CustomerUser1 \(key) is a hash. Expected \(expected)."])
    }

    @Test(
        "given a list where something else belongs, when read, then it is an error that says what belongs there",
        arguments: [
            ("Params", "a hash, such as { Host => 'ldaps://ldap.example.org', … }"),
            ("UserSyncGroupsDefinition", "a hash such as { 'cn=vip,dc=example,dc=org' => { 'vip-support' => { rw => 1 } } }"),
            (
                "UserSyncAttributeGroupsDefinition",
                "a hash such as { department => { 'IT' => { 'it-support' => { ro => 1 } } } }"
            ),
        ])
    func listInBackEnd(_ key: String, _ expected: String) {
        #expect(read(keys: "\(key) => [],").messages == ["error: CustomerUser1 \(key) is a list. Expected \(expected)."])
    }

    @Test(
        "given a list in Params where something else belongs, when read, then it is an error that says what belongs there",
        arguments: [
            ("BaseDN", "a DN, such as 'ou=people,dc=example,dc=org'"),
            ("GroupDN", "a DN, such as 'cn=staff,dc=example,dc=org'"),
            ("SSCOPE", "'one', 'sub' or 'base'"), ("SourceCharset", "'utf-8' or 'iso-8859-1'"),
            ("UserDN", "a DN, such as 'cn=reader,dc=example,dc=org'"), ("UserPw", "text, or $ENV{NAME}"),
            ("UserPwFile", "a path, such as '/etc/rollcall/ldap-password'"),
            ("Params", "a hash, such as { port => 389, timeout => 30 }"),
        ])
    func inParameters(_ key: String, _ expected: String) {
        #expect(
            read(parameters: "\(key) => [],").messages == [
                "error: CustomerUser1 Params.\(key) is a list. Expected \(expected)."
            ])
    }

    @Test("given StartTLS as a list on a plain connection, when read, then it is an error that says what belongs there")
    func startTLS() {
        #expect(
            read(parameters: "Host => 'a', StartTLS => [],").messages == [
                "error: CustomerUser1 Params.StartTLS is a list. Expected 'require', 'optional' or 'none'."
            ])
    }

    @Test(
        "given a list among the connection options, when read, then it is an error that says what belongs there",
        arguments: [
            ("port", "a whole number, 1 to 65535"), ("timeout", "a whole number of seconds, 1 to 3600"),
            ("scheme", "'ldap', 'ldaps' or 'ldapi'"), ("verify", "'require', 'optional' or 'none'"), ("cafile", "a path"),
            ("capath", "a path"), ("clientcert", "a path"), ("clientkey", "a path"),
        ])
    func inConnection(_ key: String, _ expected: String) {
        #expect(
            read(parameters: "Params => { \(key) => [] },").messages == [
                "error: CustomerUser1 Params.Params.\(key) is a list. Expected \(expected)."
            ])
    }

    @Test(
        "given a hash at the top level where something else belongs, when read, then it is an error that says what belongs there",
        arguments: [
            ("Rollcall::Groups", "a list of group names, such as ['vip-support']"),
            ("Rollcall::Interval", "a whole number of seconds, 1 to 31536000"), ("Rollcall::Store", "a path"),
            ("Rollcall::ChangeLog", "a path"), ("Rollcall::RemovalLimit", "a share such as '20%', or a count such as 50"),
            ("CustomerGroupAlwaysGroups", "a list of group names, such as ['users']"),
            ("CustomerGroupCompanyAlwaysGroups", "a list of group names, such as ['users']"),
            ("System::Customer::Permission", "a list, such as ['ro', 'rw']"), ("CustomerGroupSupport", "1 or 0"),
        ])
    func atTop(_ key: String, _ expected: String) {
        #expect(read(after: "$Self->{'\(key)'} = {};").messages == ["error: \(key) is a hash. Expected \(expected)."])
    }

    @Test(
        "given values of the wrong kind deep in rules and rows, when read, then each is an error that says what belongs there")
    func deep() {
        let keys = """
            UserSyncAttributeGroupsDefinition => { a => 1, b => { x => 1 }, c => { x => { users => { rw => [] } } } },
            Map => [ [ {}, '', 'uid', 1, 1 ], [ 'UserFax', '', [], 1, 1 ], \(["Login", "Email", "CustomerID"].map {
                "['User\($0)', '', '\($0 == "CustomerID" ? "o" : "uid")', 1, 1]" }.joined(separator: ", ")) ],
            """
        let rules = "error: CustomerUser1 UserSyncAttributeGroupsDefinition"
        #expect(
            read(keys: keys).messages == [
                "\(rules) 'a' is a number. Expected a hash such as { 'IT' => { 'it-support' => { ro => 1 } } }.",
                "\(rules) 'b' 'x' is a number. Expected a hash such as { 'vip-support' => { rw => 1 } }.",
                "\(rules) 'c' 'x' 'users' rw is a list. Expected 1 or 0.",
                "error: the variable of a row of CustomerUser1 Map is a hash. Expected a name.",
                "error: the attribute of UserFax in CustomerUser1 Map is a list. Expected an LDAP attribute, such as 'uid'.",
            ])
    }
}
