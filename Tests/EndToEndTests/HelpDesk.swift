/// The configuration of one help desk, spread over files as in a ticket system.
enum HelpDesk {
    /// `Config.pm`, written by hand over the years.
    static let main = #"""
        # --
        # What is particular to this help desk
        # --
        package Kernel::Config;

        use strict;
        use warnings;
        use utf8;

        sub Load {
            my $Self = shift;

            $Self->{DatabaseHost} = '127.0.0.1';
            $Self->{Database}     = 'helpdesk';
            $Self->{DatabaseUser} = 'helpdesk';
            $Self->{DatabasePw}   = 'database-secret';
            $Self->{DatabaseDSN}  = "DBI:mysql:database=$Self->{Database};host=$Self->{DatabaseHost};";
            $Self->{Home}         = '/opt/helpdesk';
            $Self->{'LogModule::LogFile'} = "$Self->{Home}/var/log/helpdesk.log";
            $Self->{'PostMaster::PreFilterModule'}->{'010-Spam'} = { Match => { Subject => qr/^it's free/i } };
            my @Agents = sort { $a cmp $b } grep { !/^x/ } qw( berg costa );
            if ( -e "$Self->{Home}/maintenance" ) { $Self->{SystemMaintenance} = 1; }

            # Both directories hold people in the same way.
            my $Suffix = 'dc=acme,dc=example';
            my %Options = ( timeout => 10 * 2, verify => 'require', version => 3 );
            my @Person  = (
                [ 'UserFirstname', Translatable('First name'), 'givenName', 1, 1, 'var', '', 1 ],
                [ 'UserLastname',  Translatable('Last name'),  'sn',        1, 1, 'var', '', 1 ],
                [ 'UserLogin',     Translatable('Login'),      'uid',       1, 1, 'var', '', 1 ],
                [ 'UserEmail',     Translatable('E-mail'),     'mail',      1, 1, 'var', '', 1 ],
            );
            my $Filter = <<"END_FILTER";
        (&
          (objectClass=inetOrgPerson)
          (memberOf=cn=customers,ou=groups,$Suffix)
        )
        END_FILTER

            $Self->{CustomerUser} = {
                Name   => 'Kunden (Zürich)',
                Module => 'Kernel::System::CustomerUser::LDAP',
                Params => {
                    Host          => 'localhost',
                    BaseDN        => "ou=people,$Suffix",
                    SSCOPE        => 'sub',
                    UserDN        => join( ',', 'cn=reader', 'ou=services', $Suffix ),
                    UserPw        => 'reader-secret',
                    AlwaysFilter  => $Filter,
                    SourceCharset => lc('UTF-8'),
                    Die           => 0,
                    Params        => \%Options,
                },
                CustomerKey => 'uid',
                CustomerID  => 'o',
                Map         => [ @Person, [ 'UserCustomerID', 'Customer', 'o', 0, 1, 'var' ],, ],
                CustomerUserListFields      => [qw( cn mail )],
                CustomerUserSearchListLimit => 1_0 * 25,
                CacheTTL                    => 60 * 60 * 24,
            };
            $Self->{CustomerUser}->{Params}->{Host} = [ map_hosts() ];
            $Self->{CustomerUser}->{Params}->{Host} = [ 'ldaps://ldap1.acme.example', 'ldaps://ldap2.acme.example' ];

            $Self->{CustomerUser2} = {
                %{ $Self->{CustomerUser} },
                Name       => "Partner \x{2013} B\N{U+FC}ro",
                CustomerID => 'departmentNumber',
                Map        => [ @Person, [ 'UserCustomerID', 'Customer', 'departmentNumber', 0, 1, 'var' ] ],
            };
            $Self->{CustomerUser2}{Params} = {
                Host => 'partners.acme.example', BaseDN => 'ou=partners,' . $Suffix, SSCOPE => 'one', Params => \%Options,
            };
            delete $Self->{CustomerUser2}->{CacheTTL};
            $Options{scheme} = 'ldaps';

            $Self->{CustomerUser7} = {
                Module => 'Kernel::System::CustomerUser::DB',
                Params => { Table => 'customer_user', SearchCaseSensitive => 0 },
            };
            $Self->{'Rollcall::Groups'} = [ 'portal', 'partners' ];
            push @{ $Self->{'Rollcall::Groups'} }, 'it-support', 'x' x 3;
            $Self->{'Rollcall::RemovalLimit'} = 2 ** 5 + 7 % 4 . '';
            $Self->{'Rollcall::Interval'} ||= 600;
            return 1;
        }

        sub map_hosts { return map { "ldap$_" } 1 .. 2 }

        1;

        =head1 NAME

        It's documented here.

        =cut
        """#

    /// `Config/Files/ZZZAAuto.pm`, as the administration writes it.
    static let generated = Judged.file(
        "ZZZAAuto",
        #"""
            $Self->{'ConfigLevel'} =  '200';
            $Self->{'AgentSelfNotifyOnAction'} =  '0';
            $Self->{'AttachmentDownloadType'} =  'attachment';
            $Self->{'CustomerGroupSupport'} =  '1';
            $Self->{'CustomerGroupAlwaysGroups'} =  [
              'users',
              'portal'
            ];
            $Self->{'CustomerGroupPermissionContext'}->{'001-CustomerID-same'} =  {
              'Description' => 'Gives access to tickets with the same customer ID.',
              'Name' => 'Same Customer',
              'Value' => 'Ticket::CustomerID::Same'
            };
            $Self->{'CustomerGroupPermissionContext'}->{'100-CustomerID-other'} =  {
              'Description' => 'Gives access to tickets of other customers (it\'s off by default).',
              'Name' => 'Other Customers',
              'Value' => 'Ticket::CustomerID::Other'
            };
            $Self->{'CustomerPanelUserID'} =  '1';
            delete $Self->{'Frontend::NotifyModule'}->{'8000-Daemon-Check'};
            delete $Self->{'PreferencesGroups'}->{'Skin'};
            $Self->{'Loader::Agent::CommonCSS'}->{'200-Own'} =  [
              'Own.css'
            ];
            $Self->{'System::Customer::Permission'} =  [
              'ro',
              'note',
              'rw'
            ];
            $Self->{'Ticket::Frontend::AgentTicketZoom'}->{'Widgets'}->{'0100-TicketInformation'} =  undef;
            $Self->{'TimeZone'} =  'Europe/Z' . "\x{fc}" . 'rich';
        """#)
}
