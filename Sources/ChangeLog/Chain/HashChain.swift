import Crypto
import Model

/// The chain that holds the records together: the last two members of a record's last object are `previous`, the hash of the
/// record before, and `hash`, the SHA-256 of the line's bytes before `,"hash":`. So a line can be checked as it is, without
/// any form of its JSON.
enum HashChain {
    static let previousMark = Array(#","previous":""#.utf8)
    static let hashMark = Array(#"","hash":""#.utf8)
    static let end = Array(#""}}"#.utf8)

    /// Ends a record whose last object is still open.
    ///
    /// - Parameter start: where the line begins.
    /// - Returns: its hash.
    static func close(_ line: inout [UInt8], from start: Int, after previous: ChainHash) -> ChainHash {
        line.append(contentsOf: previousMark)
        previous.appendHex(to: &line)
        line.append(UInt8(ascii: "\""))
        let hash = line.withUnsafeBytes { self.hash(of: UnsafeRawBufferPointer(rebasing: $0[start...])) }
        line.append(contentsOf: hashMark.dropFirst())
        hash.appendHex(to: &line)
        line.append(contentsOf: end)
        return hash
    }

    static func hash(of bytes: UnsafeRawBufferPointer) -> ChainHash {
        SHA256.hash(data: bytes).withUnsafeBytes { ChainHash($0) }
    }
}
