import Foundation

/// Perl's arithmetic (perlop, "Additive Operators" and following): whole numbers stay whole while 64 bits hold them.
extension Number {
    /// Nil for a division by zero.
    static func calculate(_ left: Number, _ operation: Operator, _ right: Number) -> Number? {
        switch operation {
        case .add: sum(left, right) { $0.addingReportingOverflow($1) } ?? .real(left.real + right.real)
        case .subtract: sum(left, right) { $0.subtractingReportingOverflow($1) } ?? .real(left.real - right.real)
        case .multiply: wholeResult(left, right) { $0.multipliedReportingOverflow(by: $1) } ?? .real(left.real * right.real)
        case .divide: quotient(left, right)
        case .remainder: remainder(left, right)
        case .power: power(left, right)
        case .concatenate, .repeat: nil
        }
    }

    var negated: Number {
        if case .integer(let value) = self { Number(-value) } else { .real(-real) }
    }

    /// Perl adds two reals without fraction as whole numbers, also beyond what a real keeps exactly.
    private static func sum(
        _ left: Number, _ right: Number, _ operation: (Int128, Int128) -> (partialValue: Int128, overflow: Bool)
    ) -> Number? {
        let limit = 4_611_686_018_427_387_904.0
        if case .real(let first) = left, case .real(let second) = right, first.magnitude < limit, second.magnitude < limit,
            first.rounded() == first, second.rounded() == second
        {
            return .integer(operation(Int128(first), Int128(second)).partialValue)
        }
        return wholeResult(left, right, operation)
    }

    private static func wholeResult(
        _ left: Number, _ right: Number, _ operation: (Int128, Int128) -> (partialValue: Int128, overflow: Bool)
    ) -> Number? {
        guard let left = left.whole, let right = right.whole else { return nil }
        let result = operation(left, right)
        return !result.overflow && integers.contains(result.partialValue) ? .integer(result.partialValue) : nil
    }

    /// A whole quotient is kept exactly only where a real could not hold it.
    private static func quotient(_ left: Number, _ right: Number) -> Number? {
        guard !right.isZero else { return nil }
        if let dividend = left.whole, let divisor = right.whole, dividend.magnitude > UInt128(exactRealLimit),
            dividend % divisor == 0, integers.contains(dividend / divisor)
        {
            return .integer(dividend / divisor)
        }
        return .real(left.real / right.real)
    }

    /// Of whole numbers, with the sign of the right one.
    private static func remainder(_ left: Number, _ right: Number) -> Number? {
        guard let dividend = left.truncated, let divisor = right.truncated else { return realRemainder(left, right) }
        guard divisor != 0 else { return nil }
        let remainder = dividend % divisor
        return .integer(remainder != 0 && (remainder < 0) != (divisor < 0) ? remainder + divisor : remainder)
    }

    private static func realRemainder(_ left: Number, _ right: Number) -> Number? {
        let (dividend, divisor) = (left.real.rounded(.towardZero), right.real.rounded(.towardZero))
        guard divisor != 0, dividend.isFinite, divisor.isFinite else { return nil }
        let remainder = fmod(dividend.magnitude, divisor.magnitude)
        let isCorrected = (dividend < 0) != (divisor < 0) && remainder != 0
        let positive = isCorrected ? divisor.magnitude - remainder : remainder
        return .real(divisor < 0 ? -positive : positive)
    }

    /// Without its fraction. Nil beyond 64 bits.
    private var truncated: Int128? {
        switch self {
        case .integer(let value): return value
        case .real(let value):
            guard value.magnitude < 18_446_744_073_709_551_616 else { return nil }
            return Int128(value.rounded(.towardZero))
        }
    }

    /// Whole while the bits of the base, as often as the exponent says, are no more than 64; powers of two are real.
    private static func power(_ left: Number, _ right: Number) -> Number {
        let result = Number.real(pow(left.real, right.real))
        guard let base = left.whole, let exponent = right.whole, exponent >= 0 else { return result }
        let magnitude = base.magnitude
        guard magnitude & (magnitude &- 1) != 0, exponent * Int128(UInt128.bitWidth - magnitude.leadingZeroBitCount) <= 64
        else { return result }
        var product: UInt128 = 1
        for _ in 0..<Int(exponent) { product *= magnitude }
        return Number(base < 0 && exponent % 2 == 1 ? -Int128(product) : Int128(product))
    }
}

/// What joins two values.
enum Operator: String {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case power = "**"
    case concatenate = "."
    case `repeat` = "x"
}
