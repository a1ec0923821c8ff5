# Customer users and their groups: read by the ticket system as Perl, and by Rollcall as data.
#
# Put it into Kernel/Config/Files/ of the ticket system, or into /etc/rollcall/ where Rollcall runs alone.
# `rollcall check` tells every problem of it with file, line and column, `rollcall config explain` what it means.
# docs/configuration.md explains every key. Lines that are commented out show what else can be set.

package Kernel::Config::Files::ZZZ_CustomerBackend;

use strict;
use warnings;
use utf8;

sub Load {
    my ($File, $Self) = @_;

    # ---------------------------------------------------------------------------------------------------------------
    # Back ends: CustomerUser, CustomerUser1 ... CustomerUser10. Gaps are allowed. The lower number wins a login.
    # ---------------------------------------------------------------------------------------------------------------
    $Self->{CustomerUser1} = {
        Name   => 'Acme directory',
        Module => 'Kernel::System::CustomerUser::LDAP',

        Params => {
            # One host or several, tried in this order: a name, ldaps://, ldap:// or ldapi://, with or without a port.
            Host => [ 'ldaps://ldap1.acme.example', 'ldaps://ldap2.acme.example:636' ],
            # Host => 'ldap.acme.example',
            # Host => 'ldap.acme.example:3389',
            # Host => 'ldap://[2001:db8::10]:389',
            # Host => 'ldapi://%2Frun%2Fslapd%2Fldapi',

            # Where the people are, and how deep: 'sub', 'one' or 'base'.
            BaseDN => 'ou=people,dc=acme,dc=example',
            SSCOPE => 'sub',

            # Who reads them. Without both a name and a password the directory is asked anonymously.
            # UserDN     => 'cn=reader,ou=services,dc=acme,dc=example',
            # The password from the environment ...
            # UserPw     => $ENV{ACME_READER_PASSWORD},
            # ... or from the first line of a file, as systemd's LoadCredential= provides it. This one comes first.
            # UserPwFile => "$ENV{CREDENTIALS_DIRECTORY}/rollcall.ldap-password",

            # Only these people, and only those whose login is a memberUid of this group.
            AlwaysFilter => '(objectClass=inetOrgPerson)',
            # GroupDN    => 'cn=customers,ou=groups,dc=acme,dc=example',

            # How the directory writes text: 'utf-8' or 'iso-8859-1'.
            SourceCharset => 'utf-8',
            # For the ticket system only.
            DestCharset => 'utf-8',
            Die         => 0,

            # TLS on a plain ldap:// connection: 'require', 'optional' or 'none' says how certificates are checked.
            # StartTLS => 'require',

            Params => {
                # port     => 636,
                # scheme   => 'ldaps',
                timeout    => 30,
                verify     => 'require',
                # cafile     => '/etc/ssl/certs/acme-ca.pem',
                # capath     => '/etc/ssl/certs',
                # clientcert => '/etc/rollcall/client.pem',
                # clientkey  => '/etc/rollcall/client.key',
                # For the ticket system only.
                async   => 0,
                version => 3,
            },
        },

        # In place of UserDN and a password: the client certificate, with ldapi:// the account of the process, or Kerberos
        # with the key of an account says who reads. authzid is an identity to act as.
        #   SASL => { mech => 'EXTERNAL' },
        #   SASL => {
        #       mech => 'GSSAPI', keytab => '/etc/rollcall/rollcall.keytab', principal => 'rollcall@ACME.EXAMPLE',
        #       authzid => 'u:reader',
        #   },

        # The attribute that names a person, and the one that names the customer.
        CustomerKey => 'uid',
        CustomerID  => 'o',

        # Who matches is valid; the others are kept as invalid. Without it everybody is valid.
        # CustomerUserValidFilter => '(!(employeeType=former))',

        # Variable, label, attribute, shown, required, type, link, read-only.
        # UserLogin, UserEmail and UserCustomerID are needed; the attributes are those of CustomerKey and CustomerID.
        Map => [
            [ 'UserTitle',          'Title',        'title',           1, 0, 'var', '', 1 ],
            [ 'UserFirstname',      'First name',   'givenName',       1, 1, 'var', '', 1 ],
            [ 'UserLastname',       'Last name',    'sn',              1, 1, 'var', '', 1 ],
            [ 'UserLogin',          'Login',        'uid',             1, 1, 'var', '', 1 ],
            [ 'UserEmail',          'E-mail',       'mail',            1, 1, 'var', '', 1 ],
            [ 'UserCustomerID',     'Customer',     'o',               1, 1, 'var', '', 1 ],
            # [ 'UserCustomerIDs',  'Customers',    'businessCategory', 1, 0, 'var', '', 1 ],
            [ 'UserPhone',          'Phone',        'telephoneNumber', 1, 0, 'var', '', 1 ],
            [ 'UserFax',            'Fax',          'facsimileTelephoneNumber', 1, 0, 'var', '', 1 ],
            [ 'UserMobile',         'Mobile',       'mobile',          1, 0, 'var', '', 1 ],
            [ 'UserStreet',         'Street',       'street',          1, 0, 'var', '', 1 ],
            [ 'UserZip',            'Postal code',  'postalCode',      1, 0, 'var', '', 1 ],
            [ 'UserCity',           'City',         'l',               1, 0, 'var', '', 1 ],
            [ 'UserCountry',        'Country',      'co',              1, 0, 'var', '', 1 ],
            [ 'UserComment',        'Comment',      'description',     1, 0, 'var', '', 1 ],
            # [ 'DynamicField_Floor', undef,        'roomNumber',      1, 0, 'dynamic_field', undef, 1 ],
        ],

        # For the ticket system only: how it lists and searches customer users.
        CustomerUserListFields               => [ 'cn', 'mail' ],
        CustomerUserSearchFields             => [ 'uid', 'cn', 'mail' ],
        CustomerUserSearchPrefix             => '',
        CustomerUserSearchSuffix             => '*',
        CustomerUserSearchListLimit          => 250,
        CustomerUserPostMasterSearchFields   => ['mail'],
        CustomerUserNameFields               => [ 'givenName', 'sn' ],
        CustomerUserNameFieldsJoin           => ' ',
        CustomerUserExcludePrimaryCustomerID => 0,
        CustomerUserEmailUniqCheck           => 1,
        CustomerCompanySupport               => 0,
        AdminSetPreferences                  => 0,
        ReadOnly                             => 1,
        CacheTTL                             => 60 * 60 * 24,
        # TranslateManagerTo      => 'cn',
        # Selections              => { UserTitle => { 'Mr.' => 'Mr.', 'Mrs.' => 'Mrs.' } },
        # AutoLoginCreation       => 0,
        # AutoLoginCreationPrefix => 'auto',

        # What the people of this back end need. 1: they see nothing without a group. 0: every group is open to them.
        CustomerGroupSupport => 1,

        # Given once, with rw, when a person first appears.
        UserSyncInitialGroups => ['users'],

        # Members of an LDAP group get these groups for as long as they are members.
        UserSyncGroupsDefinition => {
            'cn=vip,ou=groups,dc=acme,dc=example' => {
                'vip-support' => { rw => 1 },
            },
        },

        # 1: members of groups within those groups count as well.
        NestedGroups => 0,

        # People with a value in an attribute get these groups for as long as they have it.
        UserSyncAttributeGroupsDefinition => {
            departmentNumber => {
                'IT' => { 'it-support' => { ro => 1, rw => 0 } },
            },
        },

        # Customers get these groups: the one with an ID, or all of whose people one has a value in an attribute.
        # CustomerSyncGroupsDefinition          => { 'ACME' => { 'Ticket::CustomerID::Same' => { users => { rw => 1 } } } },
        # CustomerSyncAttributeGroupsDefinition => { o => { 'A' => { 'Ticket::CustomerID::Same' => { users => { ro => 1 } } } } },

        # 'report': people without any group are listed by 'rollcall users --unassigned'. 'invalidate': they are valid only
        # while they have one.
        OnMissingGroup => 'report',

        # How many people of this back end one cycle may invalidate: a share or a count. More are held until somebody
        # approves.
        RemovalLimit => '20%',

        # Servers that hold a part of the tree: referrals to them are followed with the same bind, to others never.
        # FollowReferrals => [ 'ldaps://ldap2.acme.example' ],

        # Nobody is removed when one of these logins is missing, or when fewer people than this would remain.
        # Canaries     => [ 'ada', 'bob' ],
        # MinimumUsers => 900,

        # 'invalid': those whose account is disabled or has expired are not valid. 'valid': accounts do not matter.
        DisabledAccounts => 'valid',

        # How this back end is read: 'sync', 'dirsync', 'changed', 'full', or 'auto' for what suits the server. Where only
        # what has changed is read, everybody is after so many seconds.
        Strategy  => 'auto',
        FullEvery => 86_400,
    };

    # Used where the back end with the same number says nothing itself (the ticket system's own spelling).
    # $Self->{'AuthModule::LDAP::Params1'}   = { port => 389, timeout => 30 };
    # $Self->{'AuthModule::LDAP::StartTLS1'} = 'require';

    # ---------------------------------------------------------------------------------------------------------------
    # Groups
    # ---------------------------------------------------------------------------------------------------------------
    # For back ends that do not say it themselves.
    $Self->{CustomerGroupSupport} = 0;

    # Groups of every customer user, and of every customer.
    $Self->{CustomerGroupAlwaysGroups}        = ['users'];
    $Self->{CustomerGroupCompanyAlwaysGroups} = ['users'];

    # Customers may also be given groups for the tickets of other customers.
    # $Self->{CustomerGroupPermissionContext}->{'100-CustomerID-other'} = {
    #     Name  => 'Other Customers', Description => '', Value => 'Ticket::CustomerID::Other',
    # };

    # Types of permission. 'rw' includes all others and stands last.
    $Self->{'System::Customer::Permission'} = [ 'ro', 'rw' ];

    # ---------------------------------------------------------------------------------------------------------------
    # Rollcall: the ticket system takes no notice of these.
    # ---------------------------------------------------------------------------------------------------------------
    # Groups that exist, besides 'users'.
    $Self->{'Rollcall::Groups'} = [ 'vip-support', 'it-support' ];

    # Seconds from the start of one cycle to the start of the next.
    $Self->{'Rollcall::Interval'} = 300;

    # 1: directories with content sync tell of changes as they happen, and a cycle follows at once.
    $Self->{'Rollcall::Persist'} = 0;

    # For back ends without a RemovalLimit of their own.
    $Self->{'Rollcall::RemovalLimit'} = '20%';

    # 1: no back end may go over the network in plain text. 0: a password in plain text is a warning.
    $Self->{'Rollcall::RequireTLS'} = 1;

    # Where the mirror and the change log are.
    $Self->{'Rollcall::Store'}     = '/var/lib/rollcall/rollcall.sqlite';
    # For how many days the store keeps records of changes; the change log's files are not touched.
    $Self->{'Rollcall::KeepRecords'} = 'forever';

    # Signs the head of the change log with every cycle: 'rollcall log keygen' makes the key.
    # $Self->{'Rollcall::SigningKey'} = "$ENV{CREDENTIALS_DIRECTORY}/rollcall.signing-key";

    $Self->{'Rollcall::ChangeLog'} = '/var/log/rollcall/changes.jsonl';

    # What it tells of people: 'values', 'names' (which fields changed), or 'digest' (salted digests of values).
    $Self->{'Rollcall::ChangeLogValues'} = 'values';

    # Change records go to the systemd journal as well: 'auto' where there is one, 1 always, 0 never.
    # $Self->{'Rollcall::Journal'} = 'auto';

    # And to a syslog receiver: Transport 'tls', 'tcp' or 'udp', Facility by name or number.
    # $Self->{'Rollcall::Syslog'} = {
    #     Host => 'log.acme.example', Transport => 'tls', Port => 6514, Facility => 'audit',
    #     CAFile => '/etc/rollcall/log-ca.pem',
    #     CertificateFile => '/etc/rollcall/client.pem', KeyFile => '/etc/rollcall/client.key',
    # };

    return;
}

1;
