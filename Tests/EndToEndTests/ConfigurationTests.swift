import Foundation
import Support
import Testing

/// One file with ten mistakes of ten kinds: each is told, once, where it stands.
@Suite struct ConfigurationTests {
    static let mistakes = """
        $Self->{'System::Customer::Permission'} = [ 'ro', 'rw' ];
        $Self->{CustomerGroupAlwaysGroups}      = [ 'users', 'portal' ];
        $Self->{CustomerUser1} = {
            Name   => 'Acme'
            Module => 'Kernel::System::CustomerUser::LDAP',
            Params => {
                Host         = 'ldaps://ldap.acme.example',
                BaseDN       => base_dn('acme'),
                SSCOPE       => 'subtree',
                UserDN       => 'cn=reader,dc=acme,dc=example',
                UserPw       => $ENV{ROLLCALL_TEST_ABSENT},
                AlwaysFilter => '(&(objectClass=person)(mail=*)',
            },
            CustomerKey => 'uid',
            CustomerID  => 'o',
            Map         => [
                [ 'UserLogin',      'Login',    'uid',             1, 1, 'var' ],
                [ 'UserEmail',      'E-mail',   'mail',            1, 1, 'var' ],
                [ 'UserCustomerID', 'Customer', 'o',               1, 1, 'var' ],
                [ 'UserPhone',      'Phone',    'telephoneNumber', 1 ],
            ],
            UserSyncGroupsDefinition => {
                'cn=vip,dc=acme,dc=example' => { users => { rw => 1, create => 1 } },
            },
        };
        $Self->{CustomerUser11} = { Module => 'Kernel::System::CustomerUser::LDAP' };
        """

    static let messages = """
        FILE:8:54: warning: CustomerGroupAlwaysGroups names the group 'portal', which is not in Rollcall::Groups. \
        Nothing is given. Add it to Rollcall::Groups, or correct the name.
        FILE:10:21: error: CustomerUser1: a comma is missing after this value. Write ',' between two elements of a list.
        FILE:13:22: error: CustomerUser1: '=' stands between a key and its value. Write '=>'.
        FILE:14:25: error: CustomerUser1: this is a call, and Rollcall reads values without running Perl. \
        Write the value, or $ENV{NAME}.
        FILE:15:25: error: CustomerUser1 Params.SSCOPE is 'subtree'. Expected 'one', 'sub' or 'base'.
        FILE:17:25: error: CustomerUser1: the environment variable ROLLCALL_TEST_ABSENT is not set. \
        Set it for Rollcall, or write the value.
        FILE:18:25: error: CustomerUser1 Params.AlwaysFilter is wrong at character 1: this '(' is never closed. \
        Add the ')' where its filter ends.
        FILE:26:9: error: a row of CustomerUser1 Map has 4 columns. Expected 5 to 10: \
        a list such as ['UserLogin', 'Login', 'uid', 1, 1, 'var'].
        FILE:29:62: error: CustomerUser1 UserSyncGroupsDefinition 'cn=vip,dc=acme,dc=example' 'users' gives 'create', \
        which is not in System::Customer::Permission. Expected one of 'ro', 'rw'.
        FILE:32:9: error: CustomerUser11 is no back end that the ticket system reads. \
        Use CustomerUser, or CustomerUser1 to CustomerUser10.

        """

    @Test func `given ten mistakes in one file, when checked, then exactly ten messages come in file order`() throws {
        let checked = try Checked(Self.mistakes)
        #expect(checked.errors == Self.messages)
        #expect(checked.output == "FILE: cannot be used: 9 errors, 1 warning.\n")
        #expect(checked.status == 2)
    }

    @Test func `given ten mistakes in one file, when checked as JSON, then the same ten are in it with their places`() throws {
        let checked = try Checked(Self.mistakes, "--json")
        #expect(checked.status == 2)
        #expect(checked.errors == "")
        let object = try checked.object()
        let diagnostics = try #require(object["diagnostics"] as? [[String: Any]])
        let lines = diagnostics.map { finding in
            let words = ["severity", "message"].map { finding[$0] as? String ?? "" }
            let place = ["line", "column"].map { (finding[$0] as? Int).map(String.init) ?? "" }
            return "\(finding["file"] ?? ""):\(place[0]):\(place[1]): \(words[0]): \(words[1])\n"
        }
        #expect(lines.count == 10)
        #expect(lines.joined() == Self.messages)
        #expect(object["usable"] as? Bool == false)
    }

    @Test func `given ten mistakes in one file, when a cycle is to run, then the same nine errors stop it`() throws {
        let rollcall = try Rollcall(Self.mistakes)
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 2)
        let expected = Self.messages.split(separator: "\n").filter { $0.contains(": error: ") }
        let told = outcome.errors.replacingOccurrences(of: rollcall.configuration, with: "FILE").split(separator: "\n")
        #expect(told.filter { $0.contains(": error: ") } == expected)
        #expect(!FileManager.default.fileExists(atPath: rollcall.store))
    }

    @Test func `given ten mistakes in one file, when dumped or explained, then they are told and nothing else`() throws {
        let rollcall = try Rollcall(Self.mistakes)
        for command in ["dump", "explain"] {
            let outcome = try run(Rollcall.program, ["config", command, rollcall.configuration])
            #expect(outcome.status == 2)
            #expect(outcome.output == "")
            #expect(outcome.errors.replacingOccurrences(of: rollcall.configuration, with: "FILE") == Self.messages)
        }
    }
}
