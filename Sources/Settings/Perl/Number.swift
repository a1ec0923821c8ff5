import Foundation

/// A number with Perl's arithmetic and Perl's way to write it.
enum Number: Equatable {
    case integer(Int)
    case real(Double)

    var real: Double {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        }
    }

    /// As Perl prints it: 15 significant digits, without trailing zeros.
    var text: String {
        switch self {
        case .integer(let value): return String(value)
        case .real(let value):
            if value == value.rounded(), value.magnitude < 1e15 { return String(Int(value)) }
            return value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Inf" : "Inf") : String(format: "%.15g", value)
        }
    }

    /// A literal: `10_000`, `0x1F`, `0b101`, `0755`, `1.5e3`. Nil if it is none.
    init?(literal: String) {
        let text = literal.filter { $0 != "_" }.lowercased()
        let radix = text.hasPrefix("0x") ? 16 : text.hasPrefix("0b") ? 2 : 8
        if radix != 8 || (text.count > 1 && text.first == "0" && text.allSatisfy(\.isNumber)) {
            guard let value = Int(text.dropFirst(radix == 8 ? 1 : 2), radix: radix) else { return nil }
            self = .integer(value)
        } else if let value = Int(text) {
            self = .integer(value)
        } else if let value = Double(text.hasSuffix(".") ? text + "0" : text) {
            self = .real(value)
        } else {
            return nil
        }
    }

    /// The number that Perl sees at the start of a text; 0 if there is none.
    init(prefixOf text: String) {
        let trimmed = text.drop { $0.isWhitespace }
        var taken = trimmed.prefix { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
        while !taken.isEmpty {
            if let value = Int(taken) { self = .integer(value); return }
            if let value = Double(taken) { self = .real(value); return }
            taken.removeLast()
        }
        self = .integer(0)
    }

    /// Nil for a division by zero.
    static func calculate(_ left: Number, _ sign: String, _ right: Number) -> Number? {
        if case .integer(let left) = left, case .integer(let right) = right, let exact = exact(left, sign, right) {
            return .integer(exact)
        }
        switch sign {
        case "+": return .real(left.real + right.real)
        case "-": return .real(left.real - right.real)
        case "*": return .real(left.real * right.real)
        default: return right.real == 0 ? nil : .real(left.real / right.real)
        }
    }

    /// Nil where the result is no integer, or too large for one.
    private static func exact(_ left: Int, _ sign: String, _ right: Int) -> Int? {
        let (value, overflow): (Int, Bool)
        switch sign {
        case "+": (value, overflow) = left.addingReportingOverflow(right)
        case "-": (value, overflow) = left.subtractingReportingOverflow(right)
        case "*": (value, overflow) = left.multipliedReportingOverflow(by: right)
        default:
            guard right != 0, right != -1, left % right == 0 else { return nil }
            (value, overflow) = (left / right, false)
        }
        return overflow ? nil : value
    }
}
