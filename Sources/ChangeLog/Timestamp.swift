/// Moments as RFC 3339 has them. Not by `gmtime_r`, which takes a lock and costs more than the rest of a line's beginning.
enum Timestamp {
    /// Bytes of a text.
    static let count = 27
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

    /// Reads what `text` makes; nil for anything else.
    static func microseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == count else { return nil }
        let places = [(0, 4), (5, 2), (8, 2), (11, 2), (14, 2), (17, 2), (20, 6)]
        let numbers = places.compactMap { start, count in
            Int64(String(decoding: bytes[start..<start + count], as: UTF8.self)).flatMap { $0 >= 0 ? $0 : nil }
        }
        guard numbers.count == places.count else { return nil }
        let seconds = (numbers[3] * 60 + numbers[4]) * 60 + numbers[5]
        let result = days(numbers[0], numbers[1], numbers[2]) * microsecondsPerDay + seconds * 1_000_000 + numbers[6]
        return Self.text(result) == bytes ? result : nil
    }

    /// Days since 1970-01-01: `date` backwards.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let yearFromMarch = month <= 2 ? year - 1 : year
        let era = (yearFromMarch >= 0 ? yearFromMarch : yearFromMarch - 399) / 400
        let yearOfEra = yearFromMarch - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
