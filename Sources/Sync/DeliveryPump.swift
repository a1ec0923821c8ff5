import Dispatch
import Store
import Synchronization

/// Delivers beside a cycle, on a thread of its own, what the cycle has committed so far.
///
/// A first reading makes as many records as there are people; the file is written while the next ones are read. A
/// class, because the cycle and its thread share it.
final class DeliveryPump: Sendable {
    private struct State {
        var waiting: [RecordRun] = []
        var waitingBytes = 0
        var isScheduled = false
        var failure: (any Error)?
    }

    /// What waits beyond this is read from the store in its turn.
    private static let byteLimit = 4 << 20

    private let delivery: Delivery
    private let queue = DispatchQueue(label: "rollcall.delivery")
    private let state = Mutex(State())

    init(_ delivery: Delivery) { self.delivery = delivery }

    /// These have been committed. Returns at once.
    func take(_ records: RecordRun) {
        let isFirst = state.withLock { state in
            guard state.failure == nil else { return false }
            if state.waitingBytes + records.lines.count <= Self.byteLimit || state.waiting.isEmpty {
                state.waiting.append(records)
                state.waitingBytes += records.lines.count
            }
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { queue.async { [self] in deliverWaiting() } }
    }

    /// Waits for what is under way, and delivers the rest.
    ///
    /// - Throws: the first failure; what was not delivered stays in the store.
    func finish() throws {
        queue.sync {
            deliverWaiting()
            attempt { try delivery.deliver() }
        }
        if let failure = state.withLock(\.failure) { throw failure }
    }

    private func deliverWaiting() {
        let waiting = state.withLock { state in
            defer {
                state.waiting = []
                state.waitingBytes = 0
                state.isScheduled = false
            }
            return state.waiting
        }
        if !waiting.isEmpty { attempt { try delivery.deliver(waiting) } }
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
