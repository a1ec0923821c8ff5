import CLDAP
import Model

/// Which LDAP groups there are that could be members of others.
struct GroupCatalogue {
    struct Entry {
        /// As the server writes it.
        let dn: String
        let canonical: [UInt8]
        /// Nil when it says nothing.
        let stamp: String?
    }

    /// By the digest of the canonical DN.
    private(set) var entries: [UInt128: Entry] = [:]

    /// Stands for which groups there are.
    var digest: String { String(entries.keys.reduce(UInt128(entries.count), &+), radix: 16) }

    subscript(key: UInt128) -> Entry? { entries[key] }

    /// Takes in all that `filter` finds below each of `bases`.
    ///
    /// - Throws: `.refused` for what concerns this search alone.
    init(below bases: [String], _ filter: String, _ reader: GroupReader) throws(DirectoryProblem) {
        for base in bases { try take(below: base, filter, reader) }
    }

    private mutating func take(below base: String, _ filter: String, _ reader: GroupReader) throws(DirectoryProblem) {
        let connection = reader.session.connection
        let request = SearchRequest(
            base: base, scope: .sub, filter: filter, attributes: AttributeList(reader.stamp.attributes),
            pageSize: SearchRequest.usualPageSize)
        var page = EntryPage()
        let coverage = try connection.search(request, root: reader.session.root) { message throws(DirectoryProblem) in
            try connection.check(page.append(message, asking: request.attributes), "decoding an entry")
            if let dn = DistinguishedName.canonical(page.dn(0)) {
                entries[Digest128.of(dn)] = Entry(
                    dn: String(decoding: page.dn(0), as: UTF8.self), canonical: dn,
                    stamp: reader.stamp.value(of: 0, in: page, at: 0))
            }
            page.removeAll()
        }
        if let reason = coverage.shortfall { throw connection.cutShort(reason, step: request.step) }
    }
}
