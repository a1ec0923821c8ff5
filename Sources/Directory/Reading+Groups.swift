import Model

extension Reading {
    /// Reads the LDAP groups that decide about grants once more, after people have come by names that the mirror does not
    /// know: a server may rename members without a trace in the group, and a group that was read before them may be older than
    /// their names. The problems and doubts that come up count from here on.
    package func readGroupsAnew() throws(DirectoryProblem) {
        changedMembers = changedMembers.union(try readGroups())
    }

    /// Everybody comes, so whatever groups said before does not matter; and what was taken for unchanged is read.
    func prepareGroups() throws(DirectoryProblem) {
        if surroundings.memberships.isAsBefore { _ = try readGroups() }
        changedMembers = GroupMembers()
    }

    /// - Returns: whom they name now and did not before, or the other way round.
    private func readGroups() throws(DirectoryProblem) -> GroupMembers {
        var memberships = surroundings.memberships
        guard !memberships.isEmpty else { return GroupMembers() }
        let groups = try DecidingGroups(
            memberships.groups, of: backEnd, known: memory.saved?.groups ?? [:], lineage: knowledge.lineage,
            GroupReader(over: session, now: begin))
        let changes = try groups.readAnew(&memberships)
        note(memberships)
        return changes
    }

    /// Why groups make everybody be read; nil when they do not.
    static func doubt(about memberships: GroupMembership) -> String? {
        if let group = memberships.unknownBefore { return "who was in \(group.dn) before is not known" }
        guard memberships.changes.count > touchedLimit else { return nil }
        return "more than \(touchedLimit) members of LDAP groups have changed"
    }
}
