# Configuration of Rollcall: the customer user back ends of the service desk, one hash each.
# The same file can be loaded by the ticket system, which ignores the names that begin with "Rollcall::".
# `rollcall check` tells every problem with its place. docs/configuration.md describes every setting.
package Kernel::Config::Files::ZZZ_CustomerBackend;

use strict;
use warnings;
use utf8;

sub Load {
    my ($File, $Self) = @_;

    $Self->{CustomerUser1} = {
        Name   => 'Example directory',
        Module => 'Kernel::System::CustomerUser::LDAP',
        Params => {
            Host         => 'ldaps://ldap.example.org',
            BaseDN       => 'ou=people,dc=example,dc=org',
            SSCOPE       => 'sub',
            UserDN       => 'cn=reader,dc=example,dc=org',
            UserPwFile   => "$ENV{CREDENTIALS_DIRECTORY}/rollcall.ldap-password",
            AlwaysFilter => '(objectClass=inetOrgPerson)',
        },
        CustomerKey            => 'uid',
        CustomerID             => 'o',
        CustomerUserListFields => [ 'cn', 'mail' ],
        Map                    => [
            # variable, label, attribute, shown, required, type, link, read-only
            [ 'UserFirstname',  'First name', 'givenName',       1, 1, 'var', '', 1 ],
            [ 'UserLastname',   'Last name',  'sn',              1, 1, 'var', '', 1 ],
            [ 'UserLogin',      'Login',      'uid',             1, 1, 'var', '', 1 ],
            [ 'UserEmail',      'E-mail',     'mail',            1, 1, 'var', '', 1 ],
            [ 'UserCustomerID', 'Customer',   'o',               0, 1, 'var', '', 1 ],
            [ 'UserPhone',      'Phone',      'telephoneNumber', 1, 0, 'var', '', 1 ],
        ],

        # Its customer users need a group assignment. Without this every group is open to them.
        # CustomerGroupSupport => 1,

        # Groups given once, with rw, when a customer user first appears.
        # UserSyncInitialGroups => ['portal'],

        # LDAP group => group => permissions.
        # UserSyncGroupsDefinition => {
        #     'cn=vip,ou=groups,dc=example,dc=org' => { 'vip-support' => { rw => 1 } },
        # },

        # Attribute => value => group => permissions.
        # UserSyncAttributeGroupsDefinition => {
        #     departmentNumber => { 'IT' => { 'it-support' => { ro => 1 } } },
        # },
    };

    # Groups that every customer user has, and that every customer has.
    $Self->{CustomerGroupAlwaysGroups}        = ['users'];
    $Self->{CustomerGroupCompanyAlwaysGroups} = ['users'];

    # The groups that the rules above name, beside 'users'.
    # $Self->{'Rollcall::Groups'} = [ 'it-support', 'portal', 'vip-support' ];

    # Seconds from the start of one cycle to the start of the next.
    $Self->{'Rollcall::Interval'} = 300;

    return;
}

1;
