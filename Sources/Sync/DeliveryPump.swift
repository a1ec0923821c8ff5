import Dispatch
import Synchronization

/// Delivers beside a cycle, on a thread of its own, what the cycle has committed so far.
///
/// A first reading makes as many records as there are people; the file is written while the next ones are read. A
/// class, because the cycle and its thread share it.
final class DeliveryPump: Sendable {
    private struct State {
        var isWaiting = false
        var failure: (any Error)?
    }

    private let delivery: Delivery
    private let queue = DispatchQueue(label: "rollcall.delivery")
    private let state = Mutex(State())

    init(_ delivery: Delivery) { self.delivery = delivery }

    /// There may be something to deliver. Returns at once.
    func nudge() {
        let isFirst = state.withLock { state in
            defer { state.isWaiting = true }
            return !state.isWaiting && state.failure == nil
        }
        if isFirst { queue.async { [self] in deliver() } }
    }

    /// Waits for what is under way, and delivers the rest.
    ///
    /// - Throws: the first failure; what was not delivered stays in the store.
    func finish() throws {
        queue.sync { deliver() }
        if let failure = state.withLock(\.failure) { throw failure }
    }

    private func deliver() {
        let hasFailed = state.withLock { state in
            state.isWaiting = false
            return state.failure != nil
        }
        if hasFailed { return }
        do {
            try delivery.deliver()
        } catch {
            state.withLock { $0.failure = error }
        }
    }
}
