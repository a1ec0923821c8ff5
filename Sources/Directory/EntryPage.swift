import CLDAP
import Model

/// The attributes that a search asks for, each known by its position.
struct AttributeList: Sendable {
    /// As the server is asked for them.
    let names: [String]
    private let folded: [[UInt8]]

    init(_ names: [String]) {
        self.names = names
        folded = names.map { Array($0.utf8).map(\.asciiLowercased) }
    }

    /// The position of `name`, which a server may spell in another case; `hint` is looked at first.
    func position(of name: some Collection<UInt8>, hint: Int) -> Int? {
        if hint < folded.count, matches(name, folded[hint]) { return hint }
        return folded.firstIndex { matches(name, $0) }
    }

    private func matches(_ name: some Collection<UInt8>, _ wanted: [UInt8]) -> Bool {
        name.count == wanted.count && name.elementsEqual(wanted) { $0.asciiLowercased == $1 }
    }
}

/// A run of entries in one block of memory: no string is made before somebody asks for it.
struct EntryPage {
    private struct Value {
        let attribute: Int
        let bytes: Range<Int>
    }

    private struct Entry {
        let dn: Range<Int>
        let values: Range<Int>
        /// A value came with options such as `;range=0-1499`, so its attribute is not all there.
        let isRanged: Bool
    }

    /// A page that is this long, or has this many bytes, is full.
    static let fullCount = 4000
    static let fullBytes = 1024 * 1024

    private var bytes: [UInt8] = []
    private var values: [Value] = []
    private var entries: [Entry] = []

    var count: Int { entries.count }
    var isFull: Bool { entries.count >= Self.fullCount || bytes.count >= Self.fullBytes }

    /// Forgets the entries and keeps the memory.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
    }

    func dn(_ entry: Int) -> ArraySlice<UInt8> { bytes[entries[entry].dn] }

    /// Some attribute of the entry came in part only (Active Directory's range retrieval).
    func isRanged(_ entry: Int) -> Bool { entries[entry].isRanged }

    /// The first value of an attribute, as upstream takes it.
    func firstValue(_ entry: Int, of attribute: Int) -> ArraySlice<UInt8>? {
        for index in entries[entry].values where values[index].attribute == attribute { return bytes[values[index].bytes] }
        return nil
    }

    /// Calls `body` with each value of an attribute, in the server's order.
    func forEachValue(_ entry: Int, of attribute: Int, _ body: (ArraySlice<UInt8>) -> Void) {
        for index in entries[entry].values where values[index].attribute == attribute { body(bytes[values[index].bytes]) }
    }

    /// Sets the places of those attributes that have a value in some entry.
    func noteShown(in shown: inout [Bool]) {
        for value in values { shown[value.attribute] = true }
    }

    /// Decodes a search result entry (RFC 4511 section 4.5.2) that libldap has received.
    ///
    /// - Returns: LDAP_SUCCESS, or libldap's code for a message that it cannot decode.
    mutating func append(_ message: OpaquePointer, of handle: OpaquePointer, asking list: AttributeList) -> Int32 {
        var reader: OpaquePointer?
        var dn = berval()
        let code = ldap_get_dn_ber(handle, message, &reader, &dn)
        guard code == LDAP_SUCCESS, let reader else { return code }
        defer { ber_free(reader, 0) }
        let dnRange = copy(UnsafeRawBufferPointer(start: dn.bv_val, count: Int(dn.bv_len)))
        let firstValue = values.count
        var isRanged = false
        var hint = 0
        var attribute = berval()
        while ber_skip_element(reader, &attribute) != ber_tag_t.max {
            let content = UnsafeRawBufferPointer(start: attribute.bv_val, count: Int(attribute.bv_len))
            isRanged = appendAttribute(content, list, &hint) || isRanged
        }
        entries.append(Entry(dn: dnRange, values: firstValue..<values.count, isRanged: isRanged))
        return LDAP_SUCCESS
    }

    /// - Returns: whether the attribute came in part only.
    private mutating func appendAttribute(
        _ content: UnsafeRawBufferPointer, _ list: AttributeList, _ hint: inout Int
    ) -> Bool {
        var content = BERContent(content)
        guard let description = content.next(), let set = content.next() else { return false }
        let name = description.prefix { $0 != UInt8(ascii: ";") }
        guard let position = list.position(of: name, hint: hint) else { return false }
        hint = position + 1
        var elements = BERContent(set)
        while let value = elements.next() {
            values.append(Value(attribute: position, bytes: copy(value)))
        }
        return description.count > name.count && Self.isRange(description.dropFirst(name.count))
    }

    private static func isRange(_ options: some Collection<UInt8>) -> Bool {
        options.map(\.asciiLowercased).starts(with: ";range=".utf8)
    }

    private mutating func copy(_ source: UnsafeRawBufferPointer) -> Range<Int> {
        let start = bytes.count
        bytes.append(contentsOf: source)
        return start..<bytes.count
    }
}

/// Walks over tag-length-value elements (X.690 section 8.1, definite lengths as RFC 4511 section 5.1 has it).
struct BERContent {
    private var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

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
}
