import Model

/// Looks at what decides about people without their entries being changed: a reading of changes alone is only good while
/// all of this stays as it was.
struct Watch {
    let backEnd: BackEnd
    let session: Session
    let reader: GroupReader

    /// A digest of the tree, of the LDAP groups that filters name and of `GroupDN`. Nil when some of it could not be read.
    ///
    /// - Parameters:
    ///   - tree: the answer to `treeRequest`, if it was asked.
    ///   - groups: the answers of the groups that filters name by way of `memberOf`.
    func digest(
        _ listed: ListedLogins?, tree: Flight.Answer?, groups: [Flight.Answer]
    ) throws(DirectoryProblem) -> UInt128? {
        guard let tree = try treeDigest(tree), let members = try digest(ofGroups: groups) else { return nil }
        let logins = listed.map { $0.logins.reduce(UInt128($0.logins.count), &+) } ?? 0
        let parts = [tree, members, logins]
        return Digest128.of(parts.flatMap { part in withUnsafeBytes(of: part.bigEndian) { Array($0) } })
    }

    // MARK: The tree

    /// Renaming or moving a container changes the names of everybody in it, and may take them out of the base, without a
    /// word about them. So the containers are looked at themselves.
    static func treeRequest(_ backEnd: BackEnd) -> SearchRequest {
        let classes = containerClasses.map { "(objectClass=\($0))" }.joined()
        return SearchRequest(among: backEnd, matching: "(|\(classes))", asking: IdentityAttribute.list)
    }

    /// Active Directory sends a thousand entries at most without pages.
    static func fitsIntoOneAnswer(_ root: RootDSE) -> Bool { !root.product.isActiveDirectory }

    /// The structural classes that people are put under, in the schemas of the three servers.
    private static let containerClasses = [
        "organizationalUnit", "organization", "domain", "dcObject", "locality", "country", "container", "builtinDomain",
        "nsContainer",
    ]

    private func treeDigest(_ answer: Flight.Answer?) throws(DirectoryProblem) -> UInt128? {
        guard backEnd.search.scope == .sub else { return 0 }
        if case .success(let answer) = answer, answer.coverage == .complete {
            return (0..<answer.page.count).reduce(0) { $0 &+ Self.digest(ofContainer: $1, in: answer.page) }
        }
        let request = Self.treeRequest(backEnd)
        var digest: UInt128 = 0
        var page = EntryPage()
        let coverage = try session.connection.search(request, root: session.root) { message throws(DirectoryProblem) in
            try session.connection.check(page.append(message, asking: request.attributes), "decoding an entry")
            digest &+= Self.digest(ofContainer: 0, in: page)
            page.removeAll()
        }
        return coverage == .complete ? digest : nil
    }

    private static func digest(ofContainer entry: Int, in page: EntryPage) -> UInt128 {
        let id = IdentityAttribute.identity(of: entry, in: page, preferring: .entryUUID)?.id.bits ?? 0
        let name = DistinguishedName.canonical(page.dn(entry)) ?? Array(page.dn(entry))
        return Digest128.of(withUnsafeBytes(of: id.bigEndian) { Array($0) } + name)
    }

    // MARK: Groups behind memberOf

    private func digest(ofGroups answers: [Flight.Answer]) throws(DirectoryProblem) -> UInt128? {
        var digest: UInt128 = 0
        for (dn, answer) in zip(backEnd.groupsBehindFilters, answers) {
            guard case .success(let group) = try reader.group(answer, dn) else { return nil }
            let logins = group.logins.map { Digest128.of(Array($0.utf8)) }
            // Sums, because members have no order; factors, because groups do.
            digest = digest &* 31 &+ group.dns.reduce(UInt128(group.dns.count), &+) &* 7 &+ logins.reduce(0, &+)
        }
        return digest
    }
}
