# shellcheck shell=bash
# The directory that script/bench reads, and the configurations that go with it. Source it; it runs nothing by itself. It
# needs RUN_FOLDER, URI, SUFFIX, READER, ADMIN, PASSWORD and users.
# shellcheck disable=SC2154 # assigned by script/bench

write_slapd_conf() {
    cat >"$RUN_FOLDER/slapd.conf" <<END
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload syncprov
pidfile $RUN_FOLDER/slapd.pid
argsfile $RUN_FOLDER/slapd.args
sizelimit unlimited
timelimit unlimited
database mdb
suffix "$SUFFIX"
rootdn "$ADMIN"
rootpw $PASSWORD
directory $RUN_FOLDER/db
maxsize $((1073741824 + users * 16384))
dbnosync
index objectClass,uid,entryUUID,entryCSN eq
sortvals member
access to dn.base="$SUFFIX" attrs=entry,objectClass,contextCSN by * read
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
overlay syncprov
syncprov-sessionlog 10000
END
}

# The same people for the same number, on every machine; and ten small branches for as many back ends.
write_people() {
    perl -e '
        my ($users, $suffix, $reader, $password) = @ARGV;
        my @given = qw(Ada Bela Cleo Dara Edda Finn Gwen Hugo Ines Jory Kaia Lars Mila Nils Olga Pia Rune Saga Tove Yara);
        my @last = qw(Almqvist Brandt Castel Dorne Eskil Falk Grieg Holm Iversen Juhl Krantz Lund Moberg Norell Palm);
        my @unit = qw(IT Sales Finance Production Field Purchasing Management Archive);
        print "dn: $suffix\nobjectClass: organization\nobjectClass: dcObject\no: Bench\ndc: bench\n\n",
            "dn: $reader\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: $password\n\n",
            "dn: ou=people,$suffix\nobjectClass: organizationalUnit\nou: people\n\n";
        for my $branch (1 .. 10) {
            print "dn: ou=branch$branch,$suffix\nobjectClass: organizationalUnit\nou: branch$branch\n\n";
            printf "dn: uid=b%02dx%03d,ou=branch%d,%s\nobjectClass: inetOrgPerson\nuid: b%02dx%03d\ncn: B %d\nsn: B\n"
                . "mail: b\@branch.example\no: C0001\n\n", $branch, $_, $branch, $suffix, $branch, $_, $_ for 1 .. 100;
        }
        for my $n (1 .. $users) {
            my ($first, $last) = ($given[$n % @given], $last[int($n / @given) % @last]);
            my ($uid, $customer) = (sprintf("u%08d", $n), sprintf("C%04d", ($n * 7919) % 1000));
            print "dn: uid=$uid,ou=people,$suffix\nobjectClass: inetOrgPerson\nuid: $uid\ncn: $first $last $n\n",
                "sn: $last\ngivenName: $first\nmail: $uid\@", lc $customer, ".example\no: $customer\ntitle: Title ", $n % 50,
                "\ntelephoneNumber: +49 30 $n\nstreet: Street ", $n % 997, "\npostalCode: ", 10000 + $n % 80000,
                "\nl: City ", $n % 500, "\ndepartmentNumber: $unit[$n % @unit]\n\n";
        }' "$users" "$SUFFIX" "$READER" "$PASSWORD"
}

# One group with everybody but every tenth person.
write_group() {
    perl -e '
        my ($users, $suffix) = @ARGV;
        print "dn: cn=large,$suffix\nobjectClass: groupOfNames\ncn: large\n";
        for my $n (1 .. $users) { printf "member: uid=u%08d,ou=people,%s\n", $n, $suffix if $n % 10; }
        print "\n";' "$users" "$SUFFIX"
}

# write_member_changes ROUND COUNT: so many people leave the group, and as many who are not in it join; others in each round.
write_member_changes() {
    perl -e '
        my ($suffix, $round, $count) = @ARGV;
        print "dn: cn=large,$suffix\nchangetype: modify\n";
        for my $change ([delete => 1], [add => 0]) {
            my ($word, $rest) = @$change;
            print "$word: member\n";
            printf "member: uid=u%08d,ou=people,%s\n", 10 * ($round * $count + $_) + $rest, $suffix for 1 .. $count;
            print "-\n";
        }' "$SUFFIX" "$1" "$2"
}

# write_phone_changes ROUND: every hundredth person gets another telephone number; other people in each round.
write_phone_changes() {
    perl -e '
        my ($users, $suffix, $round) = @ARGV;
        for (my $n = $round; $n <= $users; $n += 100) {
            printf "dn: uid=u%08d,ou=people,%s\nchangetype: modify\nreplace: telephoneNumber\ntelephoneNumber: +49 40 %d\n\n",
                $n, $suffix, $n;
        }' "$users" "$SUFFIX" "$1"
}

# write_changes ROUND: a hundred people get another telephone number and ten leave; other people in each round.
write_changes() {
    perl -e '
        my ($users, $suffix, $round) = @ARGV;
        my $step = int($users / 120);
        for my $n (0 .. 109) {
            my $dn = sprintf("uid=u%08d,ou=people,%s", 1 + $n * $step + $round, $suffix);
            print $n % 11 == 0 ? "dn: $dn\nchangetype: delete\n\n"
                : "dn: $dn\nchangetype: modify\nreplace: telephoneNumber\ntelephoneNumber: +49 50 $round $n\n\n";
        }' "$users" "$SUFFIX" "$1"
}

# write_configuration STRATEGY [PERSIST [SETTINGS]]: everybody as one back end.
write_configuration() {
    cat >"$RUN_FOLDER/ZZZ_CustomerBackend.pm" <<END
package Kernel::Config::Files::ZZZ_CustomerBackend;
use strict;
use warnings;
sub Load {
    my (\$File, \$Self) = @_;
$(write_back_end '' people "$1")
    ${3:-}
    \$Self->{CustomerUser}{CustomerGroupSupport} = 1;
    \$Self->{CustomerUser}{UserSyncAttributeGroupsDefinition}
        = { departmentNumber => { 'IT' => { 'it-support' => { ro => 1 } } } };
    \$Self->{CustomerGroupAlwaysGroups} = ['users'];
    \$Self->{'Rollcall::Groups'}        = [ 'it-support', 'large' ];
    \$Self->{'Rollcall::Interval'}      = 3600;
    \$Self->{'Rollcall::Persist'}       = ${2:-0};
    return;
}
1;
END
    chmod 600 "$RUN_FOLDER/ZZZ_CustomerBackend.pm"
}

# write_branch_configuration SECONDS: ten back ends that are asked at that interval.
write_branch_configuration() {
    local slot
    {
        echo "package Kernel::Config::Files::ZZZ_CustomerBackend; sub Load { my (\$File, \$Self) = @_;"
        for slot in {1..10}; do write_back_end "$slot" "branch$slot" auto; done
        printf "\$Self->{'Rollcall::Interval'} = %d;\nreturn; }\n1;\n" "$1"
    } >"$RUN_FOLDER/ZZZ_CustomerBackend.pm"
    chmod 600 "$RUN_FOLDER/ZZZ_CustomerBackend.pm"
}

# write_back_end SLOT BRANCH STRATEGY
write_back_end() {
    cat <<END
    \$Self->{CustomerUser$1} = {
        Name     => 'Bench $2',
        Module   => 'Kernel::System::CustomerUser::LDAP',
        Strategy => '$3',
        Params   => {
            Host         => '$URI',
            BaseDN       => 'ou=$2,$SUFFIX',
            SSCOPE       => 'sub',
            UserDN       => '$READER',
            UserPw       => '$PASSWORD',
            AlwaysFilter => '(objectClass=inetOrgPerson)',
        },
        CustomerKey => 'uid',
        CustomerID  => 'o',
        Map         => [
            [ 'UserLogin',      'Login',      'uid',             1, 1, 'var', '', 1 ],
            [ 'UserFirstname',  'First name', 'givenName',       1, 0, 'var', '', 1 ],
            [ 'UserLastname',   'Last name',  'sn',              1, 1, 'var', '', 1 ],
            [ 'UserEmail',      'E-mail',     'mail',            1, 1, 'var', '', 1 ],
            [ 'UserCustomerID', 'Customer',   'o',               1, 1, 'var', '', 1 ],
            [ 'UserTitle',      'Title',      'title',           1, 0, 'var', '', 1 ],
            [ 'UserPhone',      'Phone',      'telephoneNumber', 1, 0, 'var', '', 1 ],
            [ 'UserStreet',     'Street',     'street',          1, 0, 'var', '', 1 ],
            [ 'UserZip',        'Zip',        'postalCode',      1, 0, 'var', '', 1 ],
            [ 'UserCity',       'City',       'l',               1, 0, 'var', '', 1 ],
        ],
    };
END
}

# A slapd that keeps a copy of the directory by itself. It is not synchronised to the disk: with that, each entry would be.
write_consumer_conf() {
    sed -e "s|$RUN_FOLDER/|$RUN_FOLDER/consumer/|; /syncprov/d" "$RUN_FOLDER/slapd.conf" >"$RUN_FOLDER/consumer/slapd.conf"
    cat >>"$RUN_FOLDER/consumer/slapd.conf" <<END
syncrepl rid=1 provider=$URI type=refreshAndPersist searchbase="$SUFFIX" schemachecking=off
    bindmethod=simple binddn="$READER" credentials=$PASSWORD retry="1 +" attrs="*,+"
END
}
