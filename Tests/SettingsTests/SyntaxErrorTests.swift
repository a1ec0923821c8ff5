import Testing

@testable import Settings

@Suite("Flaws of the text are told with their place and remedy")
struct SyntaxErrorTests {
    static let flaws: [FlawedText] = [
        .after(
            "a missing comma", "$Self->{'Rollcall::Groups'} = [ 'a'\n 'b' ];",
            "z.pm:2:36: error: Rollcall::Groups: a comma is missing after this value. Write ',' between two elements of a list."
        ),
        .after(
            "an equals sign for an arrow", "$Self->{CustomerGroupPermissionContext} = { a = 'b' };",
            "z.pm:2:47: error: CustomerGroupPermissionContext: '=' stands between a key and its value. Write '=>'."),
        .after(
            "an unterminated string", "$Self->{'Rollcall::Store'} = '/a;\n$Self->{'Rollcall::Interval'} = 60;\n1;",
            "z.pm:2:30: error: the string that opens here has no closing ' before the end of the file. Close it on its line."),
        .after(
            "an apostrophe inside a string", "$Self->{'Rollcall::Store'} = 'it's';\n$Self->{'Rollcall::Interval'} = 60;\n1;",
            "z.pm:2:35: error: the string that opens here has no closing ' before the end of the file. Close it on its line."),
        .after(
            "an unterminated q", "$Self->{'Rollcall::Store'} = q{/a;\n1;",
            "z.pm:2:30: error: the string that opens here has no closing } before the end of the file. Close it on its line."),
        .after(
            "an unterminated here-document", "$Self->{'Rollcall::Store'} = <<'EOT';\n/a\n",
            "z.pm:2:30: error: the here-document that opens here has no closing line 'EOT'. Write 'EOT' alone on a line after it."
        ),
        .after(
            "a string that swallows the next key", "$Self->{'Rollcall::Groups'} = [ 'a,\n'b', c'];",
            "z.pm:2:33: error: Rollcall::Groups: the string that opens here ends on another line, in front of more text. "
                + "Close it on line 2."),
        .after(
            "an unclosed bracket before the semicolon", "$Self->{'Rollcall::Groups'} = [ 'a', 'b';\n1;",
            "z.pm:2:31: error: the '[' that opens here has no closing ']' before the ';' of line 2. Close it."),
        .after(
            "an unclosed bracket at the end", "sub Other {\n 1;",
            "z.pm:2:11: error: the '{' that opens here has no closing '}' before the end of the file. Close it."),
        .after(
            "a stray bracket", "1; }\n",
            "z.pm:2:4: error: '}' closes nothing. Remove it, or add the bracket that it should close."),
        .after(
            "a wrong bracket", "$Self->{'Rollcall::Groups'} = { a => [ 'b' };",
            "z.pm:2:31: error: Rollcall::Groups is a hash. Expected a list of group names, such as ['vip-support'].",
            "z.pm:2:44: error: '}' stands where ']' should close the bracket of line 2. Add it here."),
        .after(
            "a semicolon inside a list", "$Self->{CustomerGroupPermissionContext} = { a => 1; b => 2 };",
            "z.pm:2:51: error: ';' ends the statement inside a list. Write ',' between its elements."),
        .after(
            "a missing semicolon", "$Self->{'Rollcall::Interval'} = 60\n$Self->{'Rollcall::Store'} = '/a';",
            "z.pm:2:35: error: Rollcall::Interval: a ';' is missing after this value. Write ';' to end the statement."),
        .after(
            "no value", "$Self->{'Rollcall::Interval'} = ;",
            "z.pm:2:32: error: Rollcall::Interval: no value stands after '='. Write one."),
        .after(
            "a bare word", "$Self->{'Rollcall::Store'} = secret;",
            "z.pm:2:30: error: Rollcall::Store: a bare word is no value. Put quotes around it."),
        .after(
            "a bare key with '::'", "use strict; $Self->{Rollcall::Interval} = 60;",
            "z.pm:2:21: error: Rollcall::Interval: a bare word with '::' is no key under 'use strict'. Put quotes around it."),
        .after(
            "a bare key with '::' in a hash", "use strict; $Self->{CustomerGroupPermissionContext} = { A::B => 1 };",
            "z.pm:2:57: error: CustomerGroupPermissionContext: a bare word with '::' is no key under 'use strict'. "
                + "Put quotes around it."),
        .after(
            "a letter beyond ASCII without utf8", "$Self->{CustomerGroupPermissionContext} = { schlüssel => 1 };",
            "z.pm:2:45: error: a character here means nothing to Perl. Remove it, or put quotes around the text."),
        .after(
            "a key without value", "$Self->{CustomerGroupPermissionContext} = { 'a' };",
            "z.pm:2:45: error: CustomerGroupPermissionContext: the last key of this hash has no value. Write '=> value' after it."
        ),
        .after(
            "a list as key", "$Self->{CustomerGroupPermissionContext} = { [] => 1 };",
            "z.pm:2:45: error: CustomerGroupPermissionContext: a list stands where the key of a hash belongs. "
                + "Look for a missing or additional ','."),
        .after(
            "a list for one value", "$Self->{'Rollcall::Interval'} = (1, 2);",
            "z.pm:2:33: error: Rollcall::Interval: a list in ( ) where one value belongs. Write [ ] around the elements."),
        .after(
            "a division by zero", "$Self->{'Rollcall::Interval'} = 60 / 0;",
            "z.pm:2:33: error: Rollcall::Interval: a division by zero. Write the result."),
    ]

    @Test("given a flawed text, when read, then exactly this is said", arguments: Self.flaws)
    func isTold(_ flaw: FlawedText) { #expect(read(flaw.text).lines == flaw.lines) }
}
