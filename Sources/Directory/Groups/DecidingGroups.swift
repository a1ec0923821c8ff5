import Model

/// Looks at the LDAP groups that decide about grants: reads their members, unless their stamps say that they are as they were.
struct DecidingGroups {
    private let backEnd: BackEnd
    private let groups: [DecidingGroup]
    private let known: [DecidingGroup: KnownGroup]
    private let lineage: String
    private let reader: GroupReader
    /// Nil when groups within groups do not count.
    private let nested: NestedGroups?

    /// - Parameters:
    ///   - groups: those that rules name as groups first.
    ///   - known: as the last readings left them.
    ///   - lineage: which data the server holds.
    init(
        _ groups: [DecidingGroup], of backEnd: BackEnd, known: [DecidingGroup: KnownGroup], lineage: String,
        _ reader: GroupReader
    ) throws(DirectoryProblem) {
        self.groups = groups
        self.backEnd = backEnd
        self.known = known
        self.lineage = lineage
        self.reader = reader
        let outer = groups.filter(\.countsNested).map(\.dn)
        nested = outer.isEmpty ? nil : try NestedGroups(in: outer, reader)
    }

    /// What is asked of one of them at first: its stamp, where there was one the last time, else its members.
    static func request(
        _ group: DecidingGroup, known: [DecidingGroup: KnownGroup], _ reader: GroupReader
    ) -> SearchRequest {
        known[group]?.trustedMembers == nil ? reader.request(group.dn) : reader.stampRequest(group.dn)
    }

    /// - Parameter answers: to `request`, in the order of the groups.
    func membership(_ answers: [Flight.Answer]) throws(DirectoryProblem) -> GroupMembership {
        var membership = GroupMembership(groups, ruleCount: backEnd.rules.byLDAPGroup.count, known: known)
        for (group, answer) in zip(groups, answers) { membership.append(try finding(group, answer)) }
        return membership
    }

    /// Reads the members of all groups, but of those that could not be read before.
    ///
    /// - Returns: whom they name now and did not before, or the other way round.
    func readAnew(_ membership: inout GroupMembership) throws(DirectoryProblem) -> GroupMembers {
        var changes = GroupMembers()
        for (position, group) in groups.enumerated() where membership.findings[position].members != nil {
            let found = try members(group, try reader.read(group.dn), try catalogue(group))
            changes = changes.union(membership.replace(at: position, with: found))
        }
        return changes
    }

    private func finding(
        _ group: DecidingGroup, _ answer: Flight.Answer
    ) throws(DirectoryProblem) -> Result<GroupMembership.Finding, GroupReader.Unreadable> {
        let catalogue = try catalogue(group)
        guard let (known, stamps) = known[group]?.trustedMembers else {
            return try members(group, try reader.group(answer, group.dn), catalogue)
        }
        if isAsBefore(stamps, group, reader.stamp(in: answer), catalogue) { return .success(.asBefore(known)) }
        return try members(group, try reader.read(group.dn), catalogue)
    }

    private func catalogue(
        _ group: DecidingGroup
    ) throws(DirectoryProblem) -> Result<GroupCatalogue, DirectoryProblem>? {
        group.countsNested ? try nested?.candidates(in: group.dn) : nil
    }

    private func isAsBefore(
        _ known: GroupStamps, _ group: DecidingGroup, _ stamp: String?, _ catalogue: Result<GroupCatalogue, DirectoryProblem>?
    ) -> Bool {
        guard let own = Self.canonical(group.dn), let stamp, known.lineage == lineage, known.entries[own] == stamp else {
            return false
        }
        guard let catalogue else { return known.catalogue.isEmpty }
        guard case .success(let groups) = catalogue, groups.digest == known.catalogue else { return false }
        return known.entries.allSatisfy { name, stamp in
            name == own || groups[Digest128.of(Array(name.utf8))]?.stamp == stamp
        }
    }

    private func members(
        _ group: DecidingGroup, _ answer: Result<GroupReader.Group, GroupReader.Unreadable>,
        _ catalogue: Result<GroupCatalogue, DirectoryProblem>?
    ) throws(DirectoryProblem) -> Result<GroupMembership.Finding, GroupReader.Unreadable> {
        let direct: GroupReader.Group
        switch answer {
        case .success(let found): direct = found
        case .failure(let problem): return .failure(problem)
        }
        switch catalogue {
        case nil:
            return .success(
                finding(group, direct, NestedGroups.Expansion(dns: direct.dns, logins: direct.logins), catalogue: ""))
        case .success(let inner)?:
            return try NestedGroups.expand(group.dn, direct, in: inner, reader)
                .map { finding(group, direct, $0, catalogue: inner.digest) }
        case .failure(let problem)?:
            return .failure(GroupReader.Unreadable(reason: "the groups in it are not known: \(problem.reason)"))
        }
    }

    private func finding(
        _ group: DecidingGroup, _ direct: GroupReader.Group, _ all: NestedGroups.Expansion, catalogue: String
    ) -> GroupMembership.Finding {
        let members = GroupMembers(dns: all.dns, logins: all.logins)
        guard let own = Self.canonical(group.dn), let stamp = direct.stamp, var entries = all.stamps else {
            return .members(members, nil)
        }
        entries[own] = stamp
        return .members(members, GroupStamps(lineage: lineage, entries: entries, catalogue: catalogue))
    }

    private static func canonical(_ dn: String) -> String? {
        DistinguishedName.canonical(Array(dn.utf8)[...]).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension KnownGroup {
    /// Who is in it, unless its stamps say otherwise. Nil when it has to be read.
    fileprivate var trustedMembers: (GroupMembers, GroupStamps)? {
        guard let members, let stamps else { return nil }
        return (members, stamps)
    }
}
