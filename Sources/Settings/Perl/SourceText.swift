/// The text of one file as UTF-8 bytes, with the way back from a byte to its line and column.
struct SourceText {
    /// Always valid UTF-8, without a byte order mark.
    let bytes: [UInt8]
    /// The file was no UTF-8 and has been taken for Latin-1.
    let isLatin1: Bool
    private let lineStarts: [Int]

    init(_ raw: [UInt8]) {
        let content = raw.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(raw.dropFirst(3)) : raw
        isLatin1 = String(validating: content, as: UTF8.self) == nil
        bytes = isLatin1 ? content.flatMap { Array(String(UnicodeScalar($0)).utf8) } : content
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
        lineStarts = starts
    }

    /// The line and column of a byte. An offset beyond the end is the end.
    func place(at offset: Int) -> Place {
        let offset = min(max(offset, 0), bytes.count)
        var (low, high) = (0, lineStarts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        let before = bytes[lineStarts[low]..<offset].count { $0 & 0xC0 != 0x80 }
        return Place(line: low + 1, column: before + 1)
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

/// A flaw in the Perl text, by the byte where it is.
struct SyntaxProblem: Error, Hashable {
    let offset: Int
    let message: String
}
