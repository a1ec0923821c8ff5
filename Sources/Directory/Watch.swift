import Logging
import Model

/// Looks at what decides about people without their entries being changed: a reading of changes alone is only good while
/// all of this stays as it was.
struct Watch {
    let backEnd: BackEnd
    let session: Session

    /// A digest of the tree, of the LDAP groups and of `GroupDN`. Nil when some of it could not be read.
    func digest(_ memberships: GroupMembership, _ listed: Set<UInt128>?) throws(DirectoryProblem) -> UInt128? {
        guard let members = memberships.digest, let tree = try treeDigest(), let behind = try backLinkDigest() else {
            return nil
        }
        let listed = listed.map { $0.reduce(UInt128($0.count), &+) } ?? 0
        let parts = [members, tree, behind, listed]
        return Digest128.of(parts.flatMap { part in withUnsafeBytes(of: part.bigEndian) { Array($0) } })
    }

    /// Renaming or moving a container changes the names of everybody in it, and may take them out of the base, without a
    /// word about them. So the containers are looked at themselves.
    private func treeDigest() throws(DirectoryProblem) -> UInt128? {
        guard backEnd.search.scope == .sub else { return 0 }
        let classes = Self.containerClasses.map { "(objectClass=\($0))" }.joined()
        let request = SearchRequest(among: backEnd, matching: "(|\(classes))", asking: IdentityAttribute.list)
        var digest: UInt128 = 0
        var page = EntryPage()
        let coverage = try session.connection.search(request, root: session.root) { message throws(DirectoryProblem) in
            try session.connection.check(page.append(message, asking: request.attributes), "decoding an entry")
            digest &+= Self.digest(ofContainer: 0, in: page)
            page.removeAll()
        }
        return coverage == .complete ? digest : nil
    }

    /// The structural classes that people are put under, in the schemas of the three servers.
    private static let containerClasses = [
        "organizationalUnit", "organization", "domain", "dcObject", "locality", "country", "container", "builtinDomain",
        "nsContainer",
    ]

    private static func digest(ofContainer entry: Int, in page: EntryPage) -> UInt128 {
        let id = IdentityAttribute.identity(of: entry, in: page, preferring: .entryUUID)?.id.bits ?? 0
        let name = DistinguishedName.canonical(page.dn(entry)) ?? Array(page.dn(entry))
        return Digest128.of(withUnsafeBytes(of: id.bigEndian) { Array($0) } + name)
    }

    /// The members of the groups that filters and rules name by way of `memberOf`.
    private func backLinkDigest() throws(DirectoryProblem) -> UInt128? {
        let groups = backEnd.groupsBehindMemberOf
        if groups.isEmpty { return 0 }
        let rules = groups.map { GroupRules.LDAPGroupRule(groupDN: $0, gifts: []) }
        return try GroupMembership(rules, over: session.connection, root: session.root).digest
    }
}

extension Session {
    /// Which data the server holds: the immutable id of the base, and on Active Directory the id of the database, which is
    /// another one on each domain controller and after a restoration from a backup (MS-ADTS section 3.1.1.1.9).
    func lineage(of backEnd: BackEnd) throws(DirectoryProblem) -> String {
        let base = SearchRequest(entry: backEnd.search.baseDN, asking: IdentityAttribute.list)
        let page = try connection.read(base, root: root).page
        let id =
            page.count > 0
            ? IdentityAttribute.identity(of: 0, in: page, preferring: .usual(of: root.product))?.id.description : nil
        guard let serviceName = root.serviceName else { return id ?? "" }
        let attributes = AttributeList(["invocationId"])
        let service = try connection.read(SearchRequest(entry: serviceName, asking: attributes), root: root).page
        let database = service.count > 0 ? service.firstValue(0, of: 0).flatMap(IdentityAttribute.objectGUID.id) : nil
        return [id, database?.description].compactMap(\.self).joined(separator: " ")
    }

    /// Whether a reading by `strategy` could not tell who was deleted, because Active Directory hides that from the account.
    func hidesDeletions(_ strategy: Strategy, _ backEnd: BackEnd) throws(DirectoryProblem) -> Bool {
        guard root.product.isActiveDirectory, strategy == .dirsync || strategy == .changed else { return false }
        let context = root.namingContext(of: backEnd.search.baseDN) ?? backEnd.search.baseDN
        var request = SearchRequest(entry: "CN=Deleted Objects,\(context)", asking: AttributeList(["1.1"]))
        request.controls = [.showDeleted]
        do {
            return try connection.read(request, root: root).page.count == 0
        } catch {
            guard error.kind == .refused else { throw error }
            return true
        }
    }

    /// Whether the bind account can read its own entry; nil when it is not named by a DN.
    func seesItself(_ credentials: Credentials) throws(DirectoryProblem) -> Bool? {
        guard case .simple(let dn, _) = credentials, !dn.isEmpty, DistinguishedName.isAt(dn, orBelow: "") == true else {
            return nil
        }
        do {
            return try connection.read(SearchRequest(entry: dn, asking: AttributeList(["1.1"])), root: root).page.count > 0
        } catch {
            guard error.kind == .refused else { throw error }
            return false
        }
    }
}
