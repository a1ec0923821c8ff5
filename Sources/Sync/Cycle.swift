import ChangeLog
import Directory
import Foundation
import Logging
import Model
import Store

/// One pass over all back ends, in slot order.
package struct Cycle {
    private let configuration: Configuration
    private let store: Store
    private let delivery: Delivery?
    private let directories: Directories
    private let stop: StopSignal
    private let heartbeat: Heartbeat
    private let log: Logger

    /// - Parameters:
    ///   - delivery: nil leaves the records in the store, as a dry run does with its copy.
    ///   - directories: what is known of the back ends' servers from earlier cycles.
    package init(
        _ configuration: Configuration, store: Store, delivery: Delivery?, directories: Directories = Directories(),
        stop: StopSignal,
        heartbeat: Heartbeat = Heartbeat(), log: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.delivery = delivery
        self.directories = directories
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
        try delivery?.prepare()
        let number = try store.beginCycle(configuration, now: Clock.now())
        let pump = delivery.map(DeliveryPump.init)
        let backEnds = try readBackEnds(number, pump)
        let outcome = outcome(of: backEnds)
        try store.endCycle(number, outcome, now: Clock.now())
        try pump?.finish()
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
        let report = CycleReport(cycle: number, outcome: outcome, backEnds: backEnds, seconds: seconds)
        log.notice(
            "cycle finished",
            metadata: ["summary": "\(report.summary)", "outcome": "\(outcome.rawValue)", "seconds": "\(Self.rounded(seconds))"])
        return report
    }

    private func readBackEnds(_ number: Int64, _ pump: DeliveryPump?) throws -> [BackEndReport] {
        let knownGroups = try store.validGroups()
        for (slot, people) in try store.abandonedBackEnds() {
            log.warning(
                "a back end is no longer configured, its people stay as they are",
                metadata: ["back_end": "\(slot.key)", "people": "\(people)"])
        }
        var reports: [BackEndReport] = []
        for backEnd in configuration.backEnds where !stop.isRaised {
            var log = log
            log[metadataKey: "back_end"] = "\(backEnd.slot.key)"
            let part = BackEndCycle(
                backEnd: backEnd, store: store, cycle: number, knownGroups: knownGroups,
                servers: directories.servers(of: backEnd.slot), stop: stop, heartbeat: heartbeat, pump: pump, log: log)
            reports.append(try part.run())
        }
        return reports
    }

    private func outcome(of backEnds: [BackEndReport]) -> CycleOutcome {
        if backEnds.count < configuration.backEnds.count || backEnds.contains(where: \.wasStopped) { return .stopped }
        if backEnds.contains(where: { $0.failure != nil }) { return .failed }
        return backEnds.contains { $0.heldReason != nil } ? .held : .done
    }

    private static func rounded(_ seconds: Double) -> String { String(format: "%.3f", seconds) }
}
