import Model
import Testing

@testable import Settings

@Suite("Code that may matter is told, and other code passed over")
struct DoubtTests {
    @Test("given code about other keys, when read, then nothing is said")
    func skipped() {
        let text = """
            $Self->{DatabaseHost} = $x ? lookup('a') : "it's $y";
            $Self->{PostMaster}{F} = sub { my $s = shift; return $s =~ /[}'"]/ ? 1 : 2; };
            $Self->{A} =~ s/x'/y"/g if $Self->{CustomerUser1};
            print { *STDERR } <<EOT, $x{y}[2], `date`, <STDIN>;
            it's }{ ( [
            EOT
            @{ $Self->{B} } = map { { a => $_ } } grep { /x/ } @foo;
            foreach my $Key ( sort keys %{ $Self->{C} } ) { $Self->{C}{$Key} = "@{[ $Key ]}"; }
            $Self->{"Ticket::$x"} = 1; while (<$fh>) { last } do { 1 } while 0; eval { die };
            my ($a, $b) = @_; local $/ = undef; local $_ = 'x'; our @ISA = qw(X); Method($Self->{D});
            sub proto($;$) { 1 } if (-s $File) { 2 }
            BEGIN { $x = 4 } no strict 'refs'; use Foo qw(bar), { a => 1 };
            """
        #expect(read(after: text).lines == [])
    }

    @Test("given code beside a variable, when the variable is used elsewhere, then it is still known")
    func besideCode() {
        let text = """
            my %Same = ('100-CustomerID-other' => { Value => 'Ticket::CustomerID::Other' });
            $Self->{Other} = { A => \\%Same, B => lookup('x'), C => $Same{x} };
            $Self->{CustomerGroupPermissionContext} = \\%Same;
            """
        let reading = read(after: text)
        #expect(reading.lines == [])
        #expect(reading.configuration?.groups.contexts == [.same, .other])
    }

    @Test("given a key that is not known below one that does not exist yet, when read, then it is told")
    func unknownKeyInNothing() {
        #expect(
            read(after: "$Self->{CustomerGroupPermissionContext}{a}{\"@with space\"} = 1;").lines == [
                "z.pm:17:44: error: CustomerGroupPermissionContext: an '@' in double quotes stands for a variable that has no "
                    + "value here. Use single quotes, or write '\\' before the sign."
            ])
    }

    @Test("given a mistake in a variable that code hides, when the variable is used, then it has no value")
    func hiddenMistake() {
        let text = "my ($x, $y) = ('a' 'b', lookup());\n$Self->{'Rollcall::Store'} = $x;"
        #expect(!read(after: text).isUsable)
    }

    @Test("given one flaw that reaches two keys, when read, then it is told once")
    func once() {
        let text = "my $dn = base();\n$Self->{'Rollcall::Store'} = $dn; $Self->{'Rollcall::ChangeLog'} = $dn;"
        let list =
            "my @l = (f());\n$Self->{CustomerGroupAlwaysGroups} = [ @l ]; $Self->{CustomerGroupCompanyAlwaysGroups} = [ @l ];"
        #expect(read(after: text).lines.count == 2)
        #expect(read(after: list).lines.count == 1)
    }

    @Test("given a Load that throws its first argument away, when read, then the settings are the second")
    func thrownAway() {
        let file = "package Kernel::Config::Files::z;\nsub Load { shift; my $Self = shift;\n" + Sample.backEnd() + "}\n1;\n"
        #expect(read(file).lines == [])
    }

    static let doubts: [FlawedText] = [
        .after(
            "a method that is given all settings", "$Self->Extend();",
            "z.pm:2:1: warning: code is given all settings here, and Rollcall does not run it: what it sets is not seen. "
                + "Write the keys that concern Rollcall as '$Self->{…} = value;'."),
        .after(
            "a function that is given all settings", "extend(1, $Self);",
            "z.pm:2:11: warning: code is given all settings here, and Rollcall does not run it: what it sets is not seen. "
                + "Write the keys that concern Rollcall as '$Self->{…} = value;'."),
        .after(
            "keys from a list", "for my $Key (keys %More) { $Self->{$Key} = $More{$Key}; }",
            "z.pm:2:36: warning: this key is known to Perl only. If it is one of Rollcall's, what is set here is not seen: "
                + "write the key itself."),
        .after(
            "a conditional return", "return if $x;\n$Self->{'Rollcall::Interval'} = 60;",
            "z.pm:2:1: warning: Perl may leave the sub here, which Rollcall does not do: what follows is read as if it were "
                + "always reached."),
        .after(
            "a slip in code", "my $x = lookup('a' 'b');",
            "z.pm:2:20: warning: Perl does not seem to compile this: look for a slip in front of this place. The ticket system "
                + "does not load a file that has one."),
        .after(
            "a misspelt statement about one of our keys", "dlete ${Self}{CustomerUser1};",
            "z.pm:2:1: warning: CustomerUser1: this statement names it and is no data, so Rollcall passes it over. "
                + "If it is meant to set something, write '$Self->{…} = value;'."),
        .after(
            "a variable that nobody has declared", "$Sefl->{'Rollcall::Interval'} = 60;",
            "z.pm:2:1: warning: $Sefl is set here and not declared, so nobody sees the value. "
                + "Declare it with 'my', or write $Self if that is meant."),
        .after(
            "a variable that nobody has declared under strict", "use strict; $Sefl->{'Rollcall::Interval'} = 60;",
            "z.pm:2:13: error: $Sefl is not declared, which 'use strict' asks for. "
                + "Declare it with 'my', or write $Self if that is meant."),
        .after(
            "a key that is only named", "$Self->{'Rollcall::Interval'};",
            "z.pm:2:1: error: Rollcall::Interval: nothing is assigned here. Write '$Self->{…} = value;'."),
        .after(
            "an unknown pragma", "use warnigs;", "z.pm:2:5: error: Perl has no pragma 'warnigs'. Is 'warnings' meant?"),
        .after(
            "no true value at the end", "sub X { }\n0;",
            "z.pm:3:3: warning: the file does not end with a true value, so Perl does not load it. Write '1;' at its end."),
        .after(
            "a list that leads back to itself", "my $x = []; push @$x, $x; $Self->{'Rollcall::Groups'} = $x;",
            "z.pm:2:23: error: Rollcall::Groups: values nest deeper than 200 levels, or without end. Write them flatter."),
    ]

    @Test("given code that may matter, when read, then this is said", arguments: Self.doubts)
    func isDoubted(_ flaw: FlawedText) { #expect(read(flaw.text).lines == flaw.lines) }
}
