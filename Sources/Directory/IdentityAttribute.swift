import Model

/// The attributes that carry an entry's immutable id, one of which every supported server has.
enum IdentityAttribute: Int, Sendable, CaseIterable {
    /// RFC 4530; OpenLDAP and others.
    case entryUUID
    /// Active Directory, 16 octets, the first three groups little-endian.
    case objectGUID
    /// 389 Directory Server, four groups of eight digits.
    case nsUniqueID

    static let list = AttributeList(allCases.map(\.name))

    /// The one that servers of `product` have.
    static func usual(of product: ServerProduct) -> IdentityAttribute {
        switch product {
        case .samba, .activeDirectory: .objectGUID
        case .directoryServer389: .nsUniqueID
        case .openLDAP, .other: .entryUUID
        }
    }

    /// An entry's immutable id and the attribute that had it. The page asked for these attributes first.
    ///
    /// - Parameter usual: counts before the others. 389 Directory Server can show two, and tells of changes by its own.
    static func identity(
        of entry: Int, in page: EntryPage, preferring usual: IdentityAttribute
    ) -> (attribute: IdentityAttribute, id: DirectoryID)? {
        if let id = usual.id(of: entry, in: page) { return (usual, id) }
        for attribute in allCases where attribute != usual {
            if let id = attribute.id(of: entry, in: page) { return (attribute, id) }
        }
        return nil
    }

    private func id(of entry: Int, in page: EntryPage) -> DirectoryID? { page.firstValue(entry, of: rawValue).flatMap(id) }

    var name: String { DirectoryID.attributes[rawValue] }

    /// - Returns: nil when the value is none of this kind.
    func id(_ value: ArraySlice<UInt8>) -> DirectoryID? {
        switch self {
        case .entryUUID, .nsUniqueID: Self.fromDigits(value)
        case .objectGUID: value.count == 16 ? DirectoryID(bits: Self.bits(Self.swapped(Array(value)))) : nil
        }
    }

    /// A filter item (RFC 4515) that only the entry with `id` matches.
    func filter(for id: DirectoryID) -> String {
        switch self {
        case .entryUUID: return "(entryUUID=\(id))"
        case .nsUniqueID:
            let digits = id.description.filter { $0 != "-" }
            let groups = stride(from: 0, to: 32, by: 8).map { String(digits.dropFirst($0).prefix(8)) }
            return "(nsUniqueId=\(groups.joined(separator: "-")))"
        case .objectGUID:
            let octets = (0..<16).reversed().map { UInt8(truncatingIfNeeded: id.bits >> ($0 * 8)) }
            return "(objectGUID=\(Self.swapped(octets).map { "\\" + $0.twoDigits }.joined()))"
        }
    }

    private static func fromDigits(_ value: ArraySlice<UInt8>) -> DirectoryID? {
        var bits: UInt128 = 0
        var count = 0
        for byte in value where byte != UInt8(ascii: "-") {
            guard let digit = byte.hexadecimalValue else { return nil }
            bits = bits << 4 | UInt128(digit)
            count += 1
        }
        return count == 32 ? DirectoryID(bits: bits) : nil
    }

    private static func bits(_ octets: [UInt8]) -> UInt128 { octets.reduce(0) { $0 << 8 | UInt128($1) } }

    private static func swapped(_ octets: [UInt8]) -> [UInt8] {
        octets[0..<4].reversed() + octets[4..<6].reversed() + octets[6..<8].reversed() + octets[8...]
    }
}

extension UInt8 {
    fileprivate var twoDigits: String {
        let digits = String(self, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}

/// Some immutable ids, 16 bytes each.
struct IDSet: Sendable {
    private let sorted: [DirectoryID]

    init(_ ids: [DirectoryID]) { sorted = ids.sorted() }

    func contains(_ id: DirectoryID) -> Bool {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < sorted.count && sorted[low] == id
    }
}
