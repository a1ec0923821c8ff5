/// Distinguished names in a form whose bytes are equal when distinguishedNameMatch (RFC 4517 section 4.2.15) says so.
///
/// Attribute types and values are compared without regard to case, and runs of spaces count as one. Names are read as
/// RFC 4514 writes them, with the quoted and `;`-separated forms of RFC 2253 section 4 besides.
package enum DistinguishedName {
    /// - Returns: nil when the bytes are no DN.
    package static func canonical(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        if let plain = canonicalPlain(bytes) { return plain }
        var parser = Parser(Array(bytes))
        return try? Array(parser.parse().joined(separator: ",").utf8)
    }

    /// Whether `name` is `ancestor` or lies below it, which everything does below the empty name.
    ///
    /// - Returns: nil when one of the two is no DN.
    package static func isAt(_ name: String, orBelow ancestor: String) -> Bool? {
        var names = Parser(Array(name.utf8))
        var ancestors = Parser(Array(ancestor.utf8))
        guard let lower = try? names.parse(), let upper = try? ancestors.parse() else { return nil }
        return lower.suffix(upper.count).elementsEqual(upper)
    }

    /// Most DNs are ASCII without escapes or odd spaces: those only need lower case.
    private static func canonicalPlain(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
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

/// Checks of names that a person wrote.
extension DistinguishedName {
    /// - Throws: what makes the text no DN. Types have to be names or OIDs here.
    package static func check(_ text: String) throws(Flaw) {
        var parser = Parser(Array(text.utf8))
        _ = try parser.parse()
        for (type, position) in parser.types where !AttributeName.isValid(type.utf8) {
            throw Flaw(
                atByte: position, of: text, "the type before '=' is no attribute name",
                remedy: #"Write a name such as 'ou', with ',' between two parts and '\,' for one that belongs to a value."#)
        }
    }

    /// The first `=` that is no escaped part of a value, which RFC 4514 allows; more likely a comma was forgotten.
    package static func doubt(about text: String) -> Flaw? {
        var parser = Parser(Array(text.utf8))
        guard (try? parser.parse()) != nil, let position = parser.bareAssignment else { return nil }
        return Flaw(
            atByte: position, of: text, "one part has a second '='",
            remedy: #"Write ',' before the next part, or \3d for a '=' that belongs to the value."#)
    }
}
