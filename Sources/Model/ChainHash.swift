/// The hash of a change record, which the next one carries: a SHA-256 digest (FIPS 180-4).
package struct ChainHash: Sendable, Hashable, CustomStringConvertible {
    package let high: UInt128
    package let low: UInt128

    /// What the first record of all carries.
    package static let zero = ChainHash(high: 0, low: 0)

    package init(high: UInt128, low: UInt128) {
        self.high = high
        self.low = low
    }

    /// - Parameter digest: 32 bytes.
    package init(_ digest: UnsafeRawBufferPointer) {
        high = UInt128(bigEndian: digest.loadUnaligned(as: UInt128.self))
        low = UInt128(bigEndian: digest.loadUnaligned(fromByteOffset: 16, as: UInt128.self))
    }

    /// - Parameter hex: 64 digits, small letters; nil for anything else.
    package init?(hex: UnsafeRawBufferPointer) {
        guard hex.count == Self.hexCount else { return nil }
        var parts: (high: UInt128, low: UInt128) = (0, 0)
        for position in 0..<hex.count {
            let byte = hex[position]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if position < 32 {
                parts.high = parts.high << 4 | UInt128(digit)
            } else {
                parts.low = parts.low << 4 | UInt128(digit)
            }
        }
        self.init(high: parts.high, low: parts.low)
    }

    /// - Parameter hex: 64 digits, small letters; nil for anything else.
    package init?(hex: some Sequence<UInt8>) {
        guard let hash = Array(hex).withUnsafeBytes({ ChainHash(hex: $0) }) else { return nil }
        self = hash
    }

    /// How many bytes it has.
    package static let byteCount = 32

    package var bytes: [UInt8] {
        [high, low].flatMap { part in withUnsafeBytes(of: part.bigEndian) { Array($0) } }
    }

    /// How many digits it has.
    package static let hexCount = 64

    /// Appends the digits, with small letters.
    package func appendHex(to bytes: inout [UInt8]) {
        for part in [high, low] {
            withUnsafeBytes(of: part.bigEndian) { part in
                for byte in part {
                    bytes.append(Self.digit(byte >> 4))
                    bytes.append(Self.digit(byte & 15))
                }
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    package var description: String {
        var bytes: [UInt8] = []
        appendHex(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
