import Model

extension DoubleQuoted {
    /// A backslash and what follows it.
    mutating func readEscape() {
        let sign = byte(1)
        index += 2
        switch sign {
        case UInt8(ascii: "x"): appendHexadecimal()
        case UInt8(ascii: "N"): appendNamed()
        case UInt8(ascii: "o"): appendBraced(radix: 8)
        case UInt8(ascii: "c"): appendControl()
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            index -= 1
            append(code: UInt32(takeWhile(limit: 3) { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "7") }, radix: 8))
        case UInt8(ascii: "E"): closeGroups()
        case UInt8(ascii: "F"): refuse("the escape '\\F' computes text. Write the text itself in single quotes.")
        default: appendPlain(sign)
        }
    }

    private mutating func appendPlain(_ sign: UInt8) {
        if let change = Self.changes[sign] {
            openGroup(change)
        } else if let control = Self.controls[sign] {
            append(UnicodeScalar(control))
        } else if sign >= 0x80 {
            // A character beyond ASCII is itself; the loop takes it whole.
            index -= 1
        } else if index <= bytes.count {
            append(UnicodeScalar(sign))
        }
    }

    mutating func takeWhile(limit: Int, _ fits: (UInt8) -> Bool) -> String {
        let taken = bytes[min(index, bytes.count)...].prefix(limit).prefix(while: fits)
        index += taken.count
        return String(decoding: taken, as: UTF8.self)
    }

    /// `\x41` or `\x{263a}`.
    private mutating func appendHexadecimal() {
        if byte(0) == UInt8(ascii: "{") { return appendBraced(radix: 16) }
        let digits = takeWhile(limit: 2) { UnicodeScalar($0).properties.isASCIIHexDigit }
        append(code: digits.isEmpty ? 0 : UInt32(digits, radix: 16))
    }

    /// `\N{U+263A}`; names of characters are not known here.
    private mutating func appendNamed() {
        guard byte(0) == UInt8(ascii: "{"), byte(1) == UInt8(ascii: "U"), byte(2) == UInt8(ascii: "+") else {
            return append(code: nil)
        }
        index += 3
        append(code: Self.number(takeBraced(), radix: 16), isWide: true)
    }

    /// `{ 26_3a }` behind `\x` or `\o`. Nothing at all is the character 0.
    private mutating func appendBraced(radix: Int) {
        guard byte(0) == UInt8(ascii: "{") else { return append(code: nil) }
        index += 1
        let digits = takeBraced().filter { $0 != "_" }
        append(code: digits.isEmpty ? 0 : Self.number(digits, radix: radix))
    }

    /// Digits alone, without a sign.
    private static func number(_ digits: String, radix: Int) -> UInt32? {
        digits.first == "+" || digits.first == "-" ? nil : UInt32(digits, radix: radix)
    }

    /// Up to the closing brace, without the blanks at the ends.
    private mutating func takeBraced() -> String {
        let content = takeWhile(limit: 32) { $0 != UInt8(ascii: "}") }
        index += 1
        return content.trimmingSpaces()
    }

    /// `\c[`, `\cA`.
    private mutating func appendControl() {
        let sign = byte(0)
        index += 1
        guard sign > 0x20, sign < 0x7F else { return append(code: nil) }
        append(code: UInt32((sign.isLetter ? sign & 0xDF : sign) ^ 64))
    }

    private mutating func append(code: UInt32?, isWide: Bool = false) {
        guard let scalar = code.flatMap(UnicodeScalar.init) else {
            return refuse("an escape in this string names no character. Write the character itself.")
        }
        append(scalar, isWide: isWide)
    }

    private static let changes: [UInt8: Function] = [
        UInt8(ascii: "U"): .uc, UInt8(ascii: "L"): .lc, UInt8(ascii: "Q"): .quotemeta, UInt8(ascii: "u"): .ucfirst,
        UInt8(ascii: "l"): .lcfirst,
    ]
    private static let controls: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 0x0A, UInt8(ascii: "t"): 0x09, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "e"): 0x1B,
        UInt8(ascii: "a"): 0x07, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "b"): 0x08,
    ]
}
