/// The bytes of one file, with the way back from a byte to its line and column.
///
/// Every byte of every file of a configuration has an offset of its own: the file's `base` and its position in the file.
struct SourceText: Sendable {
    let path: String
    /// Without a byte order mark.
    let bytes: [UInt8]
    /// Offset of the first byte.
    let base: Int
    let isUTF8: Bool
    private let lineStarts: [Int]

    init(_ raw: [UInt8], path: String, base: Int = 0) {
        self.path = path
        self.base = base
        bytes = raw.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(raw.dropFirst(3)) : raw
        isUTF8 = Self.firstFlaw(in: bytes) == nil
        var starts = [0]
        for (position, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(position + 1) }
        lineStarts = starts
    }

    /// Offset behind the last byte.
    var end: Int { base + bytes.count }

    subscript(_ offsets: Range<Int>) -> ArraySlice<UInt8> { bytes[(offsets.lowerBound - base)..<(offsets.upperBound - base)] }

    /// The line and column of a byte. An offset beyond the end is the end.
    func place(at offset: Int) -> Place {
        let position = position(of: offset)
        let line = line(at: offset)
        let before = bytes[lineStarts[line - 1]..<position].count { !isUTF8 || $0 & 0xC0 != 0x80 }
        return Place(line: line, column: before + 1)
    }

    /// The line of a byte, from 1.
    func line(at offset: Int) -> Int {
        let position = position(of: offset)
        var (low, high) = (0, lineStarts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= position { low = middle } else { high = middle }
        }
        return low + 1
    }

    private func position(of offset: Int) -> Int { min(max(offset - base, 0), bytes.count) }

    /// The first byte from `offset` on that is no UTF-8.
    func firstFlaw(from offset: Int) -> Int? { Self.firstFlaw(in: bytes[max(offset - base, 0)...]).map { $0 + base } }

    private static func firstFlaw(in bytes: some Collection<UInt8>) -> Int? {
        if bytes.withContiguousStorageIfAvailable({ String(validating: $0, as: UTF8.self) != nil }) == true { return nil }
        var decoder = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var position = 0
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let scalar): position += scalar.count
            case .error: return position
            case .emptyInput: return nil
            }
        }
    }
}

/// The texts of all files that make one configuration, in the order in which they are read first.
struct SourceMap: Sendable {
    private(set) var texts: [SourceText] = []

    /// Keeps the text of a file and gives its bytes their offsets.
    mutating func add(_ bytes: [UInt8], path: String) -> SourceText {
        let text = SourceText(bytes, path: path, base: texts.last.map { $0.end + 1 } ?? 0)
        texts.append(text)
        return text
    }

    /// The file in which an offset lies. Nil only if there is no file.
    func text(at offset: Int) -> SourceText? { texts.last { $0.base <= offset } ?? texts.first }
}

/// A flaw in the Perl text, by the byte where it is.
struct PerlFlaw: Error, Hashable {
    let offset: Int
    let message: String

    init(at offset: Int, _ message: String) {
        self.offset = offset
        self.message = message
    }

    /// A flaw of which everything has been said already.
    static func told(at offset: Int) -> PerlFlaw { PerlFlaw(at: offset, "") }

    var isTold: Bool { message.isEmpty }

    /// The same flaw where the bytes of its file have these offsets.
    func moved(by distance: Int) -> PerlFlaw { PerlFlaw(at: offset + distance, message) }
}
