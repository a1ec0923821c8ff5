import Foundation

/// Writes one JSON object on one line, keys in the order in which they are given (RFC 8259).
///
/// Control characters, line separators and bidirectional controls are escaped, so that no value can break a line or
/// disturb a terminal.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// Whether a comma has to come before the next member.
    private var needsComma = false

    init() { bytes.reserveCapacity(512) }

    mutating func beginObject(_ name: StaticString? = nil) {
        if let name { key(name) }
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
    }

    mutating func endObject() {
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    mutating func member(_ name: StaticString, _ value: String) {
        key(name)
        string(value)
        needsComma = true
    }

    /// A member that is left out when there is no value.
    mutating func member(_ name: StaticString, ifAny value: String?) {
        if let value { member(name, value) }
    }

    mutating func member(_ name: StaticString, _ value: Int64) {
        key(name)
        bytes.append(contentsOf: String(value).utf8)
        needsComma = true
    }

    /// A member whose value is JSON already.
    mutating func member(_ name: StaticString, json value: StaticString) {
        key(name)
        value.withUTF8Buffer { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    /// A point in time, in microseconds since 1970, as RFC 3339 has it, in UTC.
    mutating func member(_ name: StaticString, time microseconds: Int64) {
        let fraction = (microseconds % 1_000_000 + 1_000_000) % 1_000_000
        var seconds = time_t((microseconds - fraction) / 1_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        key(name)
        bytes.append(UInt8(ascii: "\""))
        digits(Int(parts.tm_year) + 1900, 4, then: "-")
        digits(Int(parts.tm_mon) + 1, 2, then: "-")
        digits(Int(parts.tm_mday), 2, then: "T")
        digits(Int(parts.tm_hour), 2, then: ":")
        digits(Int(parts.tm_min), 2, then: ":")
        digits(Int(parts.tm_sec), 2, then: ".")
        digits(Int(fraction), 6, then: "Z")
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// `count` digits with leading zeros, and what separates them from the next.
    private mutating func digits(_ value: Int, _ count: Int, then separator: Unicode.Scalar) {
        var unit = 1
        for _ in 1..<count { unit *= 10 }
        while unit > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / unit % 10))
            unit /= 10
        }
        bytes.append(UInt8(ascii: separator))
    }

    /// An object as the value of a name that is data.
    mutating func beginObject(named name: String) {
        comma()
        string(name)
        bytes.append(contentsOf: ":{".utf8)
        needsComma = false
    }

    /// A member whose value may be null.
    mutating func member(_ name: StaticString, orNull value: String?) {
        key(name)
        if let value { string(value) } else { bytes.append(contentsOf: "null".utf8) }
        needsComma = true
    }

    private mutating func comma() { if needsComma { bytes.append(UInt8(ascii: ",")) } }

    private mutating func key(_ name: StaticString) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func string(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        var value = value
        let isPlain = value.withUTF8 { utf8 in
            let isPlain = utf8.allSatisfy {
                $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            }
            if isPlain { bytes.append(contentsOf: utf8) }
            return isPlain
        }
        if !isPlain { for scalar in value.unicodeScalars { append(scalar) } }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x22: bytes.append(contentsOf: "\\\"".utf8)
        case 0x5C: bytes.append(contentsOf: "\\\\".utf8)
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
            let digits = String(scalar.value, radix: 16)
            bytes.append(contentsOf: "\\u".utf8)
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
            bytes.append(contentsOf: digits.utf8)
        default: bytes.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
        }
    }
}
