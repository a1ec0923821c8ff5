/// Proof by an Ed25519 key (RFC 8032) that a record was the last one at a time.
package struct HeadSignature: Sendable, Hashable {
    /// Which key: the first 16 hexadecimal digits of the SHA-256 of its 32 public bytes.
    package var key: String
    /// In Base64.
    package var value: String

    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

/// Signs the hash of a record.
package typealias HeadSigning = @Sendable (ChainHash) throws -> HeadSignature
