/// A configuration with nearly everything in it, and what Rollcall says about it.
enum ExplainedSample {
    static let file = #"""
        package Kernel::Config::Files::z;
        use utf8;
        sub Load {
            my ($File, $Self) = @_;
            $Self->{CustomerUser1} = {
                Name   => 'Zürich',
                Module => 'Kernel::System::CustomerUser::LDAP',
                Params => {
                    Host => [ 'ldaps://a.acme.example', 'ldaps://b.acme.example' ],
                    BaseDN => 'ou=people,dc=acme,dc=example',
                    SSCOPE => 'one',
                    UserDN => 'cn=reader,dc=acme,dc=example',
                    UserPw => $ENV{READER_PASSWORD},
                    GroupDN => 'cn=all,dc=acme,dc=example',
                    AlwaysFilter => '(& (objectClass=person) (mail=*) )',
                    SourceCharset => 'latin1',
                    Params => { timeout => 10, verify => 'require', cafile => '/ca.pem', clientcert => '/c.pem', clientkey => '/k.pem' },
                },
                CustomerKey => 'uid', CustomerID => 'o', CustomerUserValidFilter => '(!(employeeType=former))',
                Map => [
                    [ 'UserLogin', 'Login', 'uid', 1, 1, 'var' ],
                    [ 'UserEmail', 'E-mail', 'mail', 1, 1, 'var' ],
                    [ 'UserCustomerID', 'Customer', 'o', 1, 1, 'var' ],
                    [ 'UserFax', 'Fax', '', 1, 0, 'var' ],
                    [ 'DynamicField_Floor', undef, 'roomNumber', 1, 0, 'dynamic_field' ],
                ],
                UserSyncInitialGroups => [ 'users', 'it' ],
                UserSyncGroupsDefinition => {
                    'cn=vip,dc=acme,dc=example' => { it => { rw => 1, ro => 1 }, ghost => { ro => 1 } },
                    'cn=off,dc=acme,dc=example' => { it => { ro => 0 } },
                },
                UserSyncAttributeGroupsDefinition => { departmentNumber => { 'IT' => { it => { note => 1, ro => 1 } } } },
                CustomerGroupSupport => 1,
                RemovalLimit => '10%',
            };
            $Self->{CustomerUser1}->{Params}->{Params}->{timeout} = 20;
            $Self->{CustomerUser2} = {
                Module => 'Kernel::System::CustomerUser::LDAP',
                Params => { Host => '127.0.0.1', BaseDN => '', SSCOPE => 'sub' },
                CustomerKey => 'uid', CustomerID => 'o',
                Map => [ [ 'UserLogin', '', 'uid', 1, 1 ], [ 'UserEmail', '', 'mail', 1, 1 ], [ 'UserCustomerID', '', 'o', 1, 0 ] ],
            };
            $Self->{'AuthModule::LDAP::StartTLS2'} = 'optional';
            $Self->{CustomerUser3} = { Module => 'Kernel::System::CustomerUser::DB' };
            $Self->{'Rollcall::Groups'} = [ 'it' ];
            $Self->{CustomerGroupAlwaysGroups} = [ 'users', 'spook' ];
            $Self->{'System::Customer::Permission'} = [ 'ro', 'note', 'rw' ];
            $Self->{CustomerGroupPermissionContext}->{'100-CustomerID-other'} = { Value => 'Ticket::CustomerID::Other' };
            $Self->{'Rollcall::RemovalLimit'} = 50;
            $Self->{'Rollcall::Interval'} = 60;
            $Self->{'Rollcall::Store'} = '/srv/mirror.sqlite';
            return;
        }
        1;
        """#

    static let text = """
        CustomerUser1 'Zürich'
          name                Zürich  [6:19]
          server              ldaps://a.acme.example:636  [9:23]
          server              ldaps://b.acme.example:636  [9:49]
          timeout             20 seconds for any wait  [36:61]
          bind                cn=reader,dc=acme,dc=example  [12:23]
          password            from UserPw  [13:23]
          TLS                 from the start, as ldaps:// has it  [9:21]
          certificates        must be right  [17:50]
          authorities         /ca.pem  [17:71]
          own certificate     /c.pem  [17:96]
          own key             /k.pem  [17:119]
          base                ou=people,dc=acme,dc=example  [10:23]
          scope               one: entries right below the base  [11:23]
          people              (&(objectClass=person)(mail=*))  [15:29]
          valid people        (&(&(objectClass=person)(mail=*))(!(employeeType=former)))  [19:77]
          only                logins in a memberUid at or below cn=all,dc=acme,dc=example  [14:24]
          charset             ISO 8859-1  [16:30]
          asked for           entryUUID, objectGUID, nsUniqueId, uid, mail, o, roomNumber, departmentnumber  [20:16]
          UserLogin           uid, required  [21:13]
          UserEmail           mail, required  [22:13]
          UserCustomerID      o, required  [23:13]
          DynamicField_Floor  roomNumber  [25:13]
          first groups        a person who first appears gets rw on users, rw on it, once  [27:34]
          rule                members of cn=vip,dc=acme,dc=example get rw on it and ro on ghost (which does not exist: nothing)  [29:13]
          rule                members of cn=off,dc=acme,dc=example get nothing  [30:13]
          rule                people with 'IT' in departmentNumber get ro, note on it  [32:70]
          asked of groups     member, uniqueMember, memberUid  [28:37]
          groups              needed: without one a person sees nothing  [33:33]
          removals            10% of those present in one cycle, at least 5  [34:25]
          strategy            auto: what suits the server  [default]
          everybody           at least every 86400 seconds  [default]
        CustomerUser2 'CustomerUser2'
          name                CustomerUser2  [default]
          server              ldap://127.0.0.1:389  [39:29]
          timeout             30 seconds for any wait  [default]
          bind                anonymously  [default]
          TLS                 StartTLS before the bind; nothing is read without it  [43:46]
          certificates        checked if the server shows one  [43:46]
          base                the whole directory  [39:52]
          scope               sub: the base and everything below  [39:66]
          people              (|(uid=*)(mail=*))  [default]
          valid people        all of them  [default]
          charset             UTF-8  [default]
          asked for           entryUUID, objectGUID, nsUniqueId, uid, mail, o  [41:16]
          UserLogin           uid, required  [41:18]
          UserEmail           mail, required  [41:52]
          UserCustomerID      o  [41:87]
          groups              not needed: every valid group is open  [default]
          removals            50 in one cycle  [49:41]
          strategy            auto: what suits the server  [default]
          everybody           at least every 86400 seconds  [default]
        CustomerUser3
          not read            its people are in the ticket system's database  [44:42]
        Groups
          groups              users, it  [45:35]
          permissions         ro, note, rw  [47:47]
          of every person     users, spook (which does not exist: nothing)  [46:42]
          of every customer   users  [default]
          contexts            Ticket::CustomerID::Same, Ticket::CustomerID::Other  [48:47]
        Rollcall
          interval            60 seconds from the start of one cycle to the next  [50:37]
          changes             with the next cycle  [default]
          plain text          a warning where it holds a password  [default]
          store               /srv/mirror.sqlite  [51:34]
          change log          /var/log/rollcall/changes.jsonl  [default]
        """
}
