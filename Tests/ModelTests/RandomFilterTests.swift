import Support
import Testing

@testable import Model

/// Properties of filters that nobody wrote.
@Suite struct RandomFilterTests {
    @Test(arguments: [7, 20_261_122] as [UInt64])
    func `given random filters with white space between their parts, when read, then the same filter without it comes out`(
        _ seed: UInt64
    ) throws {
        var random = Seeded(seed)
        for round in 0..<3000 {
            let filter = RandomFilter.of(&random, depth: 4)
            #expect(try LDAPFilter(filter.spaced).text == filter.plain, "seed \(seed), round \(round): '\(filter.spaced)'")
        }
    }

    @Test(arguments: [7, 20_261_122] as [UInt64])
    func `given random filters with one byte altered, when read, then nothing crashes and what is read is read again`(
        _ seed: UInt64
    ) throws {
        var random = Seeded(seed)
        let bytes = Array("()&|!=<>~:*\\ a;-.0\n".utf8) + [0]
        for round in 0..<5000 {
            var text = Array(RandomFilter.of(&random, depth: 3).spaced.utf8)
            let position = random.number(0..<text.count)
            switch random.number(0..<3) {
            case 0: text[position] = bytes.randomElement(using: &random) ?? 0
            case 1: text.remove(at: position)
            default: text.insert(bytes.randomElement(using: &random) ?? 0, at: position)
            }
            Self.checkAgain(String(decoding: text, as: UTF8.self), "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: [8, 20_261_122] as [UInt64])
    func `given random text, when read, then the place of a flaw is in it or right after it`(_ seed: UInt64) {
        var random = Seeded(seed)
        let scalars = Array("(()&|!=*\\:~><ab1 \u{FC}\u{1F600}\u{301}\u{0}".unicodeScalars)
        for round in 0..<10_000 {
            let some = (0..<random.number(0..<24)).map { _ in scalars.randomElement(using: &random) ?? "a" }
            Self.checkAgain(String(String.UnicodeScalarView(some)), "seed \(seed), round \(round)")
        }
    }

    private static func checkAgain(_ text: String, _ comment: String) {
        do throws(Flaw) {
            let filter = try LDAPFilter(text)
            let again = try? LDAPFilter(filter.text)
            #expect(again == filter, "\(comment): '\(text)'")
        } catch {
            #expect((1...text.count + 1).contains(error.character), "\(comment): '\(text)' at \(error.character)")
        }
    }
}

/// A filter as it is written and as it is sent.
struct RandomFilter {
    var plain = ""
    var spaced = ""

    static func of(_ random: inout Seeded, depth: Int) -> RandomFilter {
        var filter = RandomFilter()
        filter.space(&random)
        filter.append(&random, depth: depth)
        filter.space(&random)
        return filter
    }

    private mutating func append(_ random: inout Seeded, depth: Int) {
        add("(")
        space(&random)
        if depth == 0 || random.oneIn(2) {
            appendItem(&random)
        } else {
            let sign = ["&", "|", "!"][random.number(0..<3)]
            add(sign)
            space(&random)
            for _ in 0..<(sign == "!" ? 1 : random.number(0..<4)) {
                append(&random, depth: depth - 1)
                space(&random)
            }
        }
        add(")")
    }

    private mutating func appendItem(_ random: inout Seeded) {
        let names = ["cn", "objectClass", "x-1", "2.5.4.3", "cn;lang-de", "1.2.840.113556.1.4.803;binary"]
        let sign = ["=", ">=", "<=", "~=", ":=", ":dn:=", ":caseExactMatch:=", ":dn:2.5.13.5:="][random.number(0..<8)]
        add(names.randomElement(using: &random) ?? "cn")
        if !sign.hasPrefix(":") { space(&random) }
        add(sign)
        let pieces = ["a", " ", "\u{FC}", "\\2a", "\\C3\\bc", "=", ":", "&", "\u{1F600}", ","] + (sign == "=" ? ["*"] : [])
        var last = ""
        for _ in 0..<random.number(0..<6) {
            let piece = pieces.randomElement(using: &random) ?? "a"
            if piece == "*", last == "*" { continue }
            add(piece)
            last = piece
        }
    }

    private mutating func add(_ text: String) {
        plain += text
        spaced += text
    }

    private mutating func space(_ random: inout Seeded) {
        if random.oneIn(3) { spaced += [" ", "  ", "\n", "\t ", "\r\n"].randomElement(using: &random) ?? "" }
    }
}
