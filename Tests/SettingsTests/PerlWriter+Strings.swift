import Support

/// Strings in all of Perl's quotes.
extension PerlWriter {
    /// A random text, safe in no quotes at all.
    private mutating func randomText() -> String {
        let alphabet = Array("abcXYZ019 '\"\\$@%(){}[]<>,;=#/!|~`\t*.:-&") + (isLatin1 ? Array("äöß") : Array("äß漢☺é"))
        var text = ""
        for _ in 0..<random.number(0..<12) { text.append(pick(alphabet)) }
        return text
    }

    mutating func literal() -> String {
        switch random.number(0..<10) {
        case 0...3: return quoted(randomText())
        case 4, 5: return doubleQuotedRandom()
        case 6: return "q" + delimited(balanced(randomText()))
        case 7: return "qq" + delimited(pick(["plain", "a b", "x\\ty", "\\x{263a}"]))
        case 8 where awaited.count < 2: return hereDocument()
        default:
            return quoted(pick(["cn=reader,dc=acme", "(objectClass=*)", "Zürich".replacing("ü", with: isLatin1 ? "u" : "ü")]))
        }
    }

    /// `'…'`
    mutating func quoted(_ text: String) -> String {
        var code = "'"
        for character in text {
            if character == "'" || character == "\\" { code += "\\" }
            code.append(character)
        }
        if code.hasSuffix("\\"), !code.hasSuffix("\\\\") { code += "\\" }
        return code + "'"
    }

    /// `"…"` with everything escaped that means something.
    mutating func doubleQuoted(_ text: String) -> String {
        "\"" + text.map { "\"\\$@".contains($0) ? "\\" + String($0) : String($0) }.joined() + "\""
    }

    private mutating func doubleQuotedRandom() -> String {
        var code = ""
        for _ in 0..<random.number(0..<7) { code += piece() }
        return "\"" + code + "\""
    }

    private mutating func piece() -> String {
        switch random.number(0..<14) {
        case 0:
            return pick([
                "\\n", "\\t", "\\r", "\\a", "\\e", "\\f", "\\b", "\\0", "\\\"", "\\\\", "\\$", "\\@", "\\%", "\\z", "\\-",
            ])
        case 1: return pick(["\\x41", "\\x{41}", "\\x{e9}", "\\xe9", "\\x4g", "\\x{}", "\\x{ 41 }", "\\x ", "\\x{1F600}"])
        case 2: return pick(["\\N{U+263A}", "\\N{U+e4}", "\\101", "\\7", "\\08", "\\o{101}", "\\c[", "\\cA", "\\ca", "\\400"])
        case 3:
            return pick([
                "\\Uabc\\E", "\\LABC\\E", "\\uabc", "\\lABC", "\\Qa.b\\E", "\\U\\lABC\\E", "\\L\\uABC\\E", "\\Uab\\LCD\\E",
                "\\E",
            ])
        case 4: return pick(["@ ", "@.", "@", "%x", "50%", "a@ b", "\\@x"]) + " "
        case 5, 6: return interpolated() + pick([" ", ".", ",", "/"])
        case 7: return isLatin1 ? "ü" : "ü漢"
        case 8 where awaited.isEmpty: return "line" + "\n" + "two"
        default: return pick(["abc", " ", "x-y", "[1]", "{k}", "->", "::", "'", "#", "1"])
        }
    }

    private mutating func interpolated() -> String {
        switch random.number(0..<6) {
        case 0, 1:
            guard let name = scalars.isEmpty ? nil : pick(scalars) else { return "v" }
            return pick(["$\(name) ", "${\(name)}x", "${ \(name) }", "$\(name)-", "$\(name).", "\\U$\(name)\\E"])
        case 2: return pick(["$ENV{ROLLCALL_TEST}", "$ENV{'ROLLCALL_TEST'}", "$ENV{ ROLLCALL_TEST }"])
        case 3:
            guard let array = arrays.isEmpty ? nil : pick(arrays), array.count > 0, array.isPlain else { return "a" }
            return pick(["@\(array.name)", "@{\(array.name)} ", "$\(array.name)[0]", "$\(array.name)[-1]"])
        case 4:
            guard let setting = settings.filter({ $0.key.hasPrefix("Rollcall::V") }).randomElement(using: &random) else {
                return "s"
            }
            return pick(["$Self->{'\(setting.key)'}", "$$Self{'\(setting.key)'}", "$Self->{ '\(setting.key)' }"])
        default: return "t"
        }
    }

    // MARK: - Delimiters

    /// Text without what only closes a bracket.
    private func balanced(_ text: String) -> String { text.filter { !"()[]{}<>\\/!|~'\"#".contains($0) } }

    mutating func delimited(_ text: String, canNest: Bool = true) -> String {
        let (open, close) = pick([
            ("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"), ("/", "/"), ("!", "!"), ("|", "|"), ("~", "~"),
        ])
        let inner = text.filter { String($0) != open && String($0) != close }
        let nested = canNest && open != close && chance(30) ? open + "n" + close : ""
        return pick(["", "", " "]) + open + inner + nested + close
    }

    // MARK: - Here-documents

    private mutating func hereDocument() -> String {
        let mark = freshName("EOT")
        let isIndented = chance(40)
        let indent = isIndented ? pick(["  ", "\t", "    "]) : ""
        let style = random.number(0..<4)
        let lines = (0..<random.number(0..<4)).map { _ in
            isIndented && chance(15)
                ? "" : indent + pick(["text", "  more", "it's", "}", "# no", "5%", "ab" + (style == 0 ? "$x\\n" : "\\tq")])
        }
        awaited.append(lines.map { $0 + "\n" }.joined() + indent + mark + "\n")
        let announced = ["'\(mark)'", "\"\(mark)\"", mark, " \"\(mark)\""][style]
        return "<<" + (isIndented ? "~" : "") + announced
    }
}
