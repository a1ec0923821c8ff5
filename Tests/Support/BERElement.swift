/// One element of BER (X.690) as LDAP uses it: a tag of one byte, a length, the content.
struct BERElement {
    let tag: UInt8
    let content: [UInt8]

    init(tag: UInt8, content: [UInt8]) {
        self.tag = tag
        self.content = content
    }

    init(tag: UInt8, children: [BERElement]) { self.init(tag: tag, content: children.flatMap(\.bytes)) }

    /// Takes the first element away from `bytes`; nil, and takes nothing, if it is not all there.
    init?(takenFrom bytes: inout [UInt8]) {
        guard bytes.count >= 2 else { return nil }
        var length = Int(bytes[1])
        var start = 2
        if length >= 0x80 {
            start += length & 0x7F
            guard bytes.count >= start else { return nil }
            length = bytes[2..<start].reduce(0) { $0 << 8 | Int($1) }
        }
        guard bytes.count >= start + length else { return nil }
        self.init(tag: bytes[0], content: Array(bytes[start..<start + length]))
        bytes.removeFirst(start + length)
    }

    /// How many bytes the first element has with its tag and length; nil if it is not all there.
    static func length(of bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= 2 else { return nil }
        let first = bytes.startIndex
        var length = Int(bytes[first + 1])
        var start = 2
        if length >= 0x80 {
            start += length & 0x7F
            guard start <= 6, bytes.count >= start else { return nil }
            length = bytes[first + 2..<first + start].reduce(0) { $0 << 8 | Int($1) }
        }
        return bytes.count >= start + length ? start + length : nil
    }

    /// The elements that the content consists of.
    var children: [BERElement] {
        var rest = content
        var found: [BERElement] = []
        while let next = BERElement(takenFrom: &rest) { found.append(next) }
        return found
    }

    var bytes: [UInt8] {
        let count = UInt32(content.count)
        let length = count < 0x80 ? [UInt8(count)] : [0x84] + (0..<4).reversed().map { UInt8(count >> ($0 * 8) & 0xFF) }
        return [tag] + length + content
    }
}
