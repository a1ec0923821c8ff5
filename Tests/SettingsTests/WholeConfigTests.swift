import Foundation
import Model
import Testing

@testable import Settings

@Suite("A whole Kernel/Config.pm")
struct WholeConfigTests {
    static let file = #"""
        # --
        # The configuration of one help desk, with all that usually stands around the back ends.
        # --
        package Kernel::Config;

        use strict;
        use warnings;
        use utf8;

        sub Load {
            my $Self = shift;

            # Don't forget the database
            $Self->{DatabaseHost} = '127.0.0.1';
            $Self->{Database}     = 'helpdesk';
            $Self->{DatabaseDSN}  = "DBI:mysql:database=$Self->{Database};host=$Self->{DatabaseHost};";
            $Self->{Home} = $ENV{HELPDESK_HOME} || '/opt/helpdesk';
            $Self->{'SystemID'} = 10;
            $Self->{'SendmailModule::Host'} = join '.', 'mail', 'acme', 'example';
            $Self->{'PostMaster::PreFilterModule'}->{'001'} = {
                Match => { From => qr/it's me/i, Subject => '(?:a|b)}' },
            };
            my %Seen = map { $_ => 1 } grep { !/^x/ } qw( a b );
            if ( -e "$Self->{Home}/maintenance" ) {
                $Self->{SystemMaintenance} = 1;
            }

            my $BaseDN = 'dc=acme,dc=example';
            $Self->{CustomerUser} = {
                Name   => Translatable('Acme'),
                Module => 'Kernel::System::CustomerUser::LDAP',
                Params => {
                    Host   => 'ldap://localhost',
                    BaseDN => "ou=people,$BaseDN",
                    SSCOPE => 'sub',
                    UserDN => '',
                    UserPw => '',
                    AlwaysFilter => '',
                    SourceCharset => 'utf-8',
                    DestCharset   => 'utf-8',
                    Params => { port => 389, timeout => 120, async => 0, version => 3 },
                },
                CustomerKey => 'uid',
                CustomerID  => 'mail',
                CustomerUserListFields => ['cn', 'mail'],
                CacheTTL => 60 * 60 * 24,
                Map => [
                    # note: Login, Email and CustomerID needed!
                    # var, frontend, storage, shown (1=always,2=lite), required, storage-type, http-link, readonly
                    [ 'UserLogin',      Translatable('Username'),   'uid',  1, 1, 'var', '', 0 ],
                    [ 'UserEmail',      'Email',      'mail', 1, 1, 'var', '$Env{"CGIHandle"}?To=[% Data.UserEmail | uri %]', 0, undef, undef ],
            #        [ 'UserCustomerIDs', 'CustomerIDs', 'second', 1, 0, 'var', '', 0 ],
                    [ 'UserCustomerID', 'CustomerID', 'mail', 0, 1, 'var' ],,
                ],
            };
            $Self->{CustomerUser}->{Params}->{Params}->{port} = 3389;
            delete $Self->{CustomerUser}->{CacheTTL};

            return 1;
        }

        use Kernel::Config::Defaults;    # import Translatable()
        use parent qw(Kernel::Config::Defaults);

        push( @ISA, 'Kernel::Config::Defaults' );

        sub Other {
            my ( $Self, %Param ) = @_;
            for my $Needed (qw(A B)) {
                die "Got no $Needed!" if !$Param{$Needed};
            }
            $Self->{CustomerUser} = \%Param;
            return { %{ $Self->{CustomerUser} || {} } };
        }

        1;

        =head1 TERMS

        It's free.

        =cut
        """#

    @Test("given all that usually stands in one, when read, then the back end is right and nothing is said")
    func whole() {
        let reading = read(Self.file.replacingOccurrences(of: "\n", with: "\r\n"))
        #expect(reading.lines == [])
        #expect(reading.backEnd?.connection.servers == [.tcp(host: "localhost", port: 3389, tls: false)])
        #expect(reading.backEnd?.connection.timeoutSeconds == 120)
        #expect(reading.backEnd?.search.baseDN == "ou=people,dc=acme,dc=example")
        #expect(reading.backEnd?.mapping.rows.map(\.attribute) == ["uid", "mail", "mail"])
    }
}
