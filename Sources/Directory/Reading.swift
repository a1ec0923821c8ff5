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
    /// What concerns the back end as a whole, such as LDAP groups that could not be read.
    package private(set) var problems: [Problem] = []
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
    /// Why what was read beforehand is not all there is.
    var shortfall: String?
    var stream: Stream
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
        let counts = memory.saved?.memberCounts ?? [:]
        let (session, preliminaries) = try servers.begin(backEnd, before: counts, stop, log)
        self.session = session
        stream = Stream(identity: .usual(of: session.root.product), begin: now)
        mapping = EntryMapping(backEnd, knownGroups: memory.knownGroups)
        let offer = session.root.strategies(for: backEnd)
        strategies = offer.strategies
        plan = ReadingPlan(strategy: .full, cookie: nil, reason: "")
        knowledge = ReadingPlan.Knowledge(
            saved: memory.saved, lineage: preliminaries.lineage, request: mapping.requestDigest(backEnd),
            surroundings: preliminaries.digest, now: now)
        seesItself = preliminaries.seesItself
        if let refusal = offer.refusal {
            problems.append(.strategyRefused(strategy: backEnd.strategy.word, reason: refusal))
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
        surroundings.memberships = preliminaries.memberships
        surroundings.listedLogins = preliminaries.listed?.logins
        shortfall = preliminaries.listed?.shortfall
        problems += preliminaries.memberships.problems
        if preliminaries.hidesDeletions { problems.append(.deletionsHidden) }
        if seesItself == false, memory.saved?.seesItself == true {
            doubt = Self.lostSight
        }
        doubt = preliminaries.memberships.emptied ?? doubt
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
        let counts = zip(backEnd.rules.byLDAPGroup, surroundings.memberships.memberCounts)
            .compactMap { rule, count in count.map { (rule.groupDN, $0) } }
        let known = memory.saved?.memberCounts ?? [:]
        var state = ReadingState(
            strategy: plan.strategy, cookie: stream.cookie ?? plan.cookie ?? [], lineage: knowledge.lineage,
            request: knowledge.request, surroundings: knowledge.surroundings ?? 0, seesItself: seesItself ?? false,
            memberCounts: known.merging(counts) { $1 }, lastComplete: begin)
        if coverage == .delta, let saved = memory.saved {
            state.lastComplete = saved.lastComplete
            // Where memberships were not known, what has changed has to be looked at again when they are.
            if knowledge.surroundings == nil { state.surroundings = entryCount > 0 ? 0 : saved.surroundings }
        }
        return state
    }
}

extension Reading {
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
