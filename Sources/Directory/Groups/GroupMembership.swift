import Model

/// Who is in the LDAP groups that decide about grants, as of this reading.
struct GroupMembership: Sendable {
    /// What a reading found of one of them.
    enum Finding: Sendable {
        /// The stamps are nil when the group has to be read again the next time.
        case members(GroupMembers, GroupStamps?)
        /// These, by its stamps: it was not read.
        case asBefore(GroupMembers)
        /// Stays so for the whole reading, for nobody can say then who was in it while people came.
        case unreadable

        var members: GroupMembers? {
            switch self {
            case .members(let members, _), .asBefore(let members): members
            case .unreadable: nil
            }
        }
    }

    /// Those that rules name as groups come first, in the order of the rules.
    let groups: [DecidingGroup]
    private(set) var findings: [Finding] = []
    private(set) var problems: [Problem] = []
    /// The first group of a rule that had members and suddenly shows none, in words; nil if there is none.
    private(set) var emptied: String?
    private let ruleCount: Int
    private let known: [DecidingGroup: KnownGroup]

    /// Nothing decides about grants but the entries themselves.
    var isEmpty: Bool { groups.isEmpty }

    /// Some group was not read, because its stamps say that it is as it was.
    var isAsBefore: Bool { findings.contains { if case .asBefore = $0 { true } else { false } } }

    /// How many members each group of a rule shows; nil for one that cannot be read.
    var memberCounts: [Int?] { findings.prefix(ruleCount).map { $0.members?.count } }

    /// - Parameters:
    ///   - ruleCount: how many of `groups` rules name as groups.
    ///   - known: as the last readings left them.
    init(_ groups: [DecidingGroup] = [], ruleCount: Int = 0, known: [DecidingGroup: KnownGroup] = [:]) {
        self.groups = groups
        self.ruleCount = ruleCount
        self.known = known
    }

    /// For each group of a rule whether the person is in it.
    func of(dnKey: UInt128?, login: ArraySlice<UInt8>?) -> [Membership] {
        findings.prefix(ruleCount).map { finding in
            guard let members = finding.members else { return .unknown }
            return members.contains(dnKey: dnKey, login: login) ? .member : .notMember
        }
    }

    // MARK: Taking in

    /// Takes in what was found of the next group.
    mutating func append(_ found: Result<Finding, GroupReader.Unreadable>) {
        findings.append(finding(found, at: findings.count))
    }

    /// Takes in what was found of a group that was looked at before.
    ///
    /// - Returns: whom it names now and did not before, or the other way round.
    mutating func replace(at position: Int, with found: Result<Finding, GroupReader.Unreadable>) -> GroupMembers {
        let before = findings[position].members ?? GroupMembers()
        findings[position] = finding(found, at: position)
        return findings[position].members?.difference(from: before) ?? GroupMembers()
    }

    /// A group of a rule that cannot be read is a problem, not an empty group; and one that had more than a few members and
    /// shows none is more likely hidden than empty. Where people's own entries name their groups, one that cannot be read, or
    /// is gone, sends for those who were in it: their entries tell.
    private mutating func finding(_ found: Result<Finding, GroupReader.Unreadable>, at position: Int) -> Finding {
        let group = groups[position]
        let isOfRule = position < ruleCount
        let before = known[group]?.count ?? 0
        switch found {
        case .success(.members(let members, _))
        where isOfRule && members.isEmpty && before >= RemovalLimit.alwaysAllowed:
            let reason = "it shows no members, where it had \(before) at the last reading"
            emptied = emptied ?? "\(group.dn) cannot be believed: \(reason)"
            problems.append(.unreadableGroup(dn: group.dn, reason: reason))
            return .unreadable
        case .success(let finding): return finding
        case .failure(let unreadable):
            guard isOfRule else { return .members(GroupMembers(), nil) }
            problems.append(.unreadableGroup(dn: group.dn, reason: unreadable.reason))
            return .unreadable
        }
    }

    // MARK: What has changed

    /// Whom groups name now and did not at the last reading, or the other way round.
    var changes: GroupMembers {
        zip(groups, findings).reduce(GroupMembers()) { changes, item in
            guard case (let group, .members(let members, _)) = item, let before = known[group]?.members else { return changes }
            return changes.union(members.difference(from: before))
        }
    }

    /// The first group that can be read, but of which is not known who was in it when the mirror was brought up to date.
    var unknownBefore: DecidingGroup? {
        zip(groups, findings).first { group, finding in finding.members != nil && known[group]?.members == nil }?.0
    }

    /// Those with whose members the mirror is going to disagree, until it has been brought up to date.
    var unsettled: [DecidingGroup] {
        zip(groups, findings).filter { group, finding in
            guard let before = known[group]?.members else { return false }
            return finding.members.map { !$0.difference(from: before).isEmpty } ?? true
        }.map(\.0)
    }

    /// What is known of those that were read.
    ///
    /// - Parameter keepsMembers: false where every reading is one of everybody.
    func read(keepsMembers: Bool) -> [DecidingGroup: KnownGroup] {
        let pairs = zip(groups, findings).compactMap { group, finding -> (DecidingGroup, KnownGroup)? in
            guard case .members(let members, let stamps) = finding else { return nil }
            return (group, KnownGroup(count: members.count, members: keepsMembers ? members : nil, stamps: stamps))
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
