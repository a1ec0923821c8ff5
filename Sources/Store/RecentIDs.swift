import Model

/// Which immutable ids a first reading has had, roughly: "no" is certain, "yes" has to be looked up.
///
/// A page may bring an entry a second time (RFC 2696 section 3), so even a first reading meets ids that it knows. A Bloom
/// filter of 1 MB with two bits an id: up to a few million ids nearly every look-up is spared.
struct RecentIDs {
    private static let bitCount: UInt64 = 1 << 23
    private var words = [UInt64](repeating: 0, count: Int(bitCount / 64))

    /// - Returns: whether `id` may have been inserted before.
    mutating func insert(_ id: DirectoryID) -> Bool {
        // Two odd factors spread ids that differ in few bits only, as those of one server do.
        let folded = UInt64(truncatingIfNeeded: id.bits ^ (id.bits >> 64))
        let first = mark(folded &* 0x9E37_79B9_7F4A_7C15)
        let second = mark((folded ^ (folded >> 29)) &* 0xD6E8_FEB8_6659_FD93)
        return first && second
    }

    /// - Returns: whether the bit was set already.
    private mutating func mark(_ hash: UInt64) -> Bool {
        let bit = hash >> (64 - 23)
        defer { words[Int(bit / 64)] |= 1 << (bit % 64) }
        return words[Int(bit / 64)] & (1 << (bit % 64)) != 0
    }
}
