import Model

/// Walks over tag-length-value elements (X.690 section 8.1, definite lengths as RFC 4511 section 5.1 has it).
struct BERContent {
    private var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    /// The tag of the next element; nil at the end.
    var nextTag: UInt8? { rest.first }

    /// The content of the next element; nil at the end, and where the bytes are not well-formed.
    mutating func next() -> UnsafeRawBufferPointer? {
        guard rest.count >= 2 else { return nil }
        var length = Int(rest[1])
        var header = 2
        if length > 0x7F {
            let octets = length & 0x7F
            guard octets > 0, octets <= 4, rest.count >= 2 + octets else { return nil }
            length = rest[2..<(2 + octets)].reduce(0) { $0 << 8 | Int($1) }
            header += octets
        }
        guard rest.count - header >= length else { return nil }
        let content = UnsafeRawBufferPointer(rebasing: rest[header..<(header + length)])
        rest = UnsafeRawBufferPointer(rebasing: rest[(header + length)...])
        return content
    }

    /// The content of the next element if it has `tag`; nil otherwise, and nothing is passed over.
    mutating func next(_ tag: UInt8) -> UnsafeRawBufferPointer? { nextTag == tag ? next() : nil }

    mutating func octets(_ tag: UInt8 = BER.octetString) -> [UInt8]? { next(tag).map(Array.init) }

    /// A number of up to eight octets, two's complement.
    mutating func integer(_ tag: UInt8 = BER.integer) -> Int? {
        guard let content = next(tag), let first = content.first, content.count <= 8 else { return nil }
        return content.dropFirst().reduce(Int(Int8(bitPattern: first))) { $0 << 8 | Int($1) }
    }

    /// An optional element of the kind `BOOLEAN DEFAULT …`.
    mutating func boolean(default value: Bool) -> Bool { next(BER.boolean).map { $0.first != 0 } ?? value }
}

/// Builds elements, as RFC 4511 section 5.1 wants them.
enum BER {
    static let boolean: UInt8 = 0x01
    static let integer: UInt8 = 0x02
    static let octetString: UInt8 = 0x04
    static let enumerated: UInt8 = 0x0A
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31

    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag] + length(content.count) + content }

    static func sequence(_ elements: [UInt8]...) -> [UInt8] { element(sequence, elements.flatMap(\.self)) }

    static func octets(_ bytes: [UInt8]) -> [UInt8] { element(octetString, bytes) }

    /// As few octets as two's complement needs.
    static func number(_ value: Int, _ tag: UInt8 = integer) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = value
        repeat {
            octets.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        } while !(rest == 0 && octets[octets.count - 1] < 0x80) && !(rest == -1 && octets[octets.count - 1] >= 0x80)
        return element(tag, octets.reversed())
    }

    private static func length(_ count: Int) -> [UInt8] {
        if count < 0x80 { return [UInt8(count)] }
        var octets: [UInt8] = []
        var rest = count
        while rest > 0 {
            octets.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        return [0x80 | UInt8(octets.count)] + octets
    }

    /// Runs `body` over the elements of `bytes`.
    static func reading<Result>(_ bytes: [UInt8], _ body: (inout BERContent) -> Result) -> Result {
        bytes.withUnsafeBytes { buffer in
            var content = BERContent(buffer)
            return body(&content)
        }
    }

    /// Runs `body` over what is in the one sequence that `bytes` are; nil when they are something else.
    static func readingSequence<Result>(_ bytes: [UInt8], _ body: (inout BERContent) -> Result?) -> Result? {
        reading(bytes) { outer in
            guard let inner = outer.next(sequence) else { return nil }
            var content = BERContent(inner)
            return body(&content)
        }
    }
}
