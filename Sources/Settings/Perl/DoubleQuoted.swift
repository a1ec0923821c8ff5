/// The content of a double-quoted string: text, escapes and variables.
struct DoubleQuoted {
    private let bytes: [UInt8]
    private let offset: Int
    private var index = 0
    private var text: [UInt8] = []
    private var parts: [Expression] = []
    private(set) var problems: [SyntaxProblem] = []

    init(_ bytes: [UInt8], at offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    var expression: Expression {
        let last = Expression(.text(String(decoding: text, as: UTF8.self)), at: offset)
        return parts.isEmpty ? last : Expression(.joined(parts + [last]), at: offset)
    }

    mutating func read() {
        while index < bytes.count, problems.isEmpty {
            switch bytes[index] {
            case UInt8(ascii: "\\"): readEscape()
            case UInt8(ascii: "$") where startsName(index + 1) || byte(1) == UInt8(ascii: "{"): readVariable()
            case UInt8(ascii: "$") where index + 1 < bytes.count && !byte(1).isBlank && byte(1) != UInt8(ascii: ")"):
                refuse("a '$'")
            case UInt8(ascii: "@") where startsName(index + 1) || byte(1) == UInt8(ascii: "{") || byte(1) == UInt8(ascii: "$"):
                refuse("an '@'")
            default: take()
            }
        }
    }

    private func byte(_ ahead: Int) -> UInt8 { index + ahead < bytes.count ? bytes[index + ahead] : 0 }
    private func startsName(_ position: Int) -> Bool { position < bytes.count && bytes[position].startsWord }

    private mutating func take() {
        text.append(bytes[index])
        index += 1
    }

    private mutating func refuse(_ sign: String) {
        problems.append(SyntaxProblem(offset: offset, message: Self.unknownVariable(sign)))
    }

    /// The text around it may be a password, so it is not shown.
    static func unknownVariable(_ sign: String) -> String {
        "\(sign) in double quotes stands for a variable that has no value here. Use single quotes, or write '\\' before the sign."
    }

    // MARK: - Escapes

    private mutating func readEscape() {
        let sign = byte(1)
        index += 2
        switch sign {
        case UInt8(ascii: "x"): appendHexadecimal()
        case UInt8(ascii: "N"): appendNamed()
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            index -= 1
            let digits = takeWhile(limit: 3) { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "7") }
            append(UInt32(digits, radix: 8))
        case _ where Self.controls[sign] != nil: text.append(Self.controls[sign] ?? 0)
        case _ where "uUlLQEc".utf8.contains(sign):
            problems.append(
                SyntaxProblem(
                    offset: offset,
                    message:
                        "the escape '\\\(String(UnicodeScalar(sign)))' computes text. Write the text itself in single quotes."))
        case 0: break
        default: text.append(sign)
        }
    }

    private mutating func takeWhile(limit: Int, _ fits: (UInt8) -> Bool) -> String {
        let digits = bytes[min(index, bytes.count)...].prefix(limit).prefix(while: fits)
        index += digits.count
        return String(decoding: digits, as: UTF8.self)
    }

    /// `\x41` or `\x{263a}`.
    private mutating func appendHexadecimal() {
        if byte(0) == UInt8(ascii: "{") { return appendBraced(prefix: "") }
        let digits = takeWhile(limit: 2) { ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "f")) || $0.isDigit }
        append(digits.isEmpty ? 0 : UInt32(digits, radix: 16))
    }

    /// `\N{U+263A}`; names of characters are not known here.
    private mutating func appendNamed() { appendBraced(prefix: "U+") }

    private mutating func appendBraced(prefix: String) {
        index += 1
        let content = takeWhile(limit: 32) { $0 != UInt8(ascii: "}") }
        index += 1
        append(content.hasPrefix(prefix) ? UInt32(content.dropFirst(prefix.count), radix: 16) : nil)
    }

    private mutating func append(_ code: UInt32?) {
        guard let scalar = code.flatMap(UnicodeScalar.init) else {
            return problems.append(
                SyntaxProblem(
                    offset: offset, message: "an escape in this string names no character. Write the character itself."))
        }
        text += Array(String(scalar).utf8)
    }

    private static let controls: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 0x0A, UInt8(ascii: "t"): 0x09, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "e"): 0x1B,
        UInt8(ascii: "a"): 0x07, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "b"): 0x08,
    ]

    // MARK: - Variables

    /// `$x`, `${x}`, `$Self->{K}{K}`, `$ENV{NAME}`.
    private mutating func readVariable() {
        flush()
        index += 1
        let isBraced = byte(0) == UInt8(ascii: "{")
        index += isBraced ? 1 : 0
        let name = takeWhile(limit: 200) { $0.continuesWord }
        if isBraced {
            guard byte(0) == UInt8(ascii: "}"), !name.isEmpty else { return refuse("a '$'") }
            index += 1
        }
        let isDirect = byte(0) == UInt8(ascii: "{")
        guard let keys = takeKeys() else { return refuse("a '$'") }
        let variable = isDirect ? "%" + name : "$" + name
        let target = Target(variable: variable, subscripts: keys.map { .key($0) }, offset: offset)
        parts.append(Expression(.element(target), at: offset))
    }

    private mutating func flush() {
        guard !text.isEmpty else { return }
        parts.append(Expression(.text(String(decoding: text, as: UTF8.self)), at: offset))
        text = []
    }

    /// `{K}`, `->{K}`, `{'K'}`, repeated. Nil for any other subscript.
    private mutating func takeKeys() -> [Expression]? {
        var keys: [Expression] = []
        while true {
            let arrow = byte(0) == UInt8(ascii: "-") && byte(1) == UInt8(ascii: ">") ? 2 : 0
            if byte(arrow) == UInt8(ascii: "[") { return nil }
            guard byte(arrow) == UInt8(ascii: "{") else { return keys }
            index += arrow + 1
            let content = takeWhile(limit: 200) { $0 != UInt8(ascii: "}") && $0 != UInt8(ascii: "$") }
            guard byte(0) == UInt8(ascii: "}"), keys.count < Brackets.depthLimit else { return nil }
            index += 1
            keys.append(Expression(.text(Self.unquoted(content)), at: offset))
        }
    }

    private static func unquoted(_ key: String) -> String {
        let trimmed = String(key.drop { $0 == " " })
        guard let mark = trimmed.first, mark == "'" || mark == "\"", trimmed.count > 1, trimmed.last == mark else { return key }
        return String(trimmed.dropFirst().dropLast())
    }
}
