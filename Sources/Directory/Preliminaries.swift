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
    /// Of the tree, of the LDAP groups and of `GroupDN`. Nil when some of it could not be read.
    let digest: UInt128?

    /// - Parameter before: how many members each LDAP group of the rules showed the last time, by its DN.
    init(of backEnd: BackEnd, before: [String: Int], over session: Session) throws(DirectoryProblem) {
        let plan = FlightPlan(backEnd, session.root)
        let answers = try plan.flight.answers(over: session)
        root = try answers[plan.root].get().page.asRootDSE
        let groups = plan.groups.map { answers[$0] }
        let rules = backEnd.rules.byLDAPGroup
        let nested =
            backEnd.followsNestedGroups && !rules.isEmpty
            ? try NestedGroups(in: rules.map(\.groupDN), over: session) : nil
        memberships = try GroupMembership(rules, groups, before: before, nested: nested, over: session)
        listed = if let place = plan.listed { ListedLogins(try answers[place].get(), of: backEnd) } else { nil }
        lineage = try plan.lineage(answers, session.root)
        seesItself = plan.ownEntry.map { answers[$0].entry != nil }
        hidesDeletions = plan.deletions.map { answers[$0].entry == nil } ?? false
        guard plan.strategy != .full else {
            digest = nil
            return
        }
        digest = try Watch(backEnd: backEnd, session: session)
            .digest(memberships, listed, tree: plan.tree.map { answers[$0] }, backLinks: plan.backLinks.map { answers[$0] })
    }
}

/// Which searches the preliminaries need, and where their answers will be.
private struct FlightPlan {
    let flight: Flight
    let root: Int
    private let base: Int
    private let service: Int?
    let groups: [Int]
    let listed: Int?
    let ownEntry: Int?
    let deletions: Int?
    let tree: Int?
    let backLinks: [Int]
    let strategy: Strategy

    init(_ backEnd: BackEnd, _ known: RootDSE) {
        var flight = Flight()
        root = flight.add(RootDSE.request)
        base = flight.add(SearchRequest(entry: backEnd.search.baseDN, asking: IdentityAttribute.list))
        service = known.serviceName.map { flight.add(SearchRequest(entry: $0, asking: AttributeList(["invocationId"]))) }
        groups = backEnd.rules.byLDAPGroup.map { flight.add(GroupMembership.request($0.groupDN)) }
        listed = backEnd.search.groupDN.map { flight.add(ListedLogins.request($0)) }
        ownEntry = backEnd.connection.credentials.ownDN
            .map { flight.add(SearchRequest(entry: $0, asking: AttributeList(["1.1"]))) }
        strategy = known.strategies(for: backEnd).first
        deletions = known.deletionsRequest(strategy, backEnd).map { flight.add($0) }
        guard strategy != .full else {
            tree = nil
            backLinks = []
            self.flight = flight
            return
        }
        tree = Watch.fitsIntoOneAnswer(known) ? flight.add(Watch.treeRequest(backEnd)) : nil
        backLinks = backEnd.groupsBehindMemberOf.map { flight.add(GroupMembership.request($0)) }
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
