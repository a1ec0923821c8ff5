# Perl's own word on what configurations mean: loads each as the ticket system does and compares with Rollcall's dump.
#
# usage: perl Judge.pl FOLDER
# FOLDER/N/ is one case: `files` names its files in the order in which they take effect, `dump.json` is what Rollcall says.
# Prints a line for each case: `N same`, `N rejected REASON` where Perl does not load it, `N refused` where only Rollcall
# does not (`dump.json` is null), or `N differs PATH: PERL <> ROLLCALL`.
use strict;
use warnings;
use JSON::PP;
use Encode ();
use File::Spec ();
use IO::Handle;
use Opcode ();

my $folder = File::Spec->rel2abs($ARGV[0]);
# What a file prints must not be taken for a verdict.
open(my $report, '>&', \*STDOUT) or die "standard output: $!";
open(STDOUT, '>', '/dev/null') or die "standard output: $!";
$report->autoflush(1);
opendir(my $cases, $folder) or die "$folder: $!";
my @numbers = sort { $a <=> $b } grep { /^\d+$/ } readdir $cases;
for my $number (@numbers) {
    my $pid = fork() // die "fork: $!";
    if (!$pid) { judge("$folder/$number", $number); exit 0 }
    waitpid $pid, 0;
    print {$report} "$number rejected it ended with $?\n" if $?;
}

# Runs in a process of its own: what a file does stays there.
sub judge {
    my ($case, $number) = @_;
    my @files  = split /\n/, slurp("$case/files");
    my $theirs = JSON::PP->new->utf8->allow_nonref->decode(quoted(slurp("$case/dump.json")));
    my $ours   = eval { alarm 10; my $found = settings($case, @files); $found && plain($found, {}) };
    if (!$ours) {
        my $reason = $@ || 'no reason';
        $reason =~ s/\s+/ /g;
        print {$report} "$number rejected ", encoded($reason), "\n";
        return;
    }
    if (!defined $theirs) {
        print {$report} "$number refused\n";
        return;
    }
    my $difference = difference($ours, plain($theirs, {}), '');
    print {$report} "$number ", defined $difference ? "differs $difference" : 'same', "\n";
}

sub slurp {
    my $path = shift;
    open(my $handle, '<:raw', $path) or die "$path: $!";
    local $/ = undef;
    return <$handle>;
}

# JSON with every number in quotes, so that it stays as it was written.
sub quoted {
    my $json = shift;
    $json =~ s/("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*)/defined $2 ? qq("$2") : $1/ge;
    return $json;
}

# What the ticket system has before it loads the files, and again where a file has removed it.
sub defaults {
    my $settings = shift;
    $settings->{CustomerGroupAlwaysGroups}        //= ['users'] if !exists $settings->{CustomerGroupAlwaysGroups};
    $settings->{CustomerGroupCompanyAlwaysGroups} //= ['users'] if !exists $settings->{CustomerGroupCompanyAlwaysGroups};
    $settings->{'System::Customer::Permission'}   //= [ 'ro', 'rw' ] if !exists $settings->{'System::Customer::Permission'};
    $settings->{CustomerGroupSupport}             //= 0 if !exists $settings->{CustomerGroupSupport};
    return $settings;
}

# The hash that the files build, without the keys that do not concern Rollcall.
sub settings {
    my ($case, @files) = @_;
    our $Self = defaults({});
    local $SIG{__WARN__} = sub { };
    # Damaged files must not touch anything.
    Opcode::opmask_add(
        Opcode::opset(qw(:subprocess :filesys_write :filesys_open :sys_db :ownprocess :dangerous :others dump syscall sleep)));
    my %loaded;
    for my $file (@files) {
        my ($package) = $file eq 'Config.pm' ? ('Kernel::Config') : map { "Kernel::Config::Files::$_" } $file =~ m{([^/]+)\.pm$};
        if (!$loaded{$file}++) {
            no strict 'refs';
            no warnings;
            for my $name ($package, 'main') {
                *{"${name}::Translatable"} = sub { return $_[0] };
                *{"${name}::decode_utf8"}  = \&Encode::decode_utf8;
                *{"${name}::decode"}       = \&Encode::decode;
            }
            local $@;
            my $done = do "$case/$file";
            die $@ if $@;
            die "no true value\n" if !$done;
        }
        if (my $load = $package->can('Load')) {
            $package eq 'Kernel::Config' ? $load->($Self) : $load->($package, $Self);
        }
    }
    defaults($Self);
    my $ours = qr/^(?:Customer(?:User|Group|Company)|Rollcall::|AuthModule::LDAP::(?:Params|StartTLS)|System::Customer::Permission\z)/;
    return { map { $_ => $Self->{$_} } grep { proper($_) =~ $ours } keys %$Self };
}

# Proper text: bytes are UTF-8 if they can be, Latin-1 otherwise.
sub proper {
    my $text = shift;
    return $text if utf8::is_utf8($text);
    my $copy = $text;
    return utf8::decode($copy) ? $copy : $text;
}

# The same with every scalar as text.
sub plain {
    my ($value, $above) = @_;
    my $type = ref $value or return defined $value ? proper("$value") : undef;
    die "endless\n" if $above->{$value};
    local $above->{$value} = 1;
    return { map { proper($_) => plain($value->{$_}, $above) } keys %$value } if $type eq 'HASH';
    return [ map { plain($_, $above) } @$value ] if $type eq 'ARRAY';
    die "a $type is no data\n";
}

sub difference {
    my ($left, $right, $path) = @_;
    return "$path: " . kind($left) . ' <> ' . kind($right) if kind($left) ne kind($right) && (ref $left || ref $right);
    if (ref $left eq 'HASH') {
        for my $key (sort keys %{ { %$left, %$right } }) {
            my $step = encoded("$path\{$key}");
            return "$step: only Rollcall has it" if !exists $left->{$key};
            return "$step: only Perl has it" if !exists $right->{$key};
            my $found = difference($left->{$key}, $right->{$key}, $step);
            return $found if defined $found;
        }
        return undef;
    }
    if (ref $left eq 'ARRAY') {
        return "$path: " . @$left . ' elements <> ' . @$right if @$left != @$right;
        for my $index (0 .. $#$left) {
            my $found = difference($left->[$index], $right->[$index], "$path\[$index]");
            return $found if defined $found;
        }
        return undef;
    }
    return undef if !defined $left && !defined $right;
    return undef if defined $left && defined $right && $left eq $right;
    return "$path: " . shown($left) . ' <> ' . shown($right);
}

sub kind { return ref $_[0] || 'a scalar' }

sub shown { return defined $_[0] ? encoded("'$_[0]'") : 'undef' }

sub encoded {
    my $text = shift;
    $text = Encode::encode('UTF-8', $text) if utf8::is_utf8($text);
    $text =~ s/([^ -~\x80-\xFF])/sprintf '\\x{%x}', ord $1/ge;
    return $text;
}
