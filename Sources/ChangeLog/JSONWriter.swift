import Model

/// Writes JSON objects on one line, keys in the order in which they are given (RFC 8259).
///
/// Control characters, line separators and bidirectional controls are escaped, so that no value can break a line or
/// disturb a terminal. A few large appends for each member instead of many small ones: it runs for every change.
struct JSONWriter {
    private var bytes: [UInt8] = []
    /// Whether a comma has to come before the next member.
    private var needsComma = false

    /// Appends what `body` writes to `line`.
    ///
    /// - Parameter isInsideObject: `line` ends with a member of an object that goes on.
    static func append(to line: inout [UInt8], isInsideObject: Bool = false, _ body: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.needsComma = isInsideObject
        swap(&json.bytes, &line)
        body(&json)
        swap(&json.bytes, &line)
    }

    /// A text as a value, with its quotes.
    static func bytes(_ value: String) -> [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes) { $0.text(value) }
        return bytes
    }

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
        text(value)
        needsComma = true
    }

    /// A member that is left out when there is no value.
    mutating func member(_ name: StaticString, ifAny value: String?) {
        if let value { member(name, value) }
    }

    mutating func member(_ name: StaticString, _ value: Int64) {
        key(name)
        number(value)
        needsComma = true
    }

    /// A member whose name is data.
    mutating func member(named name: String, _ value: Int64) {
        key(named: name)
        fixed(":")
        number(value)
        needsComma = true
    }

    mutating func member(_ name: StaticString, _ values: [String]) {
        key(name)
        fixed("[")
        for (position, value) in values.enumerated() {
            if position > 0 { fixed(",") }
            text(value)
        }
        fixed("]")
        needsComma = true
    }

    /// A value that is a number.
    mutating func number(_ value: Int64) { bytes.append(decimal: value) }

    /// A member whose value is JSON already.
    mutating func member(_ name: StaticString, json value: StaticString) {
        key(name)
        fixed(value)
        needsComma = true
    }

    /// A point in time, in microseconds since 1970, as RFC 3339 has it, in UTC.
    mutating func member(_ name: StaticString, time microseconds: Int64) {
        key(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: Timestamp.text(microseconds))
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// `"name":{"from":…,"to":…}`, where `name` is data and nil is null.
    mutating func change(of name: String, from old: String?, to new: String?) {
        key(named: name)
        if let old {
            fixed(#":{"from":"#)
            text(old)
            fixed(#","to":"#)
        } else {
            fixed(#":{"from":null,"to":"#)
        }
        text(ifAny: new)
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// The same without values.
    mutating func change(of name: String) {
        key(named: name)
        fixed(":{}")
        needsComma = true
    }

    /// The same with digests of the values.
    mutating func change(of name: String, fromDigest old: String?, toDigest new: String?) {
        key(named: name)
        fixed(#":{"from_digest":"#)
        text(ifAny: old)
        fixed(#","to_digest":"#)
        text(ifAny: new)
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    private mutating func key(_ name: StaticString) {
        fixed(needsComma ? ",\"" : "\"")
        fixed(name)
        fixed("\":")
    }

    /// A name that is data, without its colon.
    private mutating func key(named name: String) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        text(name)
    }

    /// A value that is a text, or null.
    private mutating func text(ifAny value: String?) {
        if let value { text(value) } else { fixed("null") }
    }

    /// A piece of JSON as it is.
    mutating func fixed(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    /// A value that is a text.
    mutating func text(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        var value = value
        let isPlain = value.withUTF8 { utf8 in
            guard Self.isPlain(utf8) else { return false }
            bytes.append(contentsOf: utf8)
            return true
        }
        if !isPlain { for scalar in value.unicodeScalars { append(scalar) } }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Without a way out of the loop, which can be done for many bytes at once then.
    private static func isPlain(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        var found: UInt8 = 0
        for byte in utf8 {
            found |= byte &- 0x20 > 0x5E || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") ? 1 : 0
        }
        return found == 0
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x22: fixed("\\\"")
        case 0x5C: fixed("\\\\")
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
            let digits = String(scalar.value, radix: 16)
            fixed("\\u")
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
            bytes.append(contentsOf: digits.utf8)
        default: if let encoded = UTF8.encode(scalar) { bytes.append(contentsOf: encoded) }
        }
    }
}
