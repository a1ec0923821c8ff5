import Testing

@testable import Settings

@Suite("Code where a value belongs is refused with its place and remedy")
struct RefusalTests {
    static let codeForValues: [FlawedText] = [
        .after(
            "a call", "$Self->{'Rollcall::Store'} = path('x');",
            "z.pm:2:30: error: Rollcall::Store: this is a call, and Rollcall reads values without running Perl. "
                + "Write the value, or $ENV{NAME}."),
        .after(
            "a ternary", "$Self->{'Rollcall::Store'} = 1 ? 'a' : 'b';",
            "z.pm:2:32: error: Rollcall::Store: '?:' chooses between values, and Rollcall reads them without running Perl. "
                + "Write one."),
        .after(
            "a condition behind", "$Self->{'Rollcall::Interval'} = 60 if $x;",
            "z.pm:2:36: error: Rollcall::Interval: 'if' decides when the configuration runs, and Rollcall reads it without "
                + "running it. Write the value alone."),
        .after(
            "a condition around", "if ($x) {\n$Self->{'Rollcall::Interval'} = 60; }",
            "z.pm:3:1: error: Rollcall::Interval: 'if' sets it, and Rollcall does not run code. "
                + "Write '$Self->{…} = value;' alone."),
        .after(
            "a computed key", "for my $n (1 .. 3) { $Self->{\"CustomerUser$n\"} = {}; }",
            "z.pm:2:22: error: CustomerUser…: 'for' sets it, and Rollcall does not run code. "
                + "Write '$Self->{…} = value;' alone."),
        .after(
            "a loop with a condition", "while ($x) { $Self->{'Rollcall::Interval'} = 60; }",
            "z.pm:2:14: error: Rollcall::Interval: 'while' sets it, and Rollcall does not run code. "
                + "Write '$Self->{…} = value;' alone."),
        .after(
            "unless", "unless ($x) { push @{ $Self->{'Rollcall::Groups'} }, 'a'; }",
            "z.pm:2:23: error: Rollcall::Groups: 'unless' sets it, and Rollcall does not run code. "
                + "Write '$Self->{…} = value;' alone."),
        .after(
            "an unknown array", "$Self->{'Rollcall::Groups'} = [ @x ];",
            "z.pm:2:33: error: Rollcall::Groups: this variable has no value that Rollcall knows. "
                + "Write the value, or assign the variable before."),
        .after(
            "a substitution", "$Self->{'Rollcall::Store'} =~ s/a/b/;",
            "z.pm:2:1: error: Rollcall::Store: code sets it, and Rollcall does not run code. "
                + "Write '$Self->{…} = value;' alone."),
        .after(
            "backticks", "$Self->{'Rollcall::Store'} = `pwd`;",
            "z.pm:2:30: error: Rollcall::Store: a command in backticks is no plain value. Write the value it is to have."),
        .after(
            "a reference", "$Self->{'Rollcall::Groups'} = \\$x;",
            "z.pm:2:31: error: Rollcall::Groups: '\\' makes a reference to a variable. Write the value itself, with { } or [ ]."
        ),
        .after(
            "an operator", "$Self->{'Rollcall::Interval'} = 1 && 2;",
            "z.pm:2:35: error: Rollcall::Interval: '&&' is not expected here. "
                + "Rollcall reads plain values: strings, numbers, [ ] and { }."),
        .after(
            "map", "$Self->{'Rollcall::Groups'} = [ map { $_ } 'a' ];",
            "z.pm:2:33: error: Rollcall::Groups: 'map' computes a value, and Rollcall reads values without running Perl. "
                + "Write the result."),
        .after(
            "grep", "$Self->{'Rollcall::Groups'} = [ grep { /x/ } 'a' ];",
            "z.pm:2:33: error: Rollcall::Groups: 'grep' computes a value, and Rollcall reads values without running Perl. Write the result."
        ),
        .after(
            "sort", "$Self->{'Rollcall::Groups'} = [ sort 'b', 'a' ];",
            "z.pm:2:33: error: Rollcall::Groups: 'sort' computes a value, and Rollcall reads values without running Perl. Write the result."
        ),
        .after(
            "a method call", "$Self->{'Rollcall::Store'} = $Object->Path('x');",
            "z.pm:2:30: error: Rollcall::Store: this is a call or a computed variable. Write the value itself, or $ENV{NAME}."),
        .after(
            "a class method", "$Self->{'Rollcall::Store'} = Some::Class->new('x');",
            "z.pm:2:30: error: Rollcall::Store: this is a call, and Rollcall reads values without running Perl. Write the value, or $ENV{NAME}."
        ),
        .after(
            "do", "$Self->{'Rollcall::Store'} = do { 1 };",
            "z.pm:2:30: error: Rollcall::Store: 'do' computes a value, and Rollcall reads values without running Perl. Write the result."
        ),
        .after(
            "do of a file", "$Self->{'Rollcall::Store'} = do '/etc/x.pl';",
            "z.pm:2:30: error: Rollcall::Store: 'do' computes a value, and Rollcall reads values without running Perl. Write the result."
        ),
        .after(
            "require", "$Self->{'Rollcall::Store'} = require X::Y;",
            "z.pm:2:30: error: Rollcall::Store: 'require' computes a value, and Rollcall reads values without running Perl. Write the result."
        ),
        .after(
            "eval", "$Self->{'Rollcall::Store'} = eval { 1 };",
            "z.pm:2:30: error: Rollcall::Store: 'eval' computes a value, and Rollcall reads values without running Perl. Write the result."
        ),
        .after(
            "open", "$Self->{'Rollcall::Store'} = open(my $f, '<', 'x');",
            "z.pm:2:30: error: Rollcall::Store: 'open' computes a value, and Rollcall reads values without running Perl. Write the result."
        ),
        .after(
            "a regular expression", "$Self->{'Rollcall::Store'} = qr/x/;",
            "z.pm:2:30: error: Rollcall::Store: a regular expression is no plain value. Write the value it is to have."),
        .after(
            "a command in qx", "$Self->{'Rollcall::Store'} = qx(pwd);",
            "z.pm:2:30: error: Rollcall::Store: a command in qx is no plain value. Write the value it is to have."),
        .after(
            "a read from a file", "$Self->{'Rollcall::Store'} = <STDIN>;",
            "z.pm:2:30: error: Rollcall::Store: a read from a file is no plain value. Write the value it is to have."),
        .after(
            "a closure", "$Self->{'Rollcall::Store'} = sub { 1 };",
            "z.pm:2:30: error: Rollcall::Store: 'sub' computes a value, and Rollcall reads values without running Perl. Write the result."
        ),
        .after(
            "a slice", "$Self->{'Rollcall::Store'} = @x[0, 1];",
            "z.pm:2:30: error: Rollcall::Store: this is a call or a computed variable. Write the value itself, or $ENV{NAME}."),
        .after(
            "an unquoted address", "$Self->{'Rollcall::Store'} = 10.0.0.1;",
            "z.pm:2:30: error: Rollcall::Store: a number with two points is a string of control characters for Perl. Put quotes around it."
        ),
        .after(
            "a text that is decoded twice", "use utf8; $Self->{'Rollcall::Store'} = decode_utf8('ä');",
            "z.pm:2:40: error: Rollcall::Store: this text is decoded a second time, which Perl makes nonsense of. Remove the decoding."
        ),
        .after(
            "a hash in a list", "$Self->{'Rollcall::Store'} = [ %{ { a => 1, b => 2 } } ];",
            "z.pm:2:32: error: Rollcall::Store: Perl gives the pairs of a hash in a random order. Write them out."),
        .after(
            "an unknown variable", "$Self->{'Rollcall::Store'} = $path;",
            "z.pm:2:30: error: Rollcall::Store: this variable has no value that Rollcall knows. "
                + "Write the value, or assign the variable before."),
        .after(
            "a variable that code has altered", "my $p = '/a';\nif ($x) { $p = '/b' }\n$Self->{'Rollcall::Store'} = $p;",
            "z.pm:4:30: error: Rollcall::Store: the value used here comes from code on line 3, which Rollcall does not run. "
                + "Write the value itself."),
        .after(
            "an absent environment variable", "$Self->{'Rollcall::Store'} = $ENV{NOPE};",
            "z.pm:2:30: error: Rollcall::Store: the environment variable NOPE is not set. Set it for Rollcall, or write the value."
        ),
        .after(
            "a dollar sign in double quotes", "$Self->{'Rollcall::Store'} = \"pa$word\";",
            "z.pm:2:30: error: Rollcall::Store: a '$' in double quotes stands for a variable that has no value here. "
                + "Use single quotes, or write '\\' before the sign."),
        .after(
            "an at sign in double quotes", "$Self->{'Rollcall::Store'} = \"a@b\";",
            "z.pm:2:30: error: Rollcall::Store: an '@' in double quotes stands for a variable that has no value here. "
                + "Use single quotes, or write '\\' before the sign."),
        .after(
            "a flawed variable inside a hash",
            "my $h = { a => [ f() ] };\n$Self->{CustomerGroupPermissionContext} = { b => $h };",
            "z.pm:2:18: error: CustomerGroupPermissionContext: this is a call, and Rollcall reads values without running Perl. "
                + "Write the value, or $ENV{NAME}."),
        .after(
            "a flawed element under a computed key",
            "my $k = 'Rollcall::Groups';\n$Self->{$k} = [ f() ];",
            "z.pm:3:17: error: Rollcall::Groups: this is a call, and Rollcall reads values without running Perl. "
                + "Write the value, or $ENV{NAME}."),
        .after(
            "an element of text", "$Self->{'Rollcall::Store'} = 'x';\n$Self->{'Rollcall::Store'}{a} = 1;",
            "z.pm:3:28: error: Rollcall::Store: a key is applied to text. Assign a hash with { } or a list with [ ] before."),
        .after(
            "push to text", "$Self->{'Rollcall::Store'} = 'x';\npush @{ $Self->{'Rollcall::Store'} }, 1;",
            "z.pm:3:6: error: Rollcall::Store: 'push' adds to what is no list. Assign a list with [ ] before."),
    ]

    @Test("given code where a value belongs, when read, then exactly this is said", arguments: Self.codeForValues)
    func isRefused(_ flaw: FlawedText) { #expect(read(flaw.text).lines == flaw.lines) }
}
