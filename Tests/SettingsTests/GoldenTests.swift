import Testing

@testable import Settings

@Suite("A file with many mistakes")
struct GoldenTests {
    static let file = #"""
        package Kernel::Config::Files::z;
        use utf8;
        sub Load {
            my ($File, $Self) = @_;
            $Self->{DatabaseHost} = lookup('db');
            $Self->{CustomerUser1} = {
                Name   => 'Zürich',
                Module => 'Kernel::System::CustomerUser::LDAP',
                Params => {
                    Host => { name => 'ldap.acme.example' },
                    BaseDN => 'dc=acme,dc=example',
                    SSCOPE => 'subtree',
                    UserDN => 'cn=reader,dc=acme,dc=example',
                    UserPw => $ENV{READER_PASSWORD},
                    AlwaysFilter => 'objectClass=person',
                },
                CustomerKey => 'uid'
                CustomerID => 'o',
                Map => [
                    [ 'UserLogin', 'Login', 'uid', 1, 1, 'var' ],
                    [ 'UserEmail', 'E-mail', 'mail' ],
                    [ 'UserCustomerID', 'Customer', 'o', 1, 1, 'var' ],
                ],
                UserSyncGroupsDefinition => {
                    'cn=vip,dc=acme,dc=example' => { 'vip-support' => { write => 1 } },
                },
                RemovelLimit => '20%',
            };
            $Self->{CustomerUser12} = { Module => 'Kernel::System::CustomerUser::LDAP' };
            if ($x) { $Self->{CustomerGroupSupport} = 1; }
            $Self->{'Rollcall::Groups'} = [ 'vip-support' ];
            $Self->{'Rollcall::Interval'} = '5 minutes';
            $Self->{'Rollcall::Store'} = $ENV{HOME} ? 'a' : 'b';
            return;
        }
        1;
        """#

    static let expected = [
        "z.pm:10:21: error: CustomerUser1 Params.Host is a hash. Expected one host or a list, such as 'ldaps://ldap.example.org'.",
        "z.pm:12:23: error: CustomerUser1 Params.SSCOPE is 'subtree'. Expected 'one', 'sub' or 'base'.",
        "z.pm:14:23: error: CustomerUser1: the environment variable READER_PASSWORD is not set. "
            + "Set it for Rollcall, or write the value.",
        "z.pm:15:29: error: CustomerUser1 Params.AlwaysFilter is wrong at character 1: it is not in parentheses. "
            + "Write it as in '(objectClass=person)'.",
        "z.pm:17:29: error: CustomerUser1: a comma is missing after this value. Write ',' between two elements of a list.",
        "z.pm:21:13: error: a row of CustomerUser1 Map has 3 columns. "
            + "Expected 5 to 10: a list such as ['UserLogin', 'Login', 'uid', 1, 1, 'var'].",
        "z.pm:25:65: error: CustomerUser1 UserSyncGroupsDefinition 'cn=vip,dc=acme,dc=example' 'vip-support' gives 'write', "
            + "which is not in System::Customer::Permission. Expected one of 'ro', 'rw'.",
        "z.pm:27:9: warning: CustomerUser1 RemovelLimit is unknown to Rollcall and has no effect. Is 'RemovalLimit' meant?",
        "z.pm:29:13: error: CustomerUser12 is no back end that the ticket system reads. "
            + "Use CustomerUser, or CustomerUser1 to CustomerUser10.",
        "z.pm:30:15: error: CustomerGroupSupport: 'if' sets it, and Rollcall does not run code. "
            + "Write '$Self->{…} = value;' alone.",
        "z.pm:32:37: error: Rollcall::Interval is '5 minutes'. Expected a whole number of seconds, 1 to 31536000.",
        "z.pm:33:45: error: Rollcall::Store: '?:' chooses between values, and Rollcall reads them without running Perl. Write one.",
    ]

    @Test("given many mistakes, when read, then all are told in file order")
    func mistakes() {
        let reading = read(Self.file)
        #expect(reading.lines == Self.expected)
        #expect(!reading.isUsable)
    }
}
