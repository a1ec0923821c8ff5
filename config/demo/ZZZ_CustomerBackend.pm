# The configuration of script/demo. The same file loads in a ticket system:
# it ignores the settings whose names begin with "Rollcall::".
package Kernel::Config::Files::ZZZ_CustomerBackend;

use strict;
use warnings;
use utf8;

sub Load {
    my ($File, $Self) = @_;

    # The people of three customers. Who may do what follows from the directory.
    $Self->{CustomerUser1} = {
        Name   => 'People',
        Module => 'Kernel::System::CustomerUser::LDAP',
        Params => {
            Host         => $ENV{ROLLCALL_DEMO_LDAP},
            BaseDN       => 'ou=people,dc=harbour,dc=example',
            SSCOPE       => 'sub',
            UserDN       => 'cn=reader,dc=harbour,dc=example',
            UserPw       => 'demo-reader',
            AlwaysFilter => '(objectClass=inetOrgPerson)',
        },
        CustomerKey            => 'uid',
        CustomerID             => 'o',
        CustomerUserListFields => [ 'cn', 'mail' ],
        Map                    => [
            # variable, label, attribute, shown, required, type, link, read-only
            [ 'UserTitle',               'Title',      'title',            1, 0, 'var',           '', 1 ],
            [ 'UserFirstname',           'First name', 'givenName',        1, 1, 'var',           '', 1 ],
            [ 'UserLastname',            'Last name',  'sn',               1, 1, 'var',           '', 1 ],
            [ 'UserLogin',               'Login',      'uid',              1, 1, 'var',           '', 1 ],
            [ 'UserEmail',               'E-mail',     'mail',             1, 1, 'var',           '', 1 ],
            [ 'UserCustomerID',          'Customer',   'o',                0, 1, 'var',           '', 1 ],
            [ 'UserPhone',               'Phone',      'telephoneNumber',  1, 0, 'var',           '', 1 ],
            [ 'UserMobile',              'Mobile',     'mobile',           1, 0, 'var',           '', 1 ],
            [ 'UserStreet',              'Street',     'street',           1, 0, 'var',           '', 1 ],
            [ 'UserZip',                 'Zip',        'postalCode',       1, 0, 'var',           '', 1 ],
            [ 'UserCity',                'City',       'l',                1, 0, 'var',           '', 1 ],
            [ 'DynamicField_Department', 'Department', 'departmentNumber', 1, 0, 'dynamic_field', '', 1 ],
        ],

        # Its customer users need a group assignment ...
        CustomerGroupSupport => 1,

        # ... which comes from the LDAP groups that they are in ...
        UserSyncGroupsDefinition => {
            'cn=vip,ou=groups,dc=harbour,dc=example'         => { 'vip-support'   => { rw => 1 } },
            'cn=auditors,ou=groups,dc=harbour,dc=example'    => { 'audit'         => { ro => 1 } },
            'cn=field-staff,ou=groups,dc=harbour,dc=example' => { 'field-service' => { ro => 1, create => 1 } },
        },

        # ... and from values of their own entries.
        UserSyncAttributeGroupsDefinition => {
            departmentNumber => {
                'IT'         => { 'it-support' => { ro => 1, create => 1 } },
                'Management' => { 'audit'      => { ro => 1 } },
            },
        },
    };

    # The people of two partners. They start with one group; the rest is given by hand.
    $Self->{CustomerUser3} = {
        Name   => 'Partners',
        Module => 'Kernel::System::CustomerUser::LDAP',
        Params => {
            Host         => $ENV{ROLLCALL_DEMO_LDAP},
            BaseDN       => 'ou=partners,dc=harbour,dc=example',
            SSCOPE       => 'one',
            UserDN       => 'cn=reader,dc=harbour,dc=example',
            UserPw       => 'demo-reader',
            AlwaysFilter => '(objectClass=inetOrgPerson)',
        },
        CustomerKey            => 'uid',
        CustomerID             => 'o',
        CustomerUserListFields => [ 'cn', 'mail' ],
        Map                    => [
            [ 'UserFirstname',  'First name', 'givenName',       1, 1, 'var', '', 1 ],
            [ 'UserLastname',   'Last name',  'sn',              1, 1, 'var', '', 1 ],
            [ 'UserLogin',      'Login',      'uid',             1, 1, 'var', '', 1 ],
            [ 'UserEmail',      'E-mail',     'mail',            1, 1, 'var', '', 1 ],
            [ 'UserCustomerID', 'Customer',   'o',               0, 1, 'var', '', 1 ],
            [ 'UserPhone',      'Phone',      'telephoneNumber', 1, 0, 'var', '', 1 ],
            [ 'UserCity',       'City',       'l',               1, 0, 'var', '', 1 ],
        ],
        CustomerGroupSupport  => 1,
        UserSyncInitialGroups => ['partner-portal'],
    };

    # Every customer user has these. Empty both lists, and those of CustomerUser1
    # whom no rule matches show up as unassigned.
    $Self->{CustomerGroupAlwaysGroups}        = ['users'];
    $Self->{CustomerGroupCompanyAlwaysGroups} = [];

    $Self->{'System::Customer::Permission'} = [ 'ro', 'create', 'rw' ];

    # The groups that the rules name must exist.
    $Self->{'Rollcall::Groups'} = [ 'audit', 'field-service', 'it-support', 'partner-portal', 'vip-support' ];

    return;
}

1;
