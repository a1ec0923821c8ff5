import Directory
import Dispatch
import Logging
import Model
import Store

/// One back end's part of a cycle: read, merge, settle, close.
struct BackEndCycle {
    let backEnd: BackEnd
    let store: Store
    let cycle: Int64
    let knownGroups: [String]
    let directories: Directories
    let stop: StopSignal
    let heartbeat: Heartbeat
    let pump: DeliveryPump?
    let log: Logger

    /// - Throws: only what concerns the store; a directory's failure is part of the report.
    ///
    /// - Parameter whenOthersAreDone: waits until the back ends of lower slots have been read.
    func run(whenOthersAreDone: () -> Void) throws -> BackEndReport {
        var report = BackEndReport(slot: backEnd.slot)
        if let reason = reasonToWait {
            report.failure = reason
        } else {
            do {
                try read(into: &report, whenOthersAreDone)
                directories.noteSuccess(backEnd.slot)
            } catch let problem as DirectoryProblem {
                report.failure = "\(problem)"
                report.wasStopped = problem.kind == .stopped
                directories.noteFailure(problem, of: backEnd)
                if problem.spoilsCookie { try store.forgetCookie(of: backEnd.slot) }
            }
        }
        if let failure = report.failure, report.end == nil, !report.wasStopped {
            try store.setFailure(failure, of: backEnd.slot, cycle: cycle, now: Clock.now())
        }
        logProblems(report)
        return report
    }

    /// Why the back end is not even tried.
    private var reasonToWait: String? {
        switch directories.standing(of: backEnd.slot) {
        case .closed: return nil
        case .resting(let problem, let until):
            let now = DispatchTime.now()
            let seconds = until > now ? (until.uptimeNanoseconds - now.uptimeNanoseconds) / 1_000_000_000 : 0
            return "\(problem) Tried again in \(seconds) s"
        case .blocked(let problem): return "\(problem) Not tried again before the configuration is read again (SIGHUP)"
        }
    }

    private func read(into report: inout BackEndReport, _ whenOthersAreDone: () -> Void) throws {
        heartbeat.progress()
        let servers = directories.servers(of: backEnd.slot)
        let memory = try store.memory(of: backEnd.slot)
        // Whoever comes first gets a login; where all are new, the order of the slots has to decide from the start.
        if !memory.isKnown { whenOthersAreDone() }
        let reading = try Reading(
            backEnd, Reading.Memory(saved: memory.state, people: memory.people, knownGroups: knownGroups), over: servers,
            now: Clock.now(), stop: stop, log: log)
        let merge = Merge(store, backEnd, cycle: cycle, server: reading.server, clock: Clock.now)
        defer { report.counts = merge.counts }
        let coverage = try readPeople(reading, merge, isFirst: !memory.isKnown)
        let end = try end(coverage, of: reading, merge, whenOthersAreDone)
        heartbeat.progress()
        let result = try merge.close(end)
        report.end = end
        report.people = result.people
        report.heldReason = result.heldReason
        if let reason = end.shortfall {
            let words = coverage.shortfall == nil ? "is not believed" : "was cut short"
            report.failure = "\(reading.server): reading \(words): \(reason)."
        }
        reading.park(in: servers)
    }

    private func readPeople(_ reading: Reading, _ merge: Merge, isFirst: Bool) throws -> Coverage {
        do {
            let encodeAddition = isFirst ? try store.additionEncoder(cycle: cycle, of: backEnd.slot) : nil
            return try reading.people(encodeAddition: encodeAddition) { pages in
                heartbeat.progress()
                try note(reading.takeNews(), merge)
                if let records = try merge.apply(pages) { pump?.take(records) }
            }
        } catch {
            // The people who were read so far stay.
            try merge.endFirstFill()
            throw error
        }
    }

    private func note(_ news: Reading.News, _ merge: Merge) throws {
        try merge.report(news.problems)
        try merge.unsettle(news.unsettled)
    }

    /// Settles what the reading left open, and looks whether it can still be believed when something is to be taken away.
    private func end(
        _ coverage: Coverage, of reading: Reading, _ merge: Merge, _ whenOthersAreDone: () -> Void
    ) throws -> ReadingEnd {
        if coverage.shortfall == nil, merge.hasNewNames { try reading.readGroupsAnew() }
        try note(reading.takeNews(), merge)
        let end = reading.end(coverage)
        guard coverage.shortfall == nil else { return end }
        try settle(reading, merge, end, whenOthersAreDone)
        guard merge.takesAway else { return end }
        try reading.confirmRights()
        return reading.end(coverage)
    }

    /// After a reading that came to its end: those whom it left open, and those whom LDAP groups name otherwise than
    /// before, are looked for by immutable id, and what waited for that is decided.
    private func settle(
        _ reading: Reading, _ merge: Merge, _ end: ReadingEnd, _ whenOthersAreDone: () -> Void
    ) throws {
        for ids in [try merge.candidates(after: end), try merge.people(among: reading.changedMembers)] {
            try reading.reread(ids) { page in
                heartbeat.progress()
                try merge.apply(page)
            }
        }
        try reading.reread(merge.waitingRenames) { try merge.collectRenames($0) }
        try merge.settleRenames()
        try reading.reread(merge.latecomers) { page in
            heartbeat.progress()
            try merge.applyLatecomers(page)
        }
        guard try merge.hasClaimants() else { return }
        // A login may have become free in a back end with a lower slot.
        whenOthersAreDone()
        try reading.reread(try merge.heirs()) { try merge.apply($0) }
    }

    // MARK: Telling people

    /// How many new problems of one back end are told one by one.
    private static let problemLimit = 20

    private func logProblems(_ report: BackEndReport) {
        if let failure = report.failure, !report.wasStopped {
            log.error("back end could not be read, its people stay as they are", metadata: ["reason": "\(failure)"])
        }
        if let reason = report.heldReason {
            log.warning(
                "removals held",
                metadata: ["people": "\(report.counts.held)", "grants": "\(report.counts.grantsHeld)", "reason": "\(reason)"])
        }
        let new = (try? store.newProblems(of: backEnd.slot, cycle: cycle)) ?? []
        for message in new.prefix(Self.problemLimit) { log.warning("problem", metadata: ["problem": "\(message)"]) }
        if new.count > Self.problemLimit {
            log.warning("more problems: see 'rollcall status'", metadata: ["count": "\(new.count - Self.problemLimit)"])
        }
    }
}
