import Foundation
import Logging
import Model

/// One pass over the directory of one back end.
///
/// A class because it owns a connection. Used by one thread at a time; while `people` runs, a thread of its own reads
/// ahead of the caller.
package final class Reading {
    /// What the mirror knows of the back end when a reading begins.
    package struct Memory: Sendable {
        /// What the last reading left; nil before the first one.
        package var saved: ReadingState?
        /// People who are present.
        package var people: Int
        /// Names of the groups that exist.
        package var knownGroups: [String]

        package init(saved: ReadingState?, people: Int, knownGroups: [String]) {
            self.saved = saved
            self.people = people
            self.knownGroups = knownGroups
        }
    }

    /// The server that answered, as a URI.
    package var server: String { session.server.description }
    /// What has come up about the back end as a whole and is not taken yet.
    private var news = News()
    /// Entries that the server has sent so far.
    package internal(set) var entryCount = 0
    /// Why the answer is not to be believed where it says that somebody is missing. Nil: nothing speaks against it.
    package internal(set) var doubt: String?

    let backEnd: BackEnd
    let memory: Memory
    let session: Session
    let log: Logger
    /// Microseconds since 1970 (UTC).
    let begin: Int64
    var mapping: EntryMapping
    var plan: ReadingPlan
    /// The strategies that are left, the one in use first.
    var strategies: [Strategy]
    var surroundings = Surroundings()
    /// Whom LDAP groups name otherwise than when the mirror, or this reading, looked at those people last.
    package internal(set) var changedMembers = GroupMembers()
    /// Why what was read beforehand is not all there is.
    var shortfall: String?
    var stream: Stream
    private var toldProblems: Set<Problem> = []
    private(set) var knowledge: ReadingPlan.Knowledge
    private(set) var seesItself: Bool?

    var connection: Connection { session.connection }

    /// Connects to a server, reads what the rules and filters need, and decides how to go about it.
    ///
    /// - Parameter now: microseconds since 1970 (UTC).
    /// - Throws: what the last server said.
    package init(
        _ backEnd: BackEnd, _ memory: Memory, over servers: BackEndServers, now: Int64, stop: StopSignal, log: Logger
    ) throws(DirectoryProblem) {
        self.backEnd = backEnd
        self.memory = memory
        self.log = log
        begin = now
        let known = memory.saved?.groups ?? [:]
        let (session, preliminaries) = try servers.begin(backEnd, known: known, now: now, stop, log)
        self.session = session
        stream = Stream(identity: .usual(of: session.root.product), begin: now)
        mapping = EntryMapping(backEnd, knownGroups: memory.knownGroups)
        let offer = session.root.strategies(for: backEnd)
        strategies = offer.strategies
        plan = ReadingPlan(strategy: .full, cookie: nil, reason: "")
        knowledge = ReadingPlan.Knowledge(
            saved: memory.saved, lineage: preliminaries.lineage, request: mapping.requestDigest(backEnd),
            surroundings: preliminaries.digest, groupDoubt: Self.doubt(about: preliminaries.memberships), now: now)
        changedMembers = preliminaries.memberships.changes
        seesItself = preliminaries.seesItself
        if let refusal = offer.refusal {
            news.problems.append(.strategyRefused(strategy: backEnd.strategy.word, reason: refusal))
        }
        take(preliminaries)
        decide()
    }

    /// Keeps the connection for the next reading: only after everything went well.
    package func park(in servers: BackEndServers) { servers.park(session) }

    // MARK: Before the people

    private func take(_ preliminaries: Preliminaries) {
        surroundings.identity = stream.identity
        surroundings.now = begin
        surroundings.listedLogins = preliminaries.listed?.logins
        shortfall = preliminaries.listed?.shortfall
        if preliminaries.hidesDeletions { news.problems.append(.deletionsHidden) }
        note(preliminaries.memberships)
        if seesItself == false, memory.saved?.seesItself == true {
            doubt = doubt ?? Self.lostSight
        }
    }

    func note(_ memberships: GroupMembership) {
        surroundings.memberships = memberships
        news.problems += memberships.problems.filter { !toldProblems.contains($0) }
        toldProblems.formUnion(memberships.problems)
        news.unsettled = memberships.unsettled
        doubt = memberships.emptied ?? doubt
    }

    /// What concerns the back end as a whole and has come up since the last call. To be taken before anything that was read
    /// meanwhile is merged.
    package func takeNews() -> News {
        defer { news = News() }
        return news
    }

    /// Chooses between everybody and what has changed, for the first of the strategies that are left.
    func decide() {
        plan = .make(strategies[0], backEnd, session.root, knowledge)
        // The attribute that tells the time is only asked for where it is of use.
        let stamp = plan.strategy == .changed ? session.root.timeStamp : nil
        mapping = EntryMapping(backEnd, knownGroups: memory.knownGroups, stamp: stamp)
    }

    // MARK: After the people

    /// - Parameter coverage: what `people` returned.
    package func end(_ coverage: Coverage) -> ReadingEnd {
        ReadingEnd(
            coverage: coverage, strategy: plan.strategy, reason: plan.reason, doubt: doubt, entries: entryCount,
            state: state(after: coverage))
    }

    /// What the next reading goes on from, to be kept together with the data of this one. Nil: what there was stays.
    private func state(after coverage: Coverage) -> ReadingState? {
        guard doubt == nil, coverage.shortfall == nil else { return nil }
        var state = ReadingState(
            strategy: plan.strategy, cookie: stream.cookie ?? plan.cookie ?? [], lineage: knowledge.lineage,
            request: knowledge.request, surroundings: knowledge.surroundings ?? 0, seesItself: seesItself ?? false,
            groups: surroundings.memberships.read(keepsMembers: plan.strategy != .full), lastComplete: begin)
        if coverage == .delta, let saved = memory.saved {
            state.lastComplete = saved.lastComplete
            // Where the surroundings were not known, what has changed has to be looked at again when they are.
            if knowledge.surroundings == nil { state.surroundings = entryCount > 0 ? 0 : saved.surroundings }
        }
        return state
    }
}

extension Reading {
    /// What concerns the back end as a whole.
    package struct News {
        /// Such as LDAP groups that could not be read.
        package var problems: [Problem] = []
        /// LDAP groups with which the mirror is not going to agree before the reading has come to its end.
        package var unsettled: [DecidingGroup] = []
    }

    /// What has come out of the stream of people so far.
    struct Stream {
        /// The attribute that has the immutable ids.
        var identity: IdentityAttribute
        /// Entries that have changed and have to be read again.
        var touched: [DirectoryID] = []
        /// Entries that came in part and have to be read by themselves.
        var unfinished: [String] = []
        /// The latest time stamp that an entry had.
        var lastChange: LastChange
        /// Where the next reading goes on.
        var cookie: [UInt8]?

        /// - Parameter begin: of the reading, in microseconds since 1970 (UTC).
        init(identity: IdentityAttribute, begin: Int64) {
            self.identity = identity
            lastChange = LastChange(before: begin)
        }

        mutating func note(_ page: MappedPage) {
            identity = page.identityAttribute ?? identity
            touched += page.touched
            unfinished += page.unfinished
            lastChange.note(page.lastChange)
        }
    }
}
