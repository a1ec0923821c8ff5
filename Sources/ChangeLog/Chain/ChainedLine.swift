import Model

/// The parts of a record's line that the chain is about.
package struct ChainedLine {
    package let sequence: Int64
    /// As the line says; nil for a record from before the chain.
    package let previous: ChainHash?
    package let hash: ChainHash?
    /// What the line's bytes lead to.
    let ownHash: ChainHash?

    /// The bytes are as they were when the record was made, or it is from before the chain.
    var isSound: Bool { hash == ownHash }

    /// - Parameter line: without its line feed.
    /// - Returns: nil when that is no record.
    package init?(_ line: UnsafeRawBufferPointer) {
        guard let sequence = Self.sequence(line), line.suffix(HashChain.end.count).elementsEqual(HashChain.end) else {
            return nil
        }
        self.sequence = sequence
        let tail = HashChain.hashMark.count + ChainHash.hexCount + HashChain.end.count
        let link = HashChain.previousMark.count + ChainHash.hexCount
        let marks = line.count > tail + link ? (line.count - tail, line.count - tail - link) : (0, 0)
        let hash = Self.value(line[marks.0...], after: HashChain.hashMark)
        let previous = Self.value(line[marks.1...], after: HashChain.previousMark)
        switch (hash, previous) {
        case (let hash?, let previous?):
            // The quote that ends `previous` is among the bytes that were hashed.
            let body = UnsafeRawBufferPointer(rebasing: line[...marks.0])
            (self.previous, self.hash, ownHash) = (previous, hash, HashChain.hash(of: body))
        case (nil, nil): (self.previous, self.hash, ownHash) = (nil, nil, nil)
        default: return nil
        }
    }

    private static func value(_ bytes: Slice<UnsafeRawBufferPointer>, after mark: [UInt8]) -> ChainHash? {
        guard bytes.starts(with: mark) else { return nil }
        // Not a slice: the other module's code is not specialised for it, and would take ten times as long.
        return ChainHash(hex: UnsafeRawBufferPointer(rebasing: bytes.dropFirst(mark.count).prefix(ChainHash.hexCount)))
    }

    /// When the record of `line` was made, since 1970 (UTC).
    static func microseconds(_ line: [UInt8]) -> Int64? {
        Timestamp.microseconds(String(decoding: line.dropFirst(opening.count).prefix(Timestamp.count), as: UTF8.self))
    }

    // MARK: The number

    private static let opening = Array(#"{"@timestamp":""#.utf8)
    private static let sequenceMark = Array(#"","event":{"sequence":"#.utf8)

    /// Number and time come first, so that no value that a directory could choose comes before them.
    private static func sequence(_ line: UnsafeRawBufferPointer) -> Int64? {
        let rest = line.dropFirst(opening.count + Timestamp.count)
        guard line.starts(with: opening), rest.starts(with: sequenceMark) else { return nil }
        let digits = rest.dropFirst(sequenceMark.count).prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard digits.count <= 18, digits.first != UInt8(ascii: "0") else { return nil }
        return digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
}
