extension Lexer {
    /// `$name`, `${name}`, `$$name`, `$#name` and the variables of one punctuation character.
    mutating func readScalar() {
        let start = index
        index += 1
        let next = byte()
        if next == UInt8(ascii: "#"), [UInt8(ascii: "{"), UInt8(ascii: "$")].contains(byte(1)) || byte(1).startsWord {
            index += 1
            add(.symbol("$#"), from: start)
        } else if next.continuesWord || next == UInt8(ascii: ":") && byte(1) == UInt8(ascii: ":") {
            readVariableName(.scalar, from: start)
        } else if next == UInt8(ascii: "{") {
            readBraced(.scalar, from: start)
        } else if next == UInt8(ascii: "$"), byte(1).startsWord || byte(1) == UInt8(ascii: "$") || byte(1) == UInt8(ascii: "{")
        {
            add(.cast(.scalar), from: start)
        } else {
            index += index < bytes.count && !next.isBlank ? 1 : 0
            add(.variable(.scalar, String(decoding: bytes[(start + 1)..<index], as: UTF8.self)), from: start)
        }
    }

    /// `@name`, `%name`, `@{`, `%$`; a lone sign is an operator.
    mutating func readSigil(_ sigil: Token.Sigil) {
        let start = index
        index += 1
        let next = byte()
        if next.startsWord || next == UInt8(ascii: ":") && byte(1) == UInt8(ascii: ":") {
            readVariableName(sigil, from: start)
        } else if next == UInt8(ascii: "{") {
            readBraced(sigil, from: start)
        } else if next == UInt8(ascii: "$") {
            add(.cast(sigil), from: start)
        } else {
            add(.symbol(sigil.rawValue), from: start)
        }
    }

    private mutating func readVariableName(_ sigil: Token.Sigil, from start: Int) {
        if byte() == UInt8(ascii: ":") { index += 2 }
        let name = takeName()
        add(.variable(sigil, name), from: start)
    }

    /// `${name}` is `$name`; any other `${` is a cast of what the braces hold.
    private mutating func readBraced(_ sigil: Token.Sigil, from start: Int) {
        let brace = index
        index += 1
        while byte().isBlank { index += 1 }
        let name = byte().startsWord ? takeName() : ""
        while byte().isBlank { index += 1 }
        guard !name.isEmpty, byte() == UInt8(ascii: "}") else {
            index = brace
            return add(.cast(sigil), from: start)
        }
        index += 1
        add(.variable(sigil, name), from: start)
    }
}
