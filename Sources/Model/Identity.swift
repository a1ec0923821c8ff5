/// The immutable id of an entry: entryUUID (RFC 4530), objectGUID or nsUniqueId, as one 128-bit number.
///
/// It survives renames and moves, so it says who is who when login and DN change.
package struct DirectoryID: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let bits: UInt128

    /// The attributes that can hold it, in the order in which they count.
    package static let attributes = ["entryUUID", "objectGUID", "nsUniqueId"]

    package init(bits: UInt128) { self.bits = bits }

    /// The text form of RFC 9562 section 4, in lower case.
    package var description: String {
        String(unsafeUninitializedCapacity: 36) { text in
            var position = 0
            for digit in 0..<32 {
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                    text[position] = UInt8(ascii: "-")
                    position += 1
                }
                let value = UInt8(truncatingIfNeeded: bits >> UInt128(124 - 4 * digit)) & 0xF
                text[position] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
                position += 1
            }
            return position
        }
    }

    /// Reads the text form; nil for anything else.
    package init?(_ text: String) {
        let hyphens: Set<Int> = [8, 13, 18, 23]
        var bits: UInt128 = 0
        var length = 0
        for (index, character) in text.utf8.enumerated() {
            length = index + 1
            if hyphens.contains(index) {
                guard character == UInt8(ascii: "-") else { return nil }
            } else {
                guard let value = Character(Unicode.Scalar(character)).hexDigitValue else { return nil }
                bits = bits << 4 | UInt128(value)
            }
        }
        guard length == 36 else { return nil }
        self.bits = bits
    }

    package static func < (left: DirectoryID, right: DirectoryID) -> Bool { left.bits < right.bits }
}

/// A digest of everything that decides a person's row and rule grants. Equal fingerprints: nothing to do.
package struct Fingerprint: Sendable, Hashable {
    package let bits: UInt128

    package init(bits: UInt128) { self.bits = bits }
}
