import ChangeLog
import Directory
import Foundation
import Logging
import Model
import Store

/// One pass over all back ends, or some of them, side by side.
package struct Cycle {
    private let configuration: Configuration
    private let store: Store
    private let delivery: Delivery?
    private let directories: Directories
    private let extent: Request.Extent
    private let stop: StopSignal
    private let heartbeat: Heartbeat
    private let log: Logger

    /// - Parameters:
    ///   - delivery: nil leaves the records in the store, as a dry run does with its copy.
    ///   - directories: what is known of the back ends' servers from earlier cycles.
    ///   - extent: which back ends to read.
    package init(
        _ configuration: Configuration, store: Store, delivery: Delivery?, directories: Directories = Directories(),
        extent: Request.Extent = .all, stop: StopSignal,
        heartbeat: Heartbeat = Heartbeat(), log: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.delivery = delivery
        self.directories = directories
        self.extent = extent
        self.stop = stop
        self.heartbeat = heartbeat
        self.log = log
    }

    /// Runs the cycle. Blocks; call it on a thread of its own.
    ///
    /// - Throws: a `StoreProblem` or a `LogProblem`. What a directory does wrong is in the report.
    package func run() throws -> CycleReport {
        let start = DispatchTime.now()
        heartbeat.progress()
        defer { heartbeat.rest() }
        let number = try store.beginCycle(configuration, now: Clock.now())
        let pump = delivery.map(DeliveryPump.init)
        // What a crash or a command has left, and whether numbers go on after those of a file that is ahead.
        pump?.deliverNow()
        let backEnds = try readBackEnds(number, pump)
        let customers = try store.settleCustomers(configuration, cycle: number, now: Clock.now())
        if let reason = customers.heldReason {
            log.warning("customers held", metadata: ["count": "\(customers.held)", "reason": "\(reason)"])
        }
        let rules = try store.settleCustomerRules(configuration, cycle: number, now: Clock.now())
        let requirements = try store.settleRequirements(configuration, cycle: number, now: Clock.now())
        let heldReasons = [customers.heldReason, rules.heldReason, requirements.heldReason].compactMap(\.self)
        for reason in heldReasons.dropFirst(customers.heldReason == nil ? 0 : 1) {
            log.warning("held", metadata: ["reason": "\(reason)"])
        }
        let report = CycleReport(
            cycle: number, outcome: outcome(of: backEnds, isHeld: !heldReasons.isEmpty), backEnds: backEnds,
            customers: customers, customerRules: rules, requirements: requirements,
            nanoseconds: Int64(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds))
        try store.endCycle(number, report.ending, now: Clock.now(), sign: signer)
        dropOldRecords()
        let head = try store.head()
        // For whoever asks later whether the change log was replaced: where this goes, nobody who can write that one has a say.
        log.notice(
            "cycle finished",
            metadata: [
                "summary": "\(report.summary)", "outcome": "\(report.outcome.rawValue)",
                "seconds": "\(Self.rounded(report.seconds))", "head": "\(head.sequence):\(head.hash)",
            ])
        try pump?.finish()
        return report
    }

    /// Read for every cycle, so that another key needs no restart. A head without a signature is worth more than no cycle.
    private var signer: HeadSigning? {
        guard delivery != nil, let path = configuration.signingKeyPath else { return nil }
        do {
            let signer = try HeadSigner(path: path)
            return { try signer.sign($0) }
        } catch {
            log.error("the head of the change log is not signed", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    /// Also a store that cannot is worth a cycle.
    private func dropOldRecords() {
        guard delivery != nil, let days = configuration.keepRecordsDays else { return }
        let now = Clock.now()
        do {
            let count = try store.dropRecords(before: now - Int64(days) * 86_400_000_000, now: now)
            if count > 0 { log.notice("old records have left the store", metadata: ["count": "\(count)"]) }
        } catch {
            log.error("old records stay in the store", metadata: ["reason": "\(error)"])
        }
    }

    private func readBackEnds(_ number: Int64, _ pump: DeliveryPump?) throws -> [BackEndReport] {
        let knownGroups = try store.validGroups()
        for (slot, people) in try store.abandonedBackEnds() {
            log.warning(
                "a back end is no longer configured, its people stay as they are",
                metadata: ["back_end": "\(slot.key)", "people": "\(people)"])
        }
        let backEnds = configuration.backEnds.filter { extent.includes($0.slot) }
        return try SideBySide.run(backEnds, width: Self.width, stop: stop) { backEnd, whenOthersAreDone in
            var log = log
            log[metadataKey: "back_end"] = "\(backEnd.slot.key)"
            let part = BackEndCycle(
                backEnd: backEnd, store: store, cycle: number, knownGroups: knownGroups, directories: directories, stop: stop,
                heartbeat: heartbeat, pump: pump, log: log)
            let report = try part.run(whenOthersAreDone: whenOthersAreDone)
            // The other servers may keep the cycle waiting.
            if backEnds.count > 1, report.counts != MergeCounts() { pump?.deliverSoon() }
            return report
        }
    }

    /// As many back ends are read at a time.
    private static let width = 10

    private func outcome(of backEnds: [BackEndReport], isHeld: Bool) -> CycleOutcome {
        if backEnds.count < configuration.backEnds.count(where: { extent.includes($0.slot) })
            || backEnds.contains(where: \.wasStopped)
        {
            return .stopped
        }
        if backEnds.contains(where: { $0.failure != nil }) { return .failed }
        return isHeld || backEnds.contains { $0.heldReason != nil } ? .held : .done
    }

    private static func rounded(_ seconds: Double) -> String { String(format: "%.3f", seconds) }
}
