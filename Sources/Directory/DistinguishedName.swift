import Foundation
import Model

/// Distinguished names in a form whose bytes are equal when distinguishedNameMatch (RFC 4517 section 4.2.15) says so.
///
/// Attribute types and values are compared without regard to case, and runs of spaces count as one. Names are read as
/// RFC 4514 writes them, with the quoted and `;`-separated forms of RFC 2253 section 4 besides.
enum DistinguishedName {
    /// - Returns: nil when the bytes are no DN.
    static func canonical(_ bytes: some Collection<UInt8>) -> [UInt8]? {
        if let plain = canonicalPlain(bytes) { return plain }
        var parser = Parser(Array(bytes))
        return parser.parse()?.joined(separator: ",").utf8.map { $0 }
    }

    /// Most DNs are ASCII without escapes or odd spaces: those only need lower case.
    private static func canonicalPlain(_ bytes: some Collection<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var last = UInt8(ascii: ",")
        var hasType = false
        for byte in bytes {
            switch byte {
            case UInt8(ascii: " "):
                if last == UInt8(ascii: " ") || last == UInt8(ascii: ",") || last == UInt8(ascii: "=") { return nil }
            case UInt8(ascii: ","):
                if last == UInt8(ascii: " ") || !hasType { return nil }
                hasType = false
            case UInt8(ascii: "="):
                if last == UInt8(ascii: " ") || last == UInt8(ascii: ",") { return nil }
                hasType = true
            case UInt8(ascii: "."):
                // A type in numbers may have the prefix "oid.", which the full reader takes off.
                if !hasType { return nil }
            case 0x21, 0x24...0x2A, 0x2D...0x3A, 0x3F...0x5B, 0x5D...0x7E: break
            default: return nil
            }
            last = byte
            result.append(byte.asciiLowercased)
        }
        return bytes.isEmpty || (hasType && last != UInt8(ascii: " ")) ? result : nil
    }
}

extension DistinguishedName {
    /// Reads one DN byte by byte.
    private struct Parser {
        private let bytes: [UInt8]
        private var position = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        /// The relative names, each canonical.
        mutating func parse() -> [String]? {
            var names: [String] = []
            skipSpaces()
            while next != nil {
                guard let name = parseRelativeName() else { return nil }
                names.append(name)
                guard let separator = next else { break }
                guard separator == UInt8(ascii: ",") || separator == UInt8(ascii: ";") else { return nil }
                position += 1
                skipSpaces()
                if next == nil { return nil }
            }
            return names
        }

        /// One or more `type=value` joined by `+`, in an order of our own.
        private mutating func parseRelativeName() -> String? {
            var parts: [String] = []
            while true {
                guard let part = parseTypeAndValue() else { return nil }
                parts.append(part)
                guard next == UInt8(ascii: "+") else { break }
                position += 1
            }
            return parts.sorted().joined(separator: "+")
        }

        private mutating func parseTypeAndValue() -> String? {
            skipSpaces()
            let start = position
            while let byte = next, byte != UInt8(ascii: "="), byte != UInt8(ascii: ",") { position += 1 }
            guard next == UInt8(ascii: "=") else { return nil }
            let type = String(decoding: bytes[start..<position], as: UTF8.self).lowercased()
                .trimmingSpaces().removingPrefix("oid.")
            position += 1
            skipSpaces()
            guard !type.isEmpty, let value = next == UInt8(ascii: "\"") ? parseQuoted() : parseValue() else { return nil }
            return type + "=" + Self.prepared(value)
        }

        private mutating func parseValue() -> [UInt8]? {
            var value: [UInt8] = []
            var significant = 0
            while let byte = next, ![UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: ";")].contains(byte) {
                position += 1
                if byte == UInt8(ascii: "\\") {
                    guard let escaped = parseEscaped() else { return nil }
                    value.append(escaped)
                    significant = value.count
                } else {
                    value.append(byte)
                    if byte != UInt8(ascii: " ") { significant = value.count }
                }
            }
            return Array(value.prefix(significant))
        }

        private mutating func parseQuoted() -> [UInt8]? {
            var value: [UInt8] = []
            position += 1
            while let byte = next, byte != UInt8(ascii: "\"") {
                position += 1
                guard byte == UInt8(ascii: "\\") else {
                    value.append(byte)
                    continue
                }
                guard let escaped = parseEscaped() else { return nil }
                value.append(escaped)
            }
            guard next != nil else { return nil }
            position += 1
            skipSpaces()
            return value
        }

        /// After a backslash: two hexadecimal digits, or the character itself.
        private mutating func parseEscaped() -> UInt8? {
            guard let first = next else { return nil }
            position += 1
            guard let high = first.hexadecimalValue, let low = next?.hexadecimalValue else { return first }
            position += 1
            return high << 4 | low
        }

        private mutating func skipSpaces() { while next == UInt8(ascii: " ") { position += 1 } }

        /// RFC 4518: compatibility composition, lower case, single inner spaces, none at the ends; then escaped again.
        private static func prepared(_ value: [UInt8]) -> String {
            let text = String(decoding: value, as: UTF8.self).precomposedStringWithCompatibilityMapping.lowercased()
            let scalars = Array(text.unicodeScalars)
            var result = String.UnicodeScalarView()
            var hasSpace = false
            for (index, scalar) in scalars.enumerated() {
                if isSpace(scalar, before: scalars.dropFirst(index + 1).first) {
                    hasSpace = !result.isEmpty
                    continue
                }
                if hasSpace { result.append(" ") }
                hasSpace = false
                if ",+;\\".unicodeScalars.contains(scalar) { result.append("\\") }
                result.append(scalar)
            }
            return String(result)
        }

        /// A space that carries a combining mark is a character of its own (RFC 4518 section 2.6.1): "´" becomes one.
        private static func isSpace(_ scalar: Unicode.Scalar, before next: Unicode.Scalar?) -> Bool {
            guard scalar.properties.isWhitespace else { return false }
            switch next?.properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark: return false
            default: return true
            }
        }
    }
}

extension UInt8 {
    /// 0 … 15 for an ASCII hexadecimal digit.
    var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }
}

extension String {
    fileprivate func removingPrefix(_ prefix: String) -> String { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self }
}
