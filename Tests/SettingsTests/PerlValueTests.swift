import Testing

@testable import Settings

@Suite("Values are what Perl makes of them")
struct PerlValueTests {
    static let bodies: [String] = [
        // Strings
        #"$Self->{B} = 'a\'b\\c\n';"#,
        #"$Self->{A} = "a\tb\n\x41\x{263a}\N{U+263A}\e\0\"\$\@ \101 e@ 5%";"#,
        #"$Self->{A} = q(a(b)c\)d); $Self->{B} = qq{x{y}\n}; $Self->{C} = q<a>; $Self->{D} = q!b!; $Self->{E} = q [c];"#,
        #"$Self->{A} = [ qw(a b  c), qw/d e/, qw{ f }, qw[], qw<g\>h> ];"#,
        "$Self->{A} = 'zwei\nZeilen'; $Self->{B} = \"ä ö 漢字\"; $Self->{'ключ'} = 'значение';",
        #"$Self->{A} = Translatable('x'); $Self->{B} = decode_utf8('y');"#,
        // Numbers
        "$Self->{A} = [ 1, 10_000, 0x1F, 0b101, 0755, 1.50, 1e3, 1.5E-3, .5, -3, - 4, +5, 1., '1000', 0 ];",
        "$Self->{A} = [ 60 * 60 * 24, 1 + 2 * 3 - 4, 10 / 4, 10 / 5, (1 + 2) * 3, 2 - -1, 1 / 3, '3 apples' * 2, 7.0, 1e15, 1e20 ];",
        "$Self->{A} = 'a' . 'b' . 1 + 2; $Self->{B} = 'x' . 2 * 3; $Self->{C} = -'foo';",
        // Lists and hashes
        "$Self->{A} = [ 1, , 2,,, 3, ]; $Self->{B} = { a => 1,, 'b', 2, };",
        "$Self->{A} = { a=>'x','b'=>'y', q => 1, s => 2, y => 3, m => 4, tr => 5, if => 6, x => 7 };",
        "$Self->{A} = { a => 1, b => 2, a => 3 }; $Self->{B} = { (c => 1), d => (2) };",
        "$Self->{A} = { key\n  => 'v', # comment => 'no'\n other => [ # [ ( {\n 1 ] };",
        "$Self->{A} = { -option => 1, 5 => 'five', 1.50 => 'x', undef => 2 };",
        "$Self->{A} = [ [ 'x', undef, {} ], [], [ [] ] ]; $Self->{B} = undef; $Self->{C} = (5);",
        // Targets
        "$Self->{A}{B}->{C} = 1; $Self->{A}->{B}{D}[2] = 'x'; $Self->{A}{B}{D}->[0] = 'y'; $Self->{A}{B}{D}[-1] = 'z';",
        "$Self->{'A::B'}->{\"c d\"} = 1; $Self->{ E } = 2; $Self -> {F} = 3; $Self->{-g} = 4; $$Self{H} = 5;",
        "$Self->{A} = { B => { C => 1, D => 2 } }; $Self->{A}{B}{C} = 3; delete $Self->{A}{B}{D}; delete $Self->{Z};",
        "$Self->{A} = [1]; push @{ $Self->{A} }, 2, (3, 4); push @{$Self->{B}}, 'x'; unshift(@{ $Self->{A} }, 0);",
        "push @{ $Self->{A}->{B} }, { c => 1 }; $Self->{A}->{B}->[0]->{d} = 2;",
        "$Self->{A} = 1; $Self->{A} ||= 2; $Self->{B} ||= 3; $Self->{C} = 0; $Self->{C} ||= 4; $Self->{D} //= 5; $Self->{A} .= 'x';",
        "$Self->{A} = 5; $Self->{A} += 2; $Self->{B} = 4; $Self->{B} *= 3; $Self->{B} /= 4; $Self->{B} -= 1;",
        // Variables
        "my $x = 'v'; $Self->{A} = $x; $Self->{B} = \"a $x b ${x}c\"; $Self->{C} = \"<$Self->{A}> $Self->{'B'}\";",
        "my @a = (1, 2); my %h = (k => 'v', l => 2); $Self->{A} = [ @a, 3 ]; $Self->{B} = { %h, l => 9 }; $Self->{C} = $h{k}; $Self->{D} = $a[1];",
        "my $r = { a => [1, 2] }; $Self->{A} = [ @{ $r->{a} }, 3 ]; $Self->{B} = { %{ $r }, b => 1 };",
        "my $x = 1; { my $x = 2; $Self->{A} = $x; } $Self->{B} = $x; { $x = 3; } $Self->{C} = $x;",
        "our $y = 'o'; $Self->{A} = $y; my $u; $Self->{B} = $u;",
        "my $r = { a => 1 }; $Self->{A} = $r; $Self->{B} = [ $r, $r ]; $r->{b} = 2; $Self->{A}{c} = 3; push @{ $Self->{B} }, 4;",
        "my @l = (1); $Self->{A} = \\@l; push @l, 2; my %h = (a => 1); $Self->{B} = \\%h; $h{b} = 2; @{ $Self->{A} } = (7, @l);",
        "my ($x, undef, @y) = (1, 2, 3, 4); $Self->{A} = $x; $Self->{B} = [ @y ]; ($Self->{C}, $Self->{D}) = ('c', 'd');",
        "$Self->{A} = $Self->{B} = 'both'; $Self->{'K' . 1}{'a' x 2}[1 + 1] = 'computed'; $Self->{1_0}{0x1F} = 'number';",
        // Operators and functions
        "$Self->{A} = [ 'a' x3, 'b' x 2, (1) x2 ];",
        "$Self->{A} = [ 7 % 3, -7 % 3, 2 ** 10, 2 ** -1, -2 ** 2, 'ab' x 3, ('a', 'b') x 2, 17 / 4, '5' + '5', 'a' . 1 . 2 ];",
        "$Self->{A} = [ '' || 'd', 0 || '' || 7, undef // 'u', 0 // 1, lc 'ABC' . 'D', lc('A') . 'B', ucfirst('x'), uc \"é\" ];",
        "$Self->{A} = join(',', qw(a b), 1 + 1) . ';'; $Self->{B} = [ join '-', 'a', 'b' ]; $Self->{C} = quotemeta('a.b');",
        "my @a = ('x', 'y'); $Self->{A} = \"@a|$a[0]|$a[-1]|@{a}|a@ b|5%\";",
        "my $x = { k => [ 'v', { l => 'w' } ] }; $Self->{A} = \"$x->{k}[0] $x->{k}->[1]{l} $$x{k}[0]\";",
        #"$Self->{A} = "\Uab\LCD\E \uxyz \LABC\uDEF\E \Qa.b\E \x{} \x{ 41 } \o{101} \c[ \N{U+e4} \400";"#,
        "my %h = (a => 1); $Self->{X} = { A => \\%h, B => 2 }; $Self->{Y} = \\%h; my @l = (1, 2); shift @l; $Self->{Z} = [ @l ];",
        // Frames
        "$Self->{A} = 1; { $Self->{B} = 2; { return; } } $Self->{C} = 3;",
        "\n=pod\n\n$Self->{A} = 'in pod';\n\n=cut\n\n$Self->{B} = 1;",
        "$Self->{A} = <<'E1' . <<\"E2\";\nit's $x \\n\nE1\ntab\\t}\nE2\n$Self->{B} = <<~E3;\n    a\n      b\n\n    c\n    E3\n$Self->{C} = 1;",
        "$Self->{A} = 'a';\r\n$Self->{B} = [\r\n 'b',\r\n];\r\n",
        "if (0) { print '}' ; } $Self->{A} = 1; for my $i (1 .. 2) { my $z = qr/[}]/; } $Self->{B} = 10 / 2; my $q = 4 / 2; # /",
        "my $c = sub { my ($x) = @_; return $x =~ m{\\}}x ? 1 : 0 }; my %d = map { $_ => 1 } qw(a b); $Self->{A} = 2;",
        "my $n = () = 'a/b' =~ /\\//g; (my $t = 'x') =~ s{x}{ ' }; my $l = $#{[1]}; my @s = split /'/, 'a'; $Self->{A} = 'end';",
    ]

    @Test("given every form of data, when read, then it equals what perl builds")
    func agreement() throws {
        let expected = try Perl.settings(Self.bodies)
        try #require(expected.count == Self.bodies.count)
        for (body, wanted) in zip(Self.bodies, expected) { #expect(settings(body) == wanted, "\(body)") }
    }

    @Test("given a return, when statements follow, then they do not count")
    func leave() {
        let reading = read(Sample.file(Sample.backEnd() + "return 1;\n$Self->{'Rollcall::Interval'} = 'x';"))
        #expect(reading.lines == [])
    }

    @Test("given no sub at all, when read, then the statements count")
    func bare() {
        #expect(read("\u{FEFF}" + Sample.backEnd() + "\n1;\n__END__\n$Self->{'Rollcall::Interval'} = 'x';").lines == [])
    }

    @Test("given other subs, when they set our keys, then they are skipped")
    func otherSubs() {
        let other = "sub Other { my $Self = shift; $Self->{CustomerUser} = foo(); }\n"
        #expect(
            read(
                "package Kernel::Config;\n" + other + "sub Load { my $Self = shift; " + Sample.backEnd() + " }\n" + other + "1;"
            ).lines == [])
    }
}
