/// The last record of a chain, as `rollcall log verify --head` takes it: `4711:9f86…`.
struct ChainHead: CustomStringConvertible {
    let sequence: Int64
    /// 64 hexadecimal digits.
    let hash: String

    var description: String { "\(sequence):\(hash)" }
    var words: String { "change log head \(self)" }
}
