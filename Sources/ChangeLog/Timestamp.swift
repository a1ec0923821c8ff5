/// Moments as RFC 3339 has them. Not by `gmtime_r`, which takes a lock and costs more than the rest of a line's beginning.
enum Timestamp {
    private static let microsecondsPerDay: Int64 = 86_400_000_000

    /// In UTC with microseconds, 27 bytes for the years 0 to 9999.
    ///
    /// - Parameter microseconds: since 1970.
    static func text(_ microseconds: Int64) -> [UInt8] {
        var days = microseconds / microsecondsPerDay
        var rest = microseconds % microsecondsPerDay
        if rest < 0 {
            days -= 1
            rest += microsecondsPerDay
        }
        let (year, month, day) = date(days)
        var text: [UInt8] = []
        text.reserveCapacity(32)
        digits(year, 1000, then: "-", &text)
        digits(month, 10, then: "-", &text)
        digits(day, 10, then: "T", &text)
        digits(rest / 3_600_000_000, 10, then: ":", &text)
        digits(rest / 60_000_000 % 60, 10, then: ":", &text)
        digits(rest / 1_000_000 % 60, 10, then: ".", &text)
        digits(rest % 1_000_000, 100_000, then: "Z", &text)
        return text
    }

    /// The date of the Gregorian calendar so many days after 1970-01-01, by counting from a March 1st, so that the leap day
    /// is the last of a year.
    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // Days since 0000-03-01; 146,097 days are 400 years.
        let count = days + 719_468
        let era = (count >= 0 ? count : count - 146_096) / 146_097
        let dayOfEra = count - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    /// Digits from the place of `unit` on, with leading zeros, and what separates them from the next.
    private static func digits(_ value: Int64, _ unit: Int64, then separator: Unicode.Scalar, _ text: inout [UInt8]) {
        var unit = unit
        while unit > 0 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / unit % 10))
            unit /= 10
        }
        text.append(UInt8(ascii: separator))
    }
}
