/// What a person's digests are made with: 32 random bytes, which only the store has. Without it nobody can find out by trying
/// which value a digest stands for.
package struct PersonSalt: Sendable, Hashable {
    package static let byteCount = 32

    package let bytes: [UInt8]

    /// - Parameter bytes: 32; nil for another number.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// A new one.
    package init() {
        var random = SystemRandomNumberGenerator()
        bytes = (0..<Self.byteCount / 8).flatMap { _ in
            withUnsafeBytes(of: UInt64.random(in: 0...UInt64.max, using: &random)) { Array($0) }
        }
    }
}
