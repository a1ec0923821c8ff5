import Model

/// What is looked at before the people, in one round trip: whose data the server holds, and what decides about people
/// without their entries being changed.
struct Preliminaries {
    /// As of now.
    let root: RootDSE
    let memberships: GroupMembership
    /// Nil when there is no `GroupDN`.
    let listed: ListedLogins?
    /// Which data the server holds: the immutable id of the base, and on Active Directory the id of the database, which is
    /// another one on each domain controller and after a restoration from a backup (MS-ADTS section 3.1.1.1.9).
    let lineage: String
    /// Whether the bind account can read its own entry; nil when it is not named by a DN.
    let seesItself: Bool?
    /// Active Directory does not show the account what was deleted.
    let hidesDeletions: Bool
    /// Of the tree, of the LDAP groups that filters name and of `GroupDN`. Nil when some of it could not be read.
    let digest: UInt128?

    /// - Parameters:
    ///   - known: the LDAP groups that decide about grants, as the last readings left them.
    ///   - now: microseconds since 1970 (UTC).
    init(
        of backEnd: BackEnd, known: [DecidingGroup: KnownGroup], now: Int64, over session: Session
    ) throws(DirectoryProblem) {
        let reader = GroupReader(over: session, now: now)
        let plan = FlightPlan(backEnd, session.root, known, reader)
        let answers = try plan.flight.answers(over: session)
        root = try answers[plan.root].get().page.asRootDSE
        lineage = try plan.lineage(answers, session.root)
        memberships = try DecidingGroups(plan.groups, of: backEnd, known: known, lineage: lineage, reader)
            .membership(plan.groupAnswers.map { answers[$0] })
        listed = if let place = plan.listed { ListedLogins(try answers[place].get(), of: backEnd) } else { nil }
        seesItself = plan.ownEntry.map { answers[$0].entry != nil }
        hidesDeletions = plan.deletions.map { answers[$0].entry == nil } ?? false
        guard plan.strategy != .full else {
            digest = nil
            return
        }
        digest = try Watch(backEnd: backEnd, session: session, reader: reader)
            .digest(listed, tree: plan.tree.map { answers[$0] }, groups: plan.filterGroups.map { answers[$0] })
    }
}

/// Which searches the preliminaries need, and where their answers will be.
private struct FlightPlan {
    let flight: Flight
    let root: Int
    private let base: Int
    private let service: Int?
    /// Whose members decide about grants.
    let groups: [DecidingGroup]
    let groupAnswers: [Int]
    let listed: Int?
    let ownEntry: Int?
    let deletions: Int?
    let tree: Int?
    let filterGroups: [Int]
    let strategy: Strategy

    init(_ backEnd: BackEnd, _ known: RootDSE, _ knownGroups: [DecidingGroup: KnownGroup], _ reader: GroupReader) {
        var flight = Flight()
        root = flight.add(RootDSE.request)
        base = flight.add(SearchRequest(entry: backEnd.search.baseDN, asking: IdentityAttribute.list))
        service = known.serviceName.map { flight.add(SearchRequest(entry: $0, asking: AttributeList(["invocationId"]))) }
        strategy = known.strategies(for: backEnd).first
        // A reading of everybody sees by itself what attributes say.
        groups =
            strategy == .full ? Array(backEnd.decidingGroups.prefix(backEnd.rules.byLDAPGroup.count)) : backEnd.decidingGroups
        groupAnswers = groups.map { flight.add(DecidingGroups.request($0, known: knownGroups, reader)) }
        listed = backEnd.search.groupDN.map { flight.add(ListedLogins.request($0)) }
        ownEntry = backEnd.connection.credentials.ownDN
            .map { flight.add(SearchRequest(entry: $0, asking: AttributeList(["1.1"]))) }
        deletions = known.deletionsRequest(strategy, backEnd).map { flight.add($0) }
        guard strategy != .full else {
            tree = nil
            filterGroups = []
            self.flight = flight
            return
        }
        tree = Watch.fitsIntoOneAnswer(known) ? flight.add(Watch.treeRequest(backEnd)) : nil
        filterGroups = backEnd.groupsBehindFilters.map { flight.add(reader.request($0)) }
        self.flight = flight
    }

    func lineage(_ answers: [Flight.Answer], _ root: RootDSE) throws(DirectoryProblem) -> String {
        let page = try answers[base].get().page
        let id = page.count > 0 ? IdentityAttribute.identity(of: 0, in: page, preferring: .usual(of: root.product))?.id : nil
        let database = service.flatMap { answers[$0].entry?.firstValue(0, of: 0) }.flatMap(IdentityAttribute.objectGUID.id)
        return [id?.description, database?.description].compactMap(\.self).joined(separator: " ")
    }
}

extension RootDSE {
    /// Looks for the container of what was deleted, where a reading by `strategy` needs to see it.
    func deletionsRequest(_ strategy: Strategy, _ backEnd: BackEnd) -> SearchRequest? {
        guard product.isActiveDirectory, strategy == .dirsync || strategy == .changed else { return nil }
        let context = namingContext(of: backEnd.search.baseDN) ?? backEnd.search.baseDN
        var request = SearchRequest(entry: "CN=Deleted Objects,\(context)", asking: AttributeList(["1.1"]))
        request.controls = [.showDeleted]
        return request
    }
}
