import Foundation
import Logging
import Model

/// Looks at a back end's servers as a cycle would, and says what a cycle would come to. Changes nothing anywhere.
package struct Probe: Sendable {
    let backEnd: BackEnd
    let mapping: EntryMapping
    let knownGroups: [String]
    let log: Logger

    /// - Parameter knownGroups: names of the groups that exist: others are given to nobody.
    package init(_ backEnd: BackEnd, knownGroups: [String], log: Logger) {
        self.backEnd = backEnd
        self.knownGroups = knownGroups
        self.log = log
        mapping = EntryMapping(backEnd, knownGroups: knownGroups)
    }

    /// Asks every server, each by itself. A refused bind is not tried elsewhere: it could lock the account.
    package func run() -> BackEndProbe {
        var probe = BackEndProbe(slot: backEnd.slot, name: backEnd.name)
        let servers = backEnd.connection.servers
        for (index, server) in servers.enumerated() {
            let report = report(on: server)
            probe.reports.append(report)
            if report.failure?.kind == .credentials {
                probe.untried = servers[(index + 1)...].map(\.description)
                break
            }
        }
        return probe
    }

    private var request: SearchRequest {
        SearchRequest(among: backEnd, matching: backEnd.peopleFilter, asking: mapping.attributes)
    }

    private func report(on server: Server) -> ProbeReport {
        var report = ProbeReport(
            server: server.description, command: request.command(to: server, as: backEnd.connection))
        do throws(DirectoryProblem) {
            let connection = try Connection(to: server, as: backEnd.connection, stop: StopSignal())
            report.certificate = connection.peerCertificate
            try look(over: connection, &report)
        } catch {
            report.failure = error
        }
        return report
    }

    private func look(over connection: Connection, _ report: inout ProbeReport) throws(DirectoryProblem) {
        let root = try RootDSE(of: connection)
        report.root = root
        let offer = root.strategies(for: backEnd)
        report.offer = offer
        report.blindSpots += blindSpots(of: root)
        let surroundings = try surroundings(over: Session(connection: connection, root: root, limits: AnswerLimits()), &report)
        let tally = try tally(over: connection, root, surroundings)
        report.people = tally.people
        report.blindSpots += blindSpots(of: tally)
        try BlindSpotSearch(backEnd: backEnd, connection: connection, root: root).run(tally, &report.blindSpots)
    }

    private func blindSpots(of root: RootDSE) -> [BlindSpot] {
        guard root.isShown else { return [.rootDSE] }
        let base = backEnd.search.baseDN
        let isInside = root.namingContexts.contains { DistinguishedName.isAt(base, orBelow: $0) != false }
        return isInside || root.namingContexts.isEmpty ? [] : [.base(dn: base, contexts: root.namingContexts)]
    }

    // MARK: What is read beforehand

    private func surroundings(
        over session: Session, _ report: inout ProbeReport
    ) throws(DirectoryProblem) -> Surroundings {
        let now = Int64(Date().timeIntervalSince1970 * 1e6)
        let preliminaries = try Preliminaries(of: backEnd, known: [:], now: now, over: session)
        var surroundings = Surroundings(identity: .usual(of: session.root.product), now: now)
        if preliminaries.hidesDeletions { report.blindSpots.append(.deletions) }
        surroundings.memberships = preliminaries.memberships
        note(surroundings.memberships, in: &report)
        surroundings.listedLogins = preliminaries.listed?.logins
        if let reason = preliminaries.listed?.shortfall { report.blindSpots.append(.listed(reason: reason)) }
        let valid = try ValidPeopleReader(
            backEnd: backEnd, connection: session.connection, root: session.root, log: log
        ).validPeople()
        surroundings.valid = valid?.ids
        if let problem = valid?.problem { report.blindSpots.append(.valid(problem)) }
        return surroundings
    }

    private func note(_ memberships: GroupMembership, in report: inout ProbeReport) {
        report.groups = zip(backEnd.rules.byLDAPGroup, memberships.memberCounts).map { rule, count in
            ProbedGroup(dn: rule.groupDN, members: count)
        }
        report.blindSpots += memberships.problems.map { .group($0) }
        report.blindSpots += report.groups.filter { $0.members == 0 }.map { .members(groupDN: $0.dn) }
    }

    // MARK: People

    private func tally(
        over connection: Connection, _ root: RootDSE, _ surroundings: Surroundings
    ) throws(DirectoryProblem) -> PeopleTally {
        log.search(request, to: connection.server, as: backEnd.connection)
        var tally = PeopleTally(backEnd, attributes: mapping.attributes, knownGroups: knownGroups)
        var page = MappedPage(mapping: mapping, surroundings: surroundings)
        let coverage = try connection.search(request, root: root) { message throws(DirectoryProblem) in
            try connection.check(page.append(message), "decoding an entry")
            guard page.isFull else { return }
            tally.add(page)
            page.removeAll()
        }
        tally.add(page)
        tally.finish(coverage)
        return tally
    }

    private func blindSpots(of tally: PeopleTally) -> [BlindSpot] {
        let people = tally.people
        var spots: [BlindSpot] = people.shortfall.map { [.rest(reason: $0)] } ?? []
        if people.matching > 0 {
            if tally.hiddenIDs > 0 { spots.append(.immutableID(hidden: tally.hiddenIDs, matching: people.matching)) }
            spots += backEnd.takenAttributes.filter { !tally.isShown($0.name) }
                .map { .attribute($0, matching: people.matching) }
        }
        if people.mirrored == 0 { spots.append(.everybody(matching: people.matching)) }
        return spots
    }
}
