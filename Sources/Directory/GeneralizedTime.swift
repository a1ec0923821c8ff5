import Foundation

/// Times as LDAP writes them (RFC 4517 section 3.3.13), as far as servers use that for their own attributes: UTC.
enum GeneralizedTime {
    /// - Parameter time: begins with `YYYYMMDDhhmmss`; what follows does not count.
    /// - Returns: the same form, so many seconds earlier; nil for what is no such time.
    static func earlier(_ time: String, bySeconds seconds: Int) -> String? {
        let digits = time.utf8.prefix(14).map { Int32($0) - 0x30 }
        guard digits.count == 14, digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
        let number = { (range: Range<Int>) in digits[range].reduce(0) { $0 * 10 + $1 } }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (number(0..<4) - 1900, number(4..<6) - 1, number(6..<8))
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (number(8..<10), number(10..<12), number(12..<14))
        return text(timegm(&parts) - seconds)
    }

    /// - Parameter microseconds: since 1970 (UTC).
    /// - Returns: the form `YYYYMMDDhhmmss`; nil for a time that it cannot have.
    static func of(_ microseconds: Int64) -> String? { text(time_t(microseconds / 1_000_000)) }

    private static func text(_ moment: time_t) -> String? {
        var moment = moment
        var parts = tm()
        gmtime_r(&moment, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let length = strftime(&text, text.count, "%Y%m%d%H%M%S", &parts)
        return length == 14 ? String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
