import CLDAP
import Model

/// Groups within the groups that rules name: their members count as well, however deep. Loops end, because each group is
/// read once.
struct NestedGroups {
    /// By the digest of its canonical DN, a group's DN as the server writes it.
    private typealias Catalogue = [UInt128: String]

    private let session: Session
    /// All groups of the directory; nil on Active Directory, which says itself which ones are in one.
    private let all: Result<Catalogue, DirectoryProblem>?

    /// What LDAP groups are, in the schemas of the three servers.
    private static let isGroup =
        "(|"
        + ["groupOfNames", "groupOfUniqueNames", "groupOfMembers", "posixGroup", "group"]
        .map { "(objectClass=\($0))" }.joined() + ")"

    /// LDAP_MATCHING_RULE_IN_CHAIN (MS-ADTS section 3.1.1.3.4.4.3).
    private static let inChain = "memberOf:1.2.840.113556.1.4.1941:"

    /// - Parameter groups: DNs of the groups that rules name.
    init(in groups: [String], over session: Session) throws(DirectoryProblem) {
        self.session = session
        guard !session.root.product.isActiveDirectory else {
            all = nil
            return
        }
        var contexts: [String] = []
        for dn in groups {
            let context = session.root.namingContext(of: dn) ?? dn
            if !contexts.contains(context) { contexts.append(context) }
        }
        all = try Self.refusable { () throws(DirectoryProblem) in
            var catalogue: Catalogue = [:]
            for context in contexts {
                catalogue.merge(try Self.catalogue(below: context, Self.isGroup, session)) { first, _ in first }
            }
            return catalogue
        }
    }

    /// What a server refuses concerns these groups alone; anything else ends the connection.
    private static func refusable<Value>(
        _ body: () throws(DirectoryProblem) -> Value
    ) throws(DirectoryProblem) -> Result<Value, DirectoryProblem> {
        do {
            return .success(try body())
        } catch {
            guard error.kind == .refused else { throw error }
            return .failure(error)
        }
    }

    private static func catalogue(
        below base: String, _ filter: String, _ session: Session
    ) throws(DirectoryProblem) -> Catalogue {
        let request = SearchRequest(
            base: base, scope: .sub, filter: filter, attributes: AttributeList(["1.1"]),
            pageSize: SearchRequest.usualPageSize)
        var catalogue: Catalogue = [:]
        var page = EntryPage()
        let coverage = try session.connection.search(request, root: session.root) { message throws(DirectoryProblem) in
            try session.connection.check(page.append(message, asking: request.attributes), "decoding an entry")
            if let dn = DistinguishedName.canonical(page.dn(0)) {
                catalogue[Digest128.of(dn)] = String(decoding: page.dn(0), as: UTF8.self)
            }
            page.removeAll()
        }
        if let reason = coverage.shortfall { throw session.connection.cutShort(reason, step: request.step) }
        return catalogue
    }

    /// The members of a group and of all groups in it.
    ///
    /// - Parameter direct: what the group itself shows.
    func expand(
        _ dn: String, _ direct: GroupMembership.Members
    ) throws(DirectoryProblem) -> Result<GroupMembership.Members, Problem> {
        let unreadable = { (reason: String) in Problem.unreadableGroup(dn: dn, reason: reason) }
        let catalogue: Catalogue
        switch try candidates(in: dn) {
        case .success(let found): catalogue = found
        case .failure(let problem): return .failure(unreadable("the groups in it are not known: \(problem.reason)"))
        }
        var members = direct
        var seen: Set<UInt128> = DistinguishedName.canonical(Array(dn.utf8)[...]).map { [Digest128.of($0)] } ?? []
        var next = members.dns.filter { catalogue[$0] != nil && !seen.contains($0) }
        while !next.isEmpty {
            seen.formUnion(next)
            var found: Set<UInt128> = []
            for key in next.sorted() {
                guard let nested = catalogue[key] else { continue }
                switch try GroupMembership.members(of: nested, over: session) {
                case .success(let more):
                    found.formUnion(more.dns)
                    members.logins.formUnion(more.logins)
                case .failure(let problem):
                    return .failure(unreadable("'\(nested)' in it cannot be read: \(problem.reason)"))
                }
            }
            members.dns.formUnion(found)
            next = found.filter { catalogue[$0] != nil && !seen.contains($0) }
        }
        return .success(members)
    }

    private func candidates(in dn: String) throws(DirectoryProblem) -> Result<Catalogue, DirectoryProblem> {
        if let all { return all }
        let context = session.root.namingContext(of: dn) ?? dn
        let filter = "(&(objectClass=group)(\(Self.inChain)=\(LDAPFilter.escaped(dn))))"
        return try Self.refusable { () throws(DirectoryProblem) in
            try Self.catalogue(below: context, filter, session)
        }
    }
}
