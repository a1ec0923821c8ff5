import Crypto

/// The first 128 bits of a SHA-256 digest, for comparing what is too long to keep.
enum Digest128 {
    static func of(_ bytes: [UInt8]) -> UInt128 {
        bytes.withUnsafeBytes { buffer in
            SHA256.hash(data: buffer).withUnsafeBytes { digest in
                UInt128(bigEndian: digest.loadUnaligned(as: UInt128.self))
            }
        }
    }
}
