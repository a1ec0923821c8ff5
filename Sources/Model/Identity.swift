/// The immutable id of an entry: entryUUID (RFC 4530), objectGUID or nsUniqueId, as one 128-bit number.
///
/// It survives renames and moves, so it says who is who when login and DN change.
package struct DirectoryID: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let bits: UInt128

    package init(bits: UInt128) { self.bits = bits }

    /// The text form of RFC 9562 section 4, in lower case.
    package var description: String {
        let digits = bits.hexadecimal
        let cuts = [0, 8, 12, 16, 20, 32]
        return zip(cuts, cuts.dropFirst())
            .map { String(digits.dropFirst($0).prefix($1 - $0)) }
            .joined(separator: "-")
    }

    package static func < (left: DirectoryID, right: DirectoryID) -> Bool { left.bits < right.bits }
}

/// A digest of everything that decides a person's row and rule grants. Equal fingerprints: nothing to do.
package struct Fingerprint: Sendable, Hashable {
    package let bits: UInt128

    package init(bits: UInt128) { self.bits = bits }
}

extension UInt128 {
    /// 32 lower-case digits.
    fileprivate var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
