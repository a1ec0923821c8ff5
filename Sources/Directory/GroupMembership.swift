import CLDAP
import Model

/// Who is in the LDAP groups that a back end's rules name, as of this reading.
struct GroupMembership: Sendable {
    /// Digests of the DNs and of the logins that a group lists.
    struct Members: Sendable {
        var dns: Set<UInt128> = []
        var logins: Set<UInt128> = []
    }

    /// Why a group cannot be read.
    struct Unreadable: Error {
        let reason: String
    }

    private enum Group: Sendable {
        case members(Members)
        case unreadable

        /// Nil for a group that cannot be read.
        var count: Int? {
            if case .members(let members) = self { members.dns.count + members.logins.count } else { nil }
        }
    }

    private var groups: [Group] = []
    private(set) var problems: [Problem] = []
    /// The first group that had members and suddenly shows none, in words; nil if there is none.
    private(set) var emptied: String?

    var isEmpty: Bool { groups.isEmpty }

    /// How many members each group shows, in the order of the rules; nil for one that cannot be read.
    var memberCounts: [Int?] { groups.map(\.count) }

    /// Stands for all memberships, in whatever order they come; nil when some are not known.
    var digest: UInt128? {
        var digest: UInt128 = 0
        for group in groups {
            guard case .members(let members) = group else { return nil }
            // Sums, because sets have no order; factors, because groups do.
            digest =
                digest &* 31 &+ members.dns.reduce(UInt128(members.dns.count), &+) &* 7 &+ members.logins.reduce(0, &+)
        }
        return digest
    }

    /// For each group, in the order of the rules, whether the person is in it.
    func of(dn: ArraySlice<UInt8>, login: ArraySlice<UInt8>?) -> [Membership] {
        let dnKey = DistinguishedName.canonical(dn).map(Digest128.of)
        let loginKey = login.map { Digest128.of(Array($0)) }
        return groups.map { group in
            guard case .members(let members) = group else { return .unknown }
            let isMember = dnKey.map(members.dns.contains) == true || loginKey.map(members.logins.contains) == true
            return isMember ? .member : .notMember
        }
    }

    init() {}

    /// Takes in every group that `rules` name. One that cannot be read becomes a problem, not an empty group.
    ///
    /// - Parameters:
    ///   - answers: to `request`, in the order of the rules.
    ///   - before: how many members each group showed the last time, by its DN.
    ///   - nested: counts the members of groups within them as well; nil if they do not count.
    init(
        _ rules: [GroupRules.LDAPGroupRule], _ answers: [Flight.Answer], before: [String: Int] = [:],
        nested: NestedGroups? = nil, over session: Session
    ) throws(DirectoryProblem) {
        for (rule, answer) in zip(rules, answers) {
            switch try Self.members(answer, rule.groupDN, nested, session) {
            case .success(let members): append(.members(members), rule.groupDN, before[rule.groupDN] ?? 0)
            case .failure(let problem):
                problems.append(problem)
                groups.append(.unreadable)
            }
        }
    }

    /// Asks for the members of one group.
    static func request(_ dn: String) -> SearchRequest { SearchRequest(entry: dn, asking: attributes) }

    /// A group that had more than a few members and shows none is more likely hidden than empty.
    private mutating func append(_ group: Group, _ dn: String, _ before: Int) {
        guard group.count == 0, before >= RemovalLimit.alwaysAllowed else { return groups.append(group) }
        let reason = "it shows no members, where it had \(before) at the last reading"
        emptied = emptied ?? "\(dn) cannot be believed: \(reason)"
        problems.append(.unreadableGroup(dn: dn, reason: reason))
        groups.append(.unreadable)
    }

    private static let attributes = AttributeList(GroupRules.memberAttributes)

    private static func members(
        _ answer: Flight.Answer, _ dn: String, _ nested: NestedGroups?, _ session: Session
    ) throws(DirectoryProblem) -> Result<Members, Problem> {
        switch try members(answer, dn, session) {
        case .success(let direct): return try nested?.expand(dn, direct) ?? .success(direct)
        case .failure(let unreadable): return .failure(.unreadableGroup(dn: dn, reason: unreadable.reason))
        }
    }

    /// What one group itself lists.
    static func members(of dn: String, over session: Session) throws(DirectoryProblem) -> Result<Members, Unreadable> {
        let answer: Flight.Answer
        do {
            answer = .success(try session.connection.read(request(dn), root: session.root))
        } catch {
            answer = .failure(error)
        }
        return try members(answer, dn, session)
    }

    private static func members(
        _ answer: Flight.Answer, _ dn: String, _ session: Session
    ) throws(DirectoryProblem) -> Result<Members, Unreadable> {
        do {
            let whole = try session.connection.finish(try answer.get(), dn, asking: attributes, root: session.root)
            if let reason = whole.coverage.shortfall { return .failure(Unreadable(reason: reason)) }
            guard whole.page.count > 0 else { return .failure(Unreadable(reason: "the server shows no such entry")) }
            return .success(members(whole.page))
        } catch {
            guard error.kind == .refused else { throw error }
            return .failure(Unreadable(reason: error.reason))
        }
    }

    private static func members(_ page: EntryPage) -> Members {
        var members = Members()
        page.forEachValue(0, of: 0) { value in
            if let dn = DistinguishedName.canonical(value) { members.dns.insert(Digest128.of(dn)) }
        }
        page.forEachValue(0, of: 1) { value in
            if let dn = DistinguishedName.canonical(withoutUniqueID(value)) { members.dns.insert(Digest128.of(dn)) }
        }
        page.forEachValue(0, of: 2) { members.logins.insert(Digest128.of(Array($0))) }
        return members
    }

    /// Name and optional UID (RFC 4517 section 3.3.21): the DN before a trailing `#'0101'B`.
    private static func withoutUniqueID(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard value.suffix(2).elementsEqual("'B".utf8), let mark = value.lastIndex(of: UInt8(ascii: "#")) else { return value }
        return value[..<mark]
    }
}
