/// Which ids or logins a first reading has had, roughly: "no" is certain, "yes" has to be looked up.
///
/// A page may bring an entry a second time (RFC 2696 section 3), so even a first reading meets ids that it knows. A Bloom
/// filter of 4 MB with four bits a key: of a million keys that are all new, some thirty are not recognised as such.
struct RecentKeys {
    private static let exponent: UInt64 = 25
    private static let bitCount: UInt64 = 1 << exponent
    private var words = [UInt64](repeating: 0, count: Int(bitCount / 64))

    /// - Returns: whether the id may have been inserted before.
    mutating func insert(_ id: UInt128) -> Bool { insert(folded: UInt64(truncatingIfNeeded: id ^ (id >> 64))) }

    /// - Returns: whether the text may have been inserted before.
    mutating func insert(_ text: String) -> Bool {
        // FNV-1a; texts that are equal for Swift and differ in bytes are as different here as they are for SQLite.
        insert(folded: text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }

    private mutating func insert(folded: UInt64) -> Bool {
        // Odd factors spread keys that differ in few bits only, as the ids of one server do.
        let first = mark(folded &* 0x9E37_79B9_7F4A_7C15)
        let second = mark((folded ^ (folded >> 29)) &* 0xD6E8_FEB8_6659_FD93)
        let third = mark((folded ^ (folded >> 31)) &* 0xBF58_476D_1CE4_E5B9)
        let fourth = mark((folded ^ (folded >> 27)) &* 0x94D0_49BB_1331_11EB)
        return first && second && third && fourth
    }

    /// - Returns: whether the bit was set already.
    private mutating func mark(_ hash: UInt64) -> Bool {
        let bit = hash >> (64 - Self.exponent)
        let mask: UInt64 = 1 << (bit % 64)
        defer { words[Int(bit / 64)] |= mask }
        return words[Int(bit / 64)] & mask != 0
    }
}
