import Dispatch
import Store
import Synchronization

/// Delivers beside a cycle, on a thread of its own, what the cycle has committed so far.
///
/// A first reading makes as many records as there are people; the file is written while the next ones are read. A
/// class, because the cycle and its thread share it.
package final class DeliveryPump: Sendable {
    private struct State {
        var waiting: [RecordRun] = []
        var failure: (any Error)?
    }

    private let delivery: Delivery
    private let queue = DispatchQueue(label: "rollcall.delivery")
    private let state = Mutex(State())
    /// For what is not delivered yet: one piece, while the next one is made. Who commits faster than the file can be written
    /// has to wait at some time anyway; so memory stays the same.
    private let places = DispatchSemaphore(value: 1)

    package init(_ delivery: Delivery) { self.delivery = delivery }

    /// These have been committed. Returns at once, unless the file is far behind.
    package func take(_ records: RecordRun) {
        places.wait()
        state.withLock { $0.waiting.append(records) }
        queue.async { [self] in deliverWaiting() }
    }

    /// Delivers whatever has been committed so far.
    package func deliverNow() { queue.sync { attempt { try delivery.deliver() } } }

    /// The same, returning at once.
    func deliverSoon() { queue.async { [self] in attempt { try delivery.deliver() } } }

    /// Waits for what is under way, and delivers the rest.
    ///
    /// - Throws: the first failure; what was not delivered stays in the store.
    package func finish() throws {
        deliverNow()
        if let failure = state.withLock(\.failure) { throw failure }
    }

    private func deliverWaiting() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        if !waiting.isEmpty { attempt { try delivery.deliver(waiting) } }
        for _ in waiting { places.signal() }
    }

    private func attempt(_ body: () throws -> Void) {
        if state.withLock({ $0.failure != nil }) { return }
        do {
            try body()
        } catch {
            state.withLock { $0.failure = error }
        }
    }
}
