import Support
import Testing

@testable import Model

/// What is a search filter, and what is wrong with what is none.
@Suite struct LDAPFilterTests {
    @Test(arguments: [
        "(cn=Babs Jensen)", "(!(cn=Tim Howes))", "(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))",
        "(o=univ*of*mich*)", "(seeAlso=)", "(cn:caseExactMatch:=Fred Flintstone)", "(cn:=Betty Rubble)",
        "(sn:dn:2.4.6.8.10:=Barney Rubble)", "(o:dn:=Ace Industry)", "(:1.2.3:=Wilma Flintstone)",
        "(:DN:2.4.6.8.10:=Dino)", #"(o=Parens R Us \28for all your parenthetical needs\29)"#, #"(cn=*\2A*)"#,
        #"(filename=C:\5cMyFile)"#, #"(bin=\00\00\00\04)"#, #"(sn=Lu\c4\8di\c4\87)"#, #"(1.3.6.1.4.1.1466.0=\04\02\48\69)"#,
    ])
    func `given the examples of RFC 4515 section 4, when read, then each is a filter as it stands`(_ text: String) throws {
        #expect(try LDAPFilter(text).text == text)
    }

    @Test(arguments: [
        "(&)", "(|)", "(cn=*)", "(a>=5)", "(a<=5)", "(a~=x)", "(cn;lang-de=x)", "(cn;x-a;binary=*)", "(a= b )", "(a==b)",
        "(userAccountControl:1.2.840.113556.1.4.803:=2)", "(memberOf=CN=a,DC=x)", "(a=\u{FC}\u{1F600}&|!<>~:)", "(a=b\\29)",
    ])
    func `given filters of other kinds, when read, then each is a filter as it stands`(_ text: String) throws {
        #expect(try LDAPFilter(text).text == text)
    }

    @Test(arguments: [
        (" (a=b)\n", "(a=b)"), ("( & (a=b)\r\n\t(c=d) )", "(&(a=b)(c=d))"), ("( a=b)", "(a=b)"), ("(a =b)", "(a=b)"),
        ("(a >=b)", "(a>=b)"), ("( ! ( a=b ) )", "(!(a=b ))"), ("( | )", "(|)"), ("(& (|(a=b) (c= d)) )", "(&(|(a=b)(c= d)))"),
    ])
    func `given white space, when read, then only that in values stays`(_ text: String, _ filter: String) throws {
        #expect(try LDAPFilter(text).text == filter)
    }

    private static let noParentheses = "it is not in parentheses. Write it as in '(objectClass=person)'."
    private static let neverClosed = "this '(' is never closed. Add the ')' where its filter ends."
    private static let noComparison = "this is no comparison. Write attribute=value; LDAP has =, >=, <=, ~= and := only."
    private static let noAttribute = "this is no attribute. Write a name such as 'mail' or 'cn;lang-de', or an OID."
    private static let noEscape =
        "no two hexadecimal digits follow this backslash. "
        + #"Write \5c for a backslash, \2a for '*', \28 and \29 for parentheses."#
    private static let noWildcard = #"this '*' is no wildcard: only '=' knows them. Write it as \2a, or compare with '='."#
    private static let noList = "text stands where '(' or ')' belongs. Put every filter of a list into ( )."
    private static let noMatch =
        "this is no extensible match. Write it as in 'cn:caseExactMatch:=Anna' or 'ou:dn:=people', with names or OIDs."

    @Test(arguments: [
        ("", 1, noParentheses), ("a=b", 1, noParentheses), ("  a=b", 3, noParentheses), ("&(a=b)(c=d)", 1, noParentheses),
        ("(", 1, neverClosed), ("(a=b", 1, neverClosed), ("(&(a=b)", 1, neverClosed), ("(&(a=b)(|(c=d))", 1, neverClosed),
        ("(&(a=b)(|(c=d)", 8, neverClosed), ("(&(a=b)(a", 8, neverClosed),
        ("(a=b)(c=d)", 6, "a second filter begins. Join both, as in '(&(a=1)(b=2))'."),
        ("(a=b))", 6, "this ')' closes nothing. Remove it, or add the '(' that it closes."),
        ("(a=b) x", 7, "text follows the last ')'. Remove it, or put it into the parentheses."),
        ("()", 2, noComparison), ("(abc)", 2, noComparison),
    ])
    func `given a flaw of the whole, when read, then its place and remedy are told`(
        _ text: String, _ character: Int, _ message: String
    ) {
        #expect(Self.flaw(text) == "\(character): \(message)")
    }

    @Test(arguments: [
        ("(&(a>5))", 4, noComparison),
        ("((a=b))", 2, "this '(' stands where an attribute belongs. Remove it, or write '&' or '|' before it."),
        ("(&a=b)", 3, noList), ("(&(a=b) or (c=d))", 9, noList),
        ("(!)", 3, "'!' has no filter. Write what must not match, as in '(!(a=1))'."),
        ("(!(a=b)(c=d))", 8, "'!' has a second filter. Put both into one, as in '(!(|(a=1)(b=2)))'."),
        ("(=b)", 2, "the attribute is missing. Write it before the '='."),
        ("(>=b)", 2, "the attribute is missing. Write it before the '='."),
        ("(given name=b)", 2, noAttribute), ("(a_b=c)", 2, noAttribute), ("(1a=c)", 2, noAttribute), ("(1.=c)", 2, noAttribute),
        ("(a;=c)", 2, noAttribute), ("(12=c)", 2, noAttribute), ("(\u{FC}=c)", 2, noAttribute), ("(a> =c)", 2, noAttribute),
        ("(a=\u{FC}b(c))", 6, #"this '(' stands in a value. Write it as \28, or close the filter before it."#),
        ("(&(a=b(c=d))", 7, #"this '(' stands in a value. Write it as \28, or close the filter before it."#),
        ("(a=b\u{0})", 5, #"a NUL stands in a value. Write it as \00."#),
        (#"(cn=Doe\, Anna)"#, 8, noEscape), (#"(cn=\2)"#, 5, noEscape), (#"(cn=\)"#, 5, noEscape),
        (#"(cn=\(a\))"#, 5, noEscape),
        (#"(cn=a\*)"#, 6, noEscape), ("(a>=5*)", 6, noWildcard), ("(a:=*)", 5, noWildcard), ("(a~=*)", 5, noWildcard),
        ("(a=b**)", 6, "two '*' stand side by side. Write one."), ("(a=**)", 5, "two '*' stand side by side. Write one."),
        ("(:=x)", 2, noMatch), ("(:dn:=x)", 2, noMatch), ("(a::=x)", 2, noMatch), ("(a:dn:b:c:=x)", 2, noMatch),
        ("(a b:dn:=x)", 2, noMatch), ("(a:b_c:=x)", 2, noMatch),
    ])
    func `given a flaw of an item or a list, when read, then its place and remedy are told`(
        _ text: String, _ character: Int, _ message: String
    ) {
        #expect(Self.flaw(text) == "\(character): \(message)")
    }

    @Test func `given filters nested deeply, when read, then a hundred levels are fine and no more`() throws {
        let nested = { (count: Int) in String(repeating: "(!", count: count) + "(a=b)" + String(repeating: ")", count: count) }
        #expect(try LDAPFilter(nested(100)).text == nested(100))
        #expect(Self.flaw(nested(101)) == "201: it is nested deeper than 100 levels. Write it flatter.")
        #expect(Self.flaw(nested(200_000)) == "201: it is nested deeper than 100 levels. Write it flatter.")
        #expect(Self.flaw(String(repeating: "(", count: 200_000)) != nil)
        #expect(try LDAPFilter("(|" + String(repeating: "(a=b)", count: 100_000) + ")").text.utf8.count == 500_003)
    }

    private static func flaw(_ text: String) -> String? {
        do throws(Flaw) {
            _ = try LDAPFilter(text)
            return nil
        } catch {
            return "\(error.character): \(error.reason). \(error.remedy)"
        }
    }
}
