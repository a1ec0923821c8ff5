import Directory
import Dispatch
import Foundation
import Logging
import Model
import Synchronization

/// What the daemon remembers of its back ends' servers from one cycle to the next, and how it goes on trying those that
/// fail: beside the cycles, so that a dead server never keeps the others waiting.
///
/// A class because it outlives the cycles.
package final class Directories: Sendable {
    private struct State {
        var servers: [Slot: BackEndServers] = [:]
        var circuits: [Slot: Circuit] = [:]
        /// Counts configurations; what was begun under an earlier one no longer counts.
        var generation = 0
    }

    /// Tries again in the background, and what to do when a back end is there again.
    package struct Recovery: Sendable {
        let stop: StopSignal
        let log: Logger
        let whenBack: @Sendable (Slot) -> Void

        package init(stop: StopSignal, log: Logger, whenBack: @escaping @Sendable (Slot) -> Void) {
            self.stop = stop
            self.log = log
            self.whenBack = whenBack
        }
    }

    private let state = Mutex(State())
    private let recovery: Recovery?

    /// - Parameter recovery: nil tries every back end in every cycle, and only then.
    package init(_ recovery: Recovery? = nil) { self.recovery = recovery }

    func servers(of slot: Slot) -> BackEndServers {
        state.withLock { state in
            let servers = state.servers[slot] ?? BackEndServers()
            state.servers[slot] = servers
            return servers
        }
    }

    func standing(of slot: Slot) -> Circuit.Standing {
        if recovery == nil { return .closed }
        return state.withLock { $0.circuits[slot]?.standing ?? .closed }
    }

    /// The configuration has been read again: everybody is tried anew.
    package func forgetFailures() {
        state.withLock { state in
            state.circuits = [:]
            state.generation += 1
        }
    }

    func noteSuccess(_ slot: Slot) { state.withLock { $0.circuits[slot] = nil } }

    func noteFailure(_ problem: DirectoryProblem, of backEnd: BackEnd) {
        guard let recovery, problem.kind != .stopped else { return }
        let (seconds, generation) = state.withLock { state in
            (
                state.circuits[backEnd.slot, default: Circuit()]
                    .fail(problem, now: .now(), jitter: Double.random(in: 0...1)),
                state.generation
            )
        }
        guard let seconds else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [self] in
            // A thread of its own: a dead server may block it for long.
            Thread.detachNewThread { self.tryAgain(backEnd, generation, recovery) }
        }
    }

    private func tryAgain(_ backEnd: BackEnd, _ generation: Int, _ recovery: Recovery) {
        guard !recovery.stop.isRaised, isCurrent(generation) else { return }
        var log = recovery.log
        log[metadataKey: "back_end"] = "\(backEnd.slot.key)"
        do {
            try servers(of: backEnd.slot).connect(backEnd, stop: recovery.stop, log: log)
            guard isCurrent(generation) else { return }
            state.withLock { $0.circuits[backEnd.slot]?.reopen() }
            log.notice("the directory answers again")
            recovery.whenBack(backEnd.slot)
        } catch {
            guard isCurrent(generation) else { return }
            log.info("the directory still cannot be reached", metadata: ["problem": "\(error)"])
            noteFailure(error, of: backEnd)
        }
    }

    private func isCurrent(_ generation: Int) -> Bool { state.withLock { $0.generation == generation } }
}
