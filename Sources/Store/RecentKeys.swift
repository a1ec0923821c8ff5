/// Which ids or logins a first reading has had, roughly: "no" is certain, "yes" has to be looked up.
///
/// A page may bring an entry a second time (RFC 2696 section 3), so even a first reading meets ids that it knows. A Bloom
/// filter of 4 MB with four bits a key: of a million keys that are all new, some thirty are not recognised as such.
struct RecentKeys {
    private static let exponent: UInt64 = 25
    private static let bitCount: UInt64 = 1 << exponent
    private var words = [UInt64](repeating: 0, count: Int(bitCount / 64))

    /// - Returns: whether the id may have been inserted before.
    mutating func insert(_ id: UInt128) -> Bool {
        // The ids of one server differ in few places, and not always in the same half.
        insert(hash: Self.mixed(UInt64(truncatingIfNeeded: id) ^ Self.mixed(UInt64(truncatingIfNeeded: id >> 64))))
    }

    /// - Returns: whether the text may have been inserted before.
    mutating func insert(_ text: String) -> Bool {
        // FNV-1a; texts that are equal for Swift and differ in bytes are as different here as they are for SQLite.
        insert(hash: Self.mixed(text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }))
    }

    private mutating func insert(hash: UInt64) -> Bool {
        let other = Self.mixed(hash &+ 0x9E37_79B9_7F4A_7C15)
        // All four have to be marked, whatever the first ones say.
        let isOld = (mark(hash), mark(hash >> 32), mark(other), mark(other >> 32))
        return isOld.0 && isOld.1 && isOld.2 && isOld.3
    }

    /// Every bit of the result depends on every bit of `value` (SplitMix64).
    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// - Returns: whether the bit was set already.
    private mutating func mark(_ hash: UInt64) -> Bool {
        let bit = hash & (Self.bitCount - 1)
        let mask: UInt64 = 1 << (bit % 64)
        defer { words[Int(bit / 64)] |= mask }
        return words[Int(bit / 64)] & mask != 0
    }
}
