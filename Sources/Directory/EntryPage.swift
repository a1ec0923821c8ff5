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
    /// Half as large as with Int, and there are a dozen for each entry.
    private struct Value {
        private let position: UInt32
        private let start: UInt32
        private let end: UInt32

        init(attribute: Int, bytes: Range<Int>) {
            position = UInt32(attribute)
            start = UInt32(bytes.lowerBound)
            end = UInt32(bytes.upperBound)
        }

        var attribute: Int { Int(position) }
        var bytes: Range<Int> { Int(start)..<Int(end) }
    }

    private struct Entry {
        let dn: Range<Int>
        var values: Range<Int>
    }

    /// An attribute whose values came in part (Active Directory's range retrieval, MS-ADTS section 3.1.1.3.1.3.3).
    struct OpenRange: Equatable {
        let attribute: Int
        /// The number of the first value that is missing.
        let next: Int
    }

    /// A page that is this long, or has this many bytes, is full.
    static let fullCount = 1000
    static let fullBytes = 256 * 1024

    private var bytes: [UInt8] = []
    private var values: [Value] = []
    private var entries: [Entry] = []
    /// What is missing of the entry that was appended last.
    private(set) var openRanges: [OpenRange] = []

    var count: Int { entries.count }
    /// Values of all attributes of all entries.
    var valueCount: Int { values.count }
    var isFull: Bool { entries.count >= Self.fullCount || bytes.count >= Self.fullBytes }

    /// Forgets the entries and keeps the memory.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
    }

    func dn(_ entry: Int) -> ArraySlice<UInt8> { bytes[entries[entry].dn] }

    /// Forgets the entry that was appended last.
    mutating func removeLast() {
        guard let last = entries.popLast() else { return }
        values.removeSubrange(last.values)
        bytes.removeSubrange(last.dn.lowerBound...)
    }

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
    mutating func append(_ message: EntryMessage, asking list: AttributeList) -> Int32 {
        var reader: OpaquePointer?
        var dn = berval()
        let code = ldap_get_dn_ber(message.handle, message.message, &reader, &dn)
        guard code == LDAP_SUCCESS, let reader else { return code }
        defer { ber_free(reader, 0) }
        let dnRange = copy(UnsafeRawBufferPointer(start: dn.bv_val, count: Int(dn.bv_len)))
        let firstValue = values.count
        appendAttributes(reader, list)
        entries.append(Entry(dn: dnRange, values: firstValue..<values.count))
        return LDAP_SUCCESS
    }

    /// Adds the values of a further message about the entry that was appended last.
    ///
    /// - Returns: libldap's code.
    mutating func extendLast(_ message: EntryMessage, asking list: AttributeList) -> Int32 {
        var reader: OpaquePointer?
        var dn = berval()
        let code = ldap_get_dn_ber(message.handle, message.message, &reader, &dn)
        guard code == LDAP_SUCCESS, let reader, !entries.isEmpty else { return code }
        defer { ber_free(reader, 0) }
        appendAttributes(reader, list)
        entries[entries.count - 1].values = entries[entries.count - 1].values.lowerBound..<values.count
        return LDAP_SUCCESS
    }

    private mutating func appendAttributes(_ reader: OpaquePointer, _ list: AttributeList) {
        if !openRanges.isEmpty { openRanges = [] }
        var hint = 0
        var attribute = berval()
        while ber_skip_element(reader, &attribute) != ber_tag_t.max {
            let content = UnsafeRawBufferPointer(start: attribute.bv_val, count: Int(attribute.bv_len))
            appendAttribute(content, list, &hint)
        }
    }

    private mutating func appendAttribute(_ content: UnsafeRawBufferPointer, _ list: AttributeList, _ hint: inout Int) {
        var content = BERContent(content)
        guard let description = content.next(), let set = content.next() else { return }
        let name = description.prefix { $0 != UInt8(ascii: ";") }
        guard let position = list.position(of: name, hint: hint) else { return }
        hint = position + 1
        var elements = BERContent(set)
        while let value = elements.next() {
            values.append(Value(attribute: position, bytes: copy(value)))
        }
        if description.count > name.count, let next = Self.missingFrom(description.dropFirst(name.count)) {
            openRanges.append(OpenRange(attribute: position, next: next))
        }
    }

    /// From options such as `;range=0-1499`, the number after the last value; nil for other options, and for the last
    /// range, which ends in `*`.
    private static func missingFrom(_ options: some Collection<UInt8>) -> Int? {
        let text = String(decoding: options, as: UTF8.self).lowercased()
        guard text.hasPrefix(";range="), let dash = text.firstIndex(of: "-") else { return nil }
        return Int(text[text.index(after: dash)...]).map { $0 + 1 }
    }

    private mutating func copy(_ source: UnsafeRawBufferPointer) -> Range<Int> {
        let start = bytes.count
        bytes.append(contentsOf: source)
        return start..<bytes.count
    }
}
