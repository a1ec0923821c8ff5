import Support
import Testing

@testable import Model

/// When two names are one.
@Suite struct DistinguishedNameTests {
    private static func canonical(_ text: String) -> String? {
        DistinguishedName.canonical(Array(text.utf8)[...]).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: [
        ("", ""),
        ("UID=jsmith,DC=example,DC=net", "uid=jsmith,dc=example,dc=net"),
        ("OU=Sales+CN=J.  Smith,DC=example,DC=net", "cn=j. smith+ou=sales,dc=example,dc=net"),
        (#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#, #"cn=james "jim" smith\, iii,dc=example,dc=net"#),
        (#"CN=Before\0dAfter,DC=example,DC=net"#, "cn=before after,dc=example,dc=net"),
        ("1.3.6.1.4.1.1466.0=#04024869", "1.3.6.1.4.1.1466.0=#04024869"),
        (#"CN=Lu\C4\8Di\C4\87"#, "cn=lu\u{10D}i\u{107}"),
    ])
    func `given the examples of RFC 4514 section 4, when made canonical, then each is as it should be`(
        _ name: String, _ canonical: String
    ) {
        #expect(Self.canonical(name) == canonical)
    }

    @Test(arguments: [
        ("cn=anna,dc=x", "CN=Anna,DC=X"), ("cn=anna,dc=x", " cn = anna , dc=x "), ("cn=a b,dc=x", "cn=a   b,dc=x"),
        ("cn=a b", #"cn=\ a b\ "#), ("ou=a+cn=b,dc=x", "cn=b+ou=a,dc=x"), ("cn=a\\,b", #"cn=a\2cb"#),
        (#"cn=a\,b,dc=x"#, #"cn="a,b",dc=x"#), ("cn=a,dc=x", "cn=a;dc=x"), (#"cn=a\+b\;c"#, #"cn="a+b;c""#),
        (#"cn=a\"b"#, #"cn="a\"b""#), ("2.5.4.3=a,dc=x", "oid.2.5.4.3=a,dc=x"), ("2.5.4.3=a", "OID.2.5.4.3=a"),
        ("cn=a,2.5.4.3=b+dc=x", "cn=a,dc=x+oid.2.5.4.3=b"), ("cn=M\u{FC}ller", "cn=MU\u{308}LLER"),
        (#"cn=\4d\c3\bcller"#, "cn=m\u{FC}ller"), (##"cn=\23a"##, ##"cn=\#a"##), ("cn=a=b", #"cn=a\=b"#), ("cn=", #"cn="""#),
        ("cn=\u{FB01}sch", "cn=fisch"), ("cn=a\u{A0}b", "cn=a b"), (#"cn=a\\b"#, #"cn=a\5Cb"#),
    ])
    func `given two spellings of one name, when made canonical, then they are equal`(_ one: String, _ other: String) {
        #expect(Self.canonical(one) != nil)
        #expect(Self.canonical(one) == Self.canonical(other))
    }

    @Test(arguments: [
        ("cn=a,dc=x", "cn=a,dc=y"), ("cn=a,dc=x", "cn=a"), (#"cn=a\,dc=x"#, "cn=a,dc=x"), (#"cn=a\+ou=b"#, "cn=a+ou=b"),
        ("cn=ab", "cn=a b"), ("cn=a", "sn=a"), ("cn=a,ou=b", "ou=b,cn=a"), (#"cn=a\\,dc=x"#, #"cn=a\,dc=x"#),
        ("cn=O\u{B4}Neil", "cn=O Neil"), ("cn=O\u{B4}Neil", "cn=O\u{A8}Neil"), ("cn=a\\,\u{301}b=c", "cn=a,\u{301}b=c"),
        ("cn=e", "cn=\u{E9}"), ("cn=a\\\\", "cn=a"),
    ])
    func `given two names, when made canonical, then they stay two`(_ one: String, _ other: String) {
        #expect(Self.canonical(one) != Self.canonical(other))
    }

    @Test(arguments: [
        "cn", "anna", "=a", ",cn=a", "cn=a,", "cn=a,,dc=x", "cn=a,dc", #"cn=a\"#, #"cn="a"#, #"cn="a"b,dc=x"#, "cn=a+",
        "cn=a+,dc=x",
        "cn=a;", "cn=a, ", "cn=a,=b", #"cn="a\"#,
    ])
    func `given what is no name, when made canonical, then there is none`(_ text: String) {
        #expect(Self.canonical(text) == nil)
    }

    private static let noPart = "a part is no type=value. Write each part as in 'ou=people', with ',' between two."

    @Test(arguments: [
        ("people", 1, noPart), ("ou=people,dc", 11, noPart), ("ou=people,,dc=x", 11, noPart), ("ou=a, =b", 7, noPart),
        ("ou=\u{FC}\u{1F600},dc", 7, noPart), ("ou=a;people", 6, noPart), ("ou=a+b", 6, noPart), (",ou=a", 1, noPart),
        ("ou=people,", 10, "the name ends in a comma. Remove it, or write the next part."),
        ("ou=\"a\"b,dc=x", 7, "text follows the closing quote. Write ',' before the next part."),
        ("ou=\"a,dc=x", 4, #"the quote is never closed. Close it, or write \22 for one that belongs to the value."#),
        (#"ou=a\"#, 5, #"a backslash stands at the end. Remove it, or write \5c for a backslash."#),
        (
            "ou=a,organizational unit=b", 6,
            "the type before '=' is no attribute name. Write a name such as 'ou', "
                + #"with ',' between two parts and '\,' for one that belongs to a value."#
        ),
    ])
    func `given what somebody wrote is no name, when checked, then its place and remedy are told`(
        _ text: String, _ character: Int, _ message: String
    ) {
        #expect(throws: Flaw.self) { try DistinguishedName.check(text) }
        do throws(Flaw) { try DistinguishedName.check(text) } catch {
            #expect("\(error.character): \(error.reason). \(error.remedy)" == "\(character): \(message)")
        }
    }

    @Test(arguments: [
        "", "cn=a", "CN=Users, DC=acme, DC=example", "2.5.4.3=a", "oid.2.5.4.3=a", #"cn=Doe\, Anna,dc=x"#, "cn=a+uid=b",
    ])
    func `given a name, when checked, then it is one and nothing is doubted`(_ text: String) {
        #expect(throws: Never.self) { try DistinguishedName.check(text) }
        #expect(DistinguishedName.doubt(about: text) == nil)
    }

    @Test func `given a comma that is missing, when checked, then the name is doubted where the next part begins`() {
        let remedy = #"Write ',' before the next part, or \3d for a '=' that belongs to the value."#
        #expect(
            DistinguishedName.doubt(about: "ou=people dc=acme,dc=example")
                == Flaw(character: 13, reason: "one part has a second '='", remedy: remedy))
        #expect(DistinguishedName.doubt(about: "dc=acme.dc=example")?.character == 11)
        #expect(DistinguishedName.doubt(about: #"ou=a\3db"#) == nil)
        #expect(DistinguishedName.doubt(about: "people") == nil)
    }

    @Test(arguments: [3, 20_261_122] as [UInt64])
    func `given random plain names, when spelled with escapes, then the short way and the full reader agree`(_ seed: UInt64) {
        var random = Seeded(seed)
        let letters = Array("abcXYZ019 -_.:/()'@=".unicodeScalars)
        for round in 0..<2000 {
            var plain: [String] = []
            var escaped: [String] = []
            for _ in 0..<random.number(1..<5) {
                let type = ["cn", "OU", "dc", "2.5.4.3", "oid.2.5.4.11"].randomElement(using: &random) ?? "cn"
                let value = (0..<random.number(0..<10)).map { _ in letters.randomElement(using: &random) ?? "a" }
                plain.append(type + "=" + String(String.UnicodeScalarView(value)))
                escaped.append(type + "=" + value.map { "\\" + String($0.value, radix: 16) }.joined())
            }
            let one = plain.joined(separator: ",")
            let other = escaped.joined(separator: ",")
            #expect(
                Self.canonical(one) == Self.canonical(other),
                "seed \(seed), round \(round): '\(one)'")
        }
    }

    @Test(arguments: [4, 20_261_122] as [UInt64])
    func `given random bytes, when made canonical, then nothing crashes and the canonical form is its own`(_ seed: UInt64) {
        var random = Seeded(seed)
        let bytes = Array("cn=a,+;\\\"# \u{E4}\u{301}4f".utf8) + [0, 0xFF, 0x80]
        for round in 0..<5000 {
            let name = (0..<random.number(0..<16)).map { _ in bytes.randomElement(using: &random) ?? 0 }
            guard let once = DistinguishedName.canonical(name[...]), let twice = DistinguishedName.canonical(once[...]) else {
                continue
            }
            #expect(once.count < 200 && twice.count < 200, "seed \(seed), round \(round): \(name)")
        }
    }
}
