import Foundation

/// A number as Perl has it: a whole number of 64 bits, signed or not, or a floating-point one (perlnumber).
enum Number: Sendable, Equatable {
    /// Within `Int64.min...UInt64.max`.
    case integer(Int128)
    case real(Double)

    static let integers = Int128(Int64.min)...Int128(UInt64.max)
    /// Up to here a floating-point number without fraction counts as a whole one.
    static let exactRealLimit: Double = 9_007_199_254_740_992

    /// A whole number if Perl can keep it as one.
    init(_ value: Int128) { self = Self.integers.contains(value) ? .integer(value) : .real(Double(value)) }

    var real: Double {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        }
    }

    /// The whole number that calculations take it for. Nil if it has a fraction or is beyond what a real keeps exactly.
    var whole: Int128? {
        switch self {
        case .integer(let value): value
        case .real(let value):
            value == value.rounded(.towardZero) && value.magnitude < Self.exactRealLimit ? Int128(value) : nil
        }
    }

    /// As Perl prints it: 15 significant digits, without trailing zeros.
    var text: String {
        switch self {
        case .integer(let value): return String(value)
        case .real(let value):
            if value == 0 { return "0" }
            if value.isNaN { return "NaN" }
            if value.isInfinite { return value < 0 ? "-Inf" : "Inf" }
            return String(format: "%.15g", value)
        }
    }

    var isZero: Bool { real == 0 }

    // MARK: - Reading

    /// A literal: `10_000`, `0x1F`, `0b101`, `0o17`, `0755`, `1.5e3`. Nil if it is none, or needs more than 64 bits in
    /// another base than ten.
    init?(literal: String) {
        let text = literal.utf8.filter { $0 != UInt8(ascii: "_") }.map { $0 | ($0.isLetter ? 0x20 : 0) }
        if let (digits, radix) = Self.otherBase(text) {
            guard let value = UInt64(String(decoding: digits, as: UTF8.self), radix: radix) else { return nil }
            self = .integer(Int128(value))
        } else {
            guard let number = Self.decimal(text[...]), number.end == text.count else { return nil }
            self = number.value
        }
    }

    /// The digits of a literal that begins with `0`, and their base.
    private static func otherBase(_ text: [UInt8]) -> (digits: ArraySlice<UInt8>, radix: Int)? {
        guard text.count > 1, text[0] == UInt8(ascii: "0") else { return nil }
        let bases: [UInt8: Int] = [UInt8(ascii: "x"): 16, UInt8(ascii: "b"): 2, UInt8(ascii: "o"): 8]
        if let radix = bases[text[1]] { return (text[2...], radix) }
        return text.allSatisfy(\.isDigit) ? (text[1...], 8) : nil
    }

    /// The number that Perl sees at the start of a text; 0 if there is none. With anything behind it, it is a real one.
    init(prefixOf text: String) {
        let trimmed = Array(text.utf8.drop { $0.isBlank })
        guard let (value, end) = Self.decimal(trimmed[...]) else {
            self = Self.special(trimmed) ?? .real(0)
            return
        }
        self = trimmed[end...].allSatisfy(\.isBlank) ? value : .real(value.real)
    }

    /// Digits, fraction and exponent at the start of `text`, and where they end.
    private static func decimal(_ text: ArraySlice<UInt8>) -> (value: Number, end: Int)? {
        var rest = text
        let sign = rest.first
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let whole = rest.prefix(while: \.isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        let hasPoint = rest.first == UInt8(ascii: ".")
        if hasPoint {
            fraction = rest.dropFirst().prefix(while: \.isDigit)
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        let exponent = exponentLength(rest)
        rest = rest.dropFirst(exponent)
        let taken = String(decoding: text[..<rest.startIndex], as: UTF8.self)
        if !hasPoint, exponent == 0, let value = Int128(taken), integers.contains(value) {
            return (.integer(value), rest.startIndex)
        }
        return Double(hasPoint && fraction.isEmpty ? padded(taken) : taken).map { (.real($0), rest.startIndex) }
    }

    /// `5.` and `5.e3` as Swift wants them.
    private static func padded(_ text: String) -> String {
        guard let point = text.firstIndex(of: ".") else { return text }
        return text[...point] + "0" + text[text.index(after: point)...]
    }

    private static func exponentLength(_ text: ArraySlice<UInt8>) -> Int {
        guard let first = text.first, first | 0x20 == UInt8(ascii: "e") else { return 0 }
        let sign = text.dropFirst().first.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } == true ? 1 : 0
        let digits = text.dropFirst(1 + sign).prefix(while: \.isDigit).count
        return digits == 0 ? 0 : 1 + sign + digits
    }

    private static func special(_ text: [UInt8]) -> Number? {
        let isNegative = text.first == UInt8(ascii: "-")
        let word = text.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }.prefix(3).map { $0 | 0x20 }
        if word == Array("inf".utf8) { return .real(isNegative ? -.infinity : .infinity) }
        return word == Array("nan".utf8) ? .real(.nan) : nil
    }
}

extension UInt8 {
    /// An ASCII letter.
    var isLetter: Bool { self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "z") }
}
