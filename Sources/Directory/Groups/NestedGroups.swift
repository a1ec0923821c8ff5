import Model

/// Groups within the groups that rules name: their members count as well, however deep. Loops end, because each group is
/// read once.
struct NestedGroups {
    private let reader: GroupReader
    /// All groups of the directory; nil on Active Directory, which says itself which ones are in one.
    private let all: Result<GroupCatalogue, DirectoryProblem>?

    /// What LDAP groups are, in the schemas of the three servers.
    private static let isGroup =
        "(|"
        + ["groupOfNames", "groupOfUniqueNames", "groupOfMembers", "posixGroup", "group"]
        .map { "(objectClass=\($0))" }.joined() + ")"

    /// LDAP_MATCHING_RULE_IN_CHAIN (MS-ADTS section 3.1.1.3.4.4.3).
    private static let inChain = "memberOf:1.2.840.113556.1.4.1941:"

    /// - Parameter groups: DNs of the groups that rules name.
    init(in groups: [String], _ reader: GroupReader) throws(DirectoryProblem) {
        self.reader = reader
        let root = reader.session.root
        guard !root.product.isActiveDirectory else {
            all = nil
            return
        }
        var contexts: [String] = []
        for dn in groups {
            let context = root.namingContext(of: dn) ?? dn
            if !contexts.contains(context) { contexts.append(context) }
        }
        all = try Self.catalogue(below: contexts, Self.isGroup, reader)
    }

    /// What a server refuses concerns these groups alone; anything else ends the connection.
    private static func catalogue(
        below bases: [String], _ filter: String, _ reader: GroupReader
    ) throws(DirectoryProblem) -> Result<GroupCatalogue, DirectoryProblem> {
        do {
            return .success(try GroupCatalogue(below: bases, filter, reader))
        } catch {
            guard error.kind == .refused else { throw error }
            return .failure(error)
        }
    }

    /// The groups that may be in `dn`.
    func candidates(in dn: String) throws(DirectoryProblem) -> Result<GroupCatalogue, DirectoryProblem> {
        if let all { return all }
        let context = reader.session.root.namingContext(of: dn) ?? dn
        let filter = "(&(objectClass=group)(\(Self.inChain)=\(LDAPFilter.escaped(dn))))"
        return try Self.catalogue(below: [context], filter, reader)
    }

    /// A group with all groups in it.
    struct Expansion {
        var dns: [UInt128]
        var logins: [String]
        /// By canonical DN, those of the groups in it; nil when one says nothing.
        var stamps: [String: String]? = [:]

        fileprivate mutating func add(_ group: GroupReader.Group, _ entry: GroupCatalogue.Entry) {
            dns += group.dns
            logins += group.logins
            guard let stamp = group.stamp else {
                stamps = nil
                return
            }
            stamps?[String(decoding: entry.canonical, as: UTF8.self)] = stamp
        }
    }

    /// Adds the members of all groups in a group.
    ///
    /// - Parameter direct: what the group itself shows.
    static func expand(
        _ dn: String, _ direct: GroupReader.Group, in catalogue: GroupCatalogue, _ reader: GroupReader
    ) throws(DirectoryProblem) -> Result<Expansion, GroupReader.Unreadable> {
        var expansion = Expansion(dns: direct.dns, logins: direct.logins)
        var seen: Set<UInt128> = DistinguishedName.canonical(Array(dn.utf8)[...]).map { [Digest128.of($0)] } ?? []
        var next = Set(direct.dns.filter { catalogue[$0] != nil && !seen.contains($0) })
        while !next.isEmpty {
            seen.formUnion(next)
            let start = expansion.dns.count
            for key in next.sorted() {
                guard let entry = catalogue[key] else { continue }
                switch try reader.read(entry.dn) {
                case .success(let group): expansion.add(group, entry)
                case .failure(let problem):
                    return .failure(GroupReader.Unreadable(reason: "'\(entry.dn)' in it cannot be read: \(problem.reason)"))
                }
            }
            next = Set(expansion.dns[start...].filter { catalogue[$0] != nil && !seen.contains($0) })
        }
        return .success(expansion)
    }
}
