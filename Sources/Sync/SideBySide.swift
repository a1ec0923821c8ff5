import Directory
import Dispatch
import Foundation
import Model
import Synchronization

/// Does something for several back ends at a time, each on a thread of its own.
enum SideBySide {
    private struct Outcome {
        var reports: [Slot: BackEndReport] = [:]
        var failure: (any Error)?
    }

    /// - Parameters:
    ///   - width: how many at a time.
    ///   - work: gets, beside the back end, a function that waits until those before it are done.
    /// - Returns: the reports in the order of the back ends. When `stop` is raised, those that have not begun are left out.
    /// - Throws: the first failure, after all have ended.
    static func run(
        _ backEnds: [BackEnd], width: Int, stop: StopSignal,
        _ work: @escaping @Sendable (BackEnd, () -> Void) throws -> BackEndReport
    ) throws -> [BackEndReport] {
        let outcome = Mutex(Outcome())
        let places = DispatchSemaphore(value: width)
        let all = DispatchGroup()
        var before: [DispatchGroup] = []
        for backEnd in backEnds {
            places.wait()
            let own = DispatchGroup()
            own.enter()
            all.enter()
            let others = before
            before.append(own)
            Thread.detachNewThread {
                defer {
                    own.leave()
                    places.signal()
                    all.leave()
                }
                if stop.isRaised { return }
                do {
                    let report = try work(backEnd) { for other in others { other.wait() } }
                    outcome.withLock { $0.reports[backEnd.slot] = report }
                } catch {
                    outcome.withLock { $0.failure = $0.failure ?? error }
                }
            }
        }
        all.wait()
        return try outcome.withLock { outcome in
            if let failure = outcome.failure { throw failure }
            return backEnds.compactMap { outcome.reports[$0.slot] }
        }
    }
}
