import Model
import Testing

@testable import Settings

@Suite("Distinguished names in a configuration")
struct NameTests {
    private static let noPart = "a part is no type=value. Write each part as in 'ou=people', with ',' between two."

    @Test(
        "given what is no DN, when read, then it is an error with its character",
        arguments: [
            ("BaseDN => 'acme.example'", "BaseDN is wrong at character 1: " + noPart),
            ("BaseDN => 'dc=acme,example'", "BaseDN is wrong at character 9: " + noPart),
            ("GroupDN => 'customers'", "GroupDN is wrong at character 1: " + noPart),
            (
                "GroupDN => 'cn=customers,'",
                "GroupDN is wrong at character 13: the name ends in a comma. Remove it, or write the next part."
            ),
            (
                "UserDN => 'cn=geheim,', UserPw => 'x'",
                "UserDN is wrong at character 10: the name ends in a comma. "
                    + "Remove it, or write the next part."
            ),
        ])
    func noName(_ parameters: String, _ message: String) {
        #expect(read(parameters: parameters).messages == ["error: CustomerUser1 Params." + message])
    }

    @Test(
        "given a name that is fine, when read, then nothing is said",
        arguments: [
            "BaseDN => ''", "BaseDN => 'DC=acme, DC=example'", "GroupDN => ''", #"GroupDN => 'cn=Customers\, all,dc=x'"#,
            "UserDN => 'reader@acme.example', UserPw => 'x'", #"UserDN => 'ACME\reader', UserPw => 'x'"#,
            "UserDN => 'cn=reader,dc=x', UserPw => 'x'",
        ])
    func name(_ parameters: String) {
        let reading = read(parameters: parameters)
        #expect(reading.lines == [])
        #expect(reading.isUsable)
    }

    @Test("given a DN whose comma was forgotten, when read, then it is a warning where the next part begins")
    func forgottenComma() {
        let reading = read(parameters: "BaseDN => 'ou=people dc=acme,dc=example'")
        #expect(
            reading.messages == [
                "warning: CustomerUser1 Params.BaseDN looks wrong at character 13: one part has a second '='. "
                    + #"Write ',' before the next part, or \3d for a '=' that belongs to the value."#
            ])
        #expect(reading.isUsable)
    }

    @Test("given rules for what is no DN or no attribute, when read, then each is an error at its key")
    func rules() {
        let keys = """
            UserSyncGroupsDefinition => { 'vip' => { users => { rw => 1 } }, 'cn=vip' => { users => { rw => 1 } } },
            UserSyncAttributeGroupsDefinition => { 'my attribute' => { x => { users => { rw => 1 } } } },
            """
        #expect(
            read(keys: keys).lines == [
                "z.pm:15:35: error: the DN of CustomerUser1 UserSyncGroupsDefinition 'vip' is wrong at character 1: "
                    + Self.noPart,
                "z.pm:16:40: error: an attribute of CustomerUser1 UserSyncAttributeGroupsDefinition is 'my attribute'. "
                    + "Expected an LDAP attribute without options, such as 'uid'.",
            ])
    }
}
