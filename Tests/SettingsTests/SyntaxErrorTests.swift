import Foundation
import Testing

@testable import Settings

/// One flawed text and everything that is said about it.
struct Flaw: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let lines: [String]

    var testDescription: String { name }
}

@Suite("Flaws of the text are told with their place and remedy")
struct SyntaxErrorTests {
    /// What stands behind a back end on line 1, on lines 2 and following.
    private static func after(_ name: String, _ text: String, _ lines: String...) -> Flaw {
        let backEnd = Sample.backEnd().split(separator: "\n").joined(separator: " ")
        return Flaw(name: name, text: backEnd + "\n" + text, lines: lines)
    }

    static let flaws: [Flaw] = [
        after(
            "a missing comma", "$Self->{'Rollcall::Groups'} = [ 'a'\n 'b' ];",
            "z.pm:2:36: error: Rollcall::Groups: a comma is missing after this value. Write ',' between two elements of a list."
        ),
        after(
            "an equals sign for an arrow", "$Self->{CustomerGroupPermissionContext} = { a = 'b' };",
            "z.pm:2:47: error: CustomerGroupPermissionContext: '=' stands between a key and its value. Write '=>'."),
        after(
            "an unterminated string", "$Self->{'Rollcall::Store'} = '/a;\n$Self->{'Rollcall::Interval'} = 60;\n1;",
            "z.pm:2:30: error: the string that opens here has no closing ' before the end of the file. Close it on its line."),
        after(
            "an apostrophe inside a string", "$Self->{'Rollcall::Store'} = 'it's';\n$Self->{'Rollcall::Interval'} = 60;\n1;",
            "z.pm:2:35: error: the string that opens here has no closing ' before the end of the file. Close it on its line."),
        after(
            "an unterminated q", "$Self->{'Rollcall::Store'} = q{/a;\n1;",
            "z.pm:2:30: error: the string that opens here has no closing } before the end of the file. Close it on its line."),
        after(
            "an unterminated here-document", "$Self->{'Rollcall::Store'} = <<'EOT';\n/a\n",
            "z.pm:2:30: error: the here-document that opens here has no closing line 'EOT'. Write 'EOT' alone on a line after it."
        ),
        after(
            "a string that swallows the next key", "$Self->{'Rollcall::Groups'} = [ 'a,\n'b', c'];",
            "z.pm:2:33: error: Rollcall::Groups: the string that opens here ends on another line, in front of more text. "
                + "Close it on line 2."),
        after(
            "an unclosed bracket before the semicolon", "$Self->{'Rollcall::Groups'} = [ 'a', 'b';\n1;",
            "z.pm:2:31: error: the '[' that opens here has no closing ']' before the ';' of line 2. Close it."),
        after(
            "an unclosed bracket at the end", "sub Other {\n 1;",
            "z.pm:2:11: error: the '{' that opens here has no closing '}' before the end of the file. Close it."),
        after(
            "a stray bracket", "1; }\n",
            "z.pm:2:4: error: '}' closes nothing. Remove it, or add the bracket that it should close."),
        after(
            "a wrong bracket", "$Self->{'Rollcall::Groups'} = { a => [ 'b' };",
            "z.pm:2:31: error: Rollcall::Groups is a hash. Expected a list of group names, such as ['vip-support'].",
            "z.pm:2:44: error: '}' stands where ']' should close the bracket of line 2. Add it here."),
        after(
            "a semicolon inside a list", "$Self->{CustomerGroupPermissionContext} = { a => 1; b => 2 };",
            "z.pm:2:51: error: ';' ends the statement inside a list. Write ',' between its elements."),
        after(
            "a missing semicolon", "$Self->{'Rollcall::Interval'} = 60\n$Self->{'Rollcall::Store'} = '/a';",
            "z.pm:2:35: error: Rollcall::Interval: a ';' is missing after this value. Write ';' to end the statement."),
        after(
            "no value", "$Self->{'Rollcall::Interval'} = ;",
            "z.pm:2:32: error: Rollcall::Interval: no value stands after '='. Write one."),
        after(
            "a bare word", "$Self->{'Rollcall::Store'} = secret;",
            "z.pm:2:30: error: Rollcall::Store: a bare word is no value. Put quotes around it."),
        after(
            "a key without value", "$Self->{CustomerGroupPermissionContext} = { 'a' };",
            "z.pm:2:45: error: CustomerGroupPermissionContext: the last key of this hash has no value. Write '=> value' after it."
        ),
        after(
            "a list as key", "$Self->{CustomerGroupPermissionContext} = { [] => 1 };",
            "z.pm:2:45: error: CustomerGroupPermissionContext: a list stands where the key of a hash belongs. "
                + "Look for a missing or additional ','."),
        after(
            "a list for one value", "$Self->{'Rollcall::Interval'} = (1, 2);",
            "z.pm:2:33: error: Rollcall::Interval: a list in ( ) where one value belongs. Write [ ] around the elements."),
        after(
            "a division by zero", "$Self->{'Rollcall::Interval'} = 60 / 0;",
            "z.pm:2:33: error: Rollcall::Interval: a division by zero. Write the result."),
    ]

    @Test("given a flawed text, when read, then exactly this is said", arguments: Self.flaws)
    func isTold(_ flaw: Flaw) { #expect(read(flaw.text).lines == flaw.lines) }

    static let codeForValues: [Flaw] = [
        after(
            "a call", "$Self->{'Rollcall::Store'} = path('x');",
            "z.pm:2:30: error: Rollcall::Store: this is a call, and Rollcall reads values without running Perl. "
                + "Write the value, or $ENV{NAME}."),
        after(
            "a ternary", "$Self->{'Rollcall::Store'} = 1 ? 'a' : 'b';",
            "z.pm:2:32: error: Rollcall::Store: '?:' chooses between values, and Rollcall reads them without running Perl. "
                + "Write one."),
        after(
            "a condition behind", "$Self->{'Rollcall::Interval'} = 60 if $x;",
            "z.pm:2:36: error: Rollcall::Interval: 'if' decides when the configuration runs, and Rollcall reads it without "
                + "running it. Write the value alone."),
        after(
            "a condition around", "if ($x) {\n$Self->{'Rollcall::Interval'} = 60; }",
            "z.pm:3:1: error: Rollcall::Interval: 'if' sets it, and Rollcall does not run code. "
                + "Write '$Self->{…} = value;' alone."),
        after(
            "a computed key", "for my $n (1 .. 3) { $Self->{\"CustomerUser$n\"} = {}; }",
            "z.pm:2:22: error: CustomerUser…: 'for' sets it, and Rollcall does not run code. "
                + "Write '$Self->{…} = value;' alone."),
        after(
            "a substitution", "$Self->{'Rollcall::Store'} =~ s/a/b/;",
            "z.pm:2:1: error: Rollcall::Store: code sets it, and Rollcall does not run code. "
                + "Write '$Self->{…} = value;' alone."),
        after(
            "backticks", "$Self->{'Rollcall::Store'} = `pwd`;",
            "z.pm:2:30: error: Rollcall::Store: a command in backticks is no plain value. Write the value it is to have."),
        after(
            "a reference", "$Self->{'Rollcall::Groups'} = \\$x;",
            "z.pm:2:31: error: Rollcall::Groups: '\\' makes a reference to a variable. Write the value itself, with { } or [ ]."
        ),
        after(
            "an operator", "$Self->{'Rollcall::Interval'} = 1 && 2;",
            "z.pm:2:35: error: Rollcall::Interval: '&&' is not expected here. "
                + "Rollcall reads plain values: strings, numbers, [ ] and { }."),
        after(
            "map", "$Self->{'Rollcall::Groups'} = [ map { $_ } 'a' ];",
            "z.pm:2:33: error: Rollcall::Groups: 'map' computes a value, and Rollcall reads values without running Perl. "
                + "Write the result."),
        after(
            "an unknown variable", "$Self->{'Rollcall::Store'} = $path;",
            "z.pm:2:30: error: Rollcall::Store: this variable has no value that Rollcall knows. "
                + "Write the value, or assign the variable before."),
        after(
            "a variable that code has altered", "my $p = '/a';\nif ($x) { $p = '/b' }\n$Self->{'Rollcall::Store'} = $p;",
            "z.pm:4:30: error: Rollcall::Store: the value used here comes from code on line 3, which Rollcall does not run. "
                + "Write the value itself."),
        after(
            "an absent environment variable", "$Self->{'Rollcall::Store'} = $ENV{NOPE};",
            "z.pm:2:30: error: Rollcall::Store: the environment variable NOPE is not set. Set it for Rollcall, or write the value."
        ),
        after(
            "a dollar sign in double quotes", "$Self->{'Rollcall::Store'} = \"pa$word\";",
            "z.pm:2:30: error: Rollcall::Store: a '$' in double quotes stands for a variable that has no value here. "
                + "Use single quotes, or write '\\' before the sign."),
        after(
            "an at sign in double quotes", "$Self->{'Rollcall::Store'} = \"a@b\";",
            "z.pm:2:30: error: Rollcall::Store: an '@' in double quotes stands for a variable that has no value here. "
                + "Use single quotes, or write '\\' before the sign."),
        after(
            "a flawed variable inside a hash",
            "my $h = { a => [ f() ] };\n$Self->{CustomerGroupPermissionContext} = { b => $h };",
            "z.pm:2:18: error: CustomerGroupPermissionContext: this is a call, and Rollcall reads values without running Perl. "
                + "Write the value, or $ENV{NAME}."),
        after(
            "a flawed element under a computed key",
            "my $k = 'Rollcall::Groups';\n$Self->{$k} = [ f() ];",
            "z.pm:3:17: error: Rollcall::Groups: this is a call, and Rollcall reads values without running Perl. "
                + "Write the value, or $ENV{NAME}."),
        after(
            "an element of text", "$Self->{'Rollcall::Store'} = 'x';\n$Self->{'Rollcall::Store'}{a} = 1;",
            "z.pm:3:28: error: Rollcall::Store: a key is applied to text. Assign a hash with { } or a list with [ ] before."),
        after(
            "push to text", "$Self->{'Rollcall::Store'} = 'x';\npush @{ $Self->{'Rollcall::Store'} }, 1;",
            "z.pm:3:6: error: Rollcall::Store: 'push' adds to what is no list. Assign a list with [ ] before."),
    ]

    @Test("given code where a value belongs, when read, then exactly this is said", arguments: Self.codeForValues)
    func isRefused(_ flaw: Flaw) { #expect(read(flaw.text).lines == flaw.lines) }

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

    static let doubts: [Flaw] = [
        after(
            "a method that is given all settings", "$Self->Extend();",
            "z.pm:2:1: warning: code is given all settings here, and Rollcall does not run it: what it sets is not seen. "
                + "Write the keys that concern Rollcall as '$Self->{…} = value;'."),
        after(
            "a function that is given all settings", "extend(1, $Self);",
            "z.pm:2:11: warning: code is given all settings here, and Rollcall does not run it: what it sets is not seen. "
                + "Write the keys that concern Rollcall as '$Self->{…} = value;'."),
        after(
            "keys from a list", "for my $Key (keys %More) { $Self->{$Key} = $More{$Key}; }",
            "z.pm:2:36: warning: this key is known to Perl only. If it is one of Rollcall's, what is set here is not seen: "
                + "write the key itself."),
        after(
            "a conditional return", "return if $x;\n$Self->{'Rollcall::Interval'} = 60;",
            "z.pm:2:1: warning: Perl may leave the sub here, which Rollcall does not do: what follows is read as if it were "
                + "always reached."),
        after(
            "a slip in code", "my $x = lookup('a' 'b');",
            "z.pm:2:20: warning: Perl does not seem to compile this: look for a slip in front of this place. The ticket system "
                + "does not load a file that has one."),
        after(
            "a misspelt statement about one of our keys", "dlete ${Self}{CustomerUser1};",
            "z.pm:2:1: warning: CustomerUser1: this statement names it and is no data, so Rollcall passes it over. "
                + "If it is meant to set something, write '$Self->{…} = value;'."),
        after(
            "a variable that nobody has declared", "$Sefl->{'Rollcall::Interval'} = 60;",
            "z.pm:2:1: warning: $Sefl is set here and not declared, so nobody sees the value. "
                + "Declare it with 'my', or write $Self if that is meant."),
        after(
            "a variable that nobody has declared under strict", "use strict; $Sefl->{'Rollcall::Interval'} = 60;",
            "z.pm:2:13: error: $Sefl is not declared, which 'use strict' asks for. "
                + "Declare it with 'my', or write $Self if that is meant."),
        after(
            "a key that is only named", "$Self->{'Rollcall::Interval'};",
            "z.pm:2:1: error: Rollcall::Interval: nothing is assigned here. Write '$Self->{…} = value;'."),
        after(
            "an unknown pragma", "use warnigs;", "z.pm:2:5: error: Perl has no pragma 'warnigs'. Is 'warnings' meant?"),
        after(
            "no true value at the end", "sub X { }\n0;",
            "z.pm:3:3: warning: the file does not end with a true value, so Perl does not load it. Write '1;' at its end."),
        after(
            "a list that leads back to itself", "my $x = []; push @$x, $x; $Self->{'Rollcall::Groups'} = $x;",
            "z.pm:2:23: error: Rollcall::Groups: values nest deeper than 200 levels, or without end. Write them flatter.",
            "z.pm:2:23: error: an element of Rollcall::Groups is a list. Expected a name."),
    ]

    @Test("given code that may matter, when read, then this is said", arguments: Self.doubts)
    func isDoubted(_ flaw: Flaw) { #expect(read(flaw.text).lines == flaw.lines) }
}
