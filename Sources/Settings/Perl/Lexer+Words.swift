extension Lexer {
    mutating func readWord() {
        let start = index
        if byte() == UInt8(ascii: "x"), byte(1).isDigit, !expectsTerm {
            // `'a' x3` repeats three times.
            index += 1
            return add(.word("x"), from: start)
        }
        let word = takeName()
        if !isName(from: start) {
            if Self.quoteOperators.contains(word) { return readQuoteOperator(word, from: start) }
        }
        add(.word(word), from: start)
    }

    /// A name with its `::`. Empty if none begins here.
    mutating func takeName() -> String {
        let start = index
        while byte().continuesWord || isAtPackageSeparator {
            index += isAtPackageSeparator ? 2 : 1
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private var isAtPackageSeparator: Bool {
        byte() == UInt8(ascii: ":") && byte(1) == UInt8(ascii: ":") && byte(2).continuesWord
    }

    /// Whether a word is a mere name here, though it could be an operator: before `=>`, alone in `{ }`, after `->` or `sub`,
    /// or stuck to a string, as the `s` of `'it's'`.
    private func isName(from start: Int) -> Bool {
        let next = positionBehindBlanks(index)
        if bytes[next...].starts(with: Array("=>".utf8)) { return true }
        guard let last = tokens.last else { return false }
        if case .quoted = last.kind, last.end == start { return true }
        if last.isSymbol("->") || last.isWord("sub") { return true }
        // The file test `-s`.
        if last.isSymbol("-"), start == last.end, index == start + 1, bytes[start] == UInt8(ascii: "s") { return true }
        return last.isSymbol("{") && next < bytes.count && bytes[next] == UInt8(ascii: "}")
    }

    /// Where the next word begins, behind white space and comments.
    private func positionBehindBlanks(_ start: Int) -> Int {
        var next = start
        while next < bytes.count {
            if bytes[next] == UInt8(ascii: "#"), next > start {
                next = bytes[next...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            } else if bytes[next].isBlank {
                next += 1
            } else {
                break
            }
        }
        return next
    }

    /// A number, or what has two points and is a string of characters for Perl: `10.0.0.1`.
    mutating func readNumber() {
        let start = index
        var points = 0
        while byte().isDigit || byte() == UInt8(ascii: "_") || (byte() == UInt8(ascii: ".") && byte(1).isDigit) {
            points += byte() == UInt8(ascii: ".") ? 1 : 0
            index += 1
        }
        if points > 1 { return add(.code("a number with two points"), from: start) }
        index = start
        if byte() == UInt8(ascii: "0"), [UInt8(ascii: "x"), UInt8(ascii: "b"), UInt8(ascii: "o")].contains(byte(1) | 0x20) {
            index += 2
            while byte().continuesWord { index += 1 }
        } else if byte() == UInt8(ascii: "0"), byte(1).isDigit || byte(1) == UInt8(ascii: "_") {
            // Octal: a point after it joins texts.
            takeDigits()
        } else {
            takeDigits()
            if byte() == UInt8(ascii: "."), byte(1) != UInt8(ascii: ".") {
                index += 1
                takeDigits()
            }
            takeExponent()
        }
        add(.number(String(decoding: bytes[start..<index], as: UTF8.self)), from: start)
    }

    private mutating func takeDigits() {
        while byte().isDigit || byte() == UInt8(ascii: "_") { index += 1 }
    }

    private mutating func takeExponent() {
        guard byte() | 0x20 == UInt8(ascii: "e") else { return }
        let sign = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-") ? 1 : 0
        guard byte(1 + sign).isDigit else { return }
        index += 1 + sign
        takeDigits()
    }

    /// The longest operator that begins here, or one character.
    mutating func readSymbol() {
        let start = index
        for length in [3, 2] where index + length <= bytes.count {
            let text = String(decoding: bytes[index..<(index + length)], as: UTF8.self)
            if Self.operators.contains(text) {
                index += length
                return add(.symbol(text), from: start)
            }
        }
        index += 1
        add(.symbol(String(UnicodeScalar(bytes[start]))), from: start)
    }

    private static let quoteOperators: Set<String> = ["q", "qq", "qw", "m", "qr", "s", "tr", "y", "qx"]
    private static let operators: Set<String> = [
        "<=>", "**=", "||=", "&&=", "//=", "...", "<<=", ">>=", "->", "++", "--", "**", "=~", "!~", "==", "!=", "<=", ">=",
        "&&", "||", "//", "..", "::", "+=", "-=", "*=", "/=", ".=", "%=", "&=", "|=", "^=", "<<", ">>", "=>",
    ]
}
