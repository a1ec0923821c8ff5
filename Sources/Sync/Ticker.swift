import Dispatch
import Foundation
import Model
import Synchronization

/// What the service is asked to do next.
package enum Request: Sendable, Hashable {
    /// A cycle over all back ends, or over some of them.
    case cycle(Extent)
    case reload

    package enum Extent: Sendable, Hashable {
        case all
        case some(Set<Slot>)

        /// Both together.
        func union(_ other: Extent) -> Extent {
            if case .some(let slots) = self, case .some(let others) = other { return .some(slots.union(others)) }
            return .all
        }

        func includes(_ slot: Slot) -> Bool { if case .some(let slots) = self { slots.contains(slot) } else { true } }
    }
}

/// Turns the timer, signals and what directories tell into a stream of requests.
///
/// A timer tick while a cycle is waiting or running is dropped, so cycles never pile up; whatever else asks for one while
/// one is waiting is served by that one. A class because timer, signal handlers and the service share it.
package final class Ticker: Sendable {
    private struct State {
        var waiting: Request.Extent?
        var isRunning = false
        var timer: DispatchSource?
        var signals: [DispatchSource] = []
    }

    /// Wakes the service; what it is to do is then had from `next`.
    private enum Wake: Sendable { case cycle, reload }

    private let wakes: AsyncStream<Wake>
    private let continuation: AsyncStream<Wake>.Continuation
    private let state = Mutex(State())

    package init() { (wakes, continuation) = AsyncStream.makeStream(of: Wake.self) }

    /// The requests, each when the service is ready for it.
    package var requests: some AsyncSequence<Request, Never> {
        wakes.compactMap { [self] wake in
            switch wake {
            case .reload: .reload
            case .cycle: begin().map(Request.cycle)
            }
        }
    }

    /// Fires at once and then every `seconds`; replaces an earlier interval.
    package func start(everySeconds seconds: Int, immediately: Bool) {
        let timer = DispatchSource.makeTimerSource(queue: .global())
        let first: DispatchTime = immediately ? .now() : .now() + .seconds(seconds)
        timer.schedule(deadline: first, repeating: .seconds(seconds), leeway: .milliseconds(100))
        timer.setEventHandler { [weak self] in self?.tick() }
        timer.resume()
        // The class is Sendable, the protocol is not.
        guard let source = timer as? DispatchSource else { return }
        state.withLock { state in
            state.timer?.cancel()
            state.timer = source
        }
    }

    /// SIGHUP reads the configuration again, SIGUSR1 asks for a cycle now.
    package func listenToSignals() {
        listen(SIGHUP) { $0.continuation.yield(.reload) }
        listen(SIGUSR1) { $0.ask(.all) }
    }

    private func listen(_ number: Int32, _ handler: @escaping @Sendable (Ticker) -> Void) {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { [weak self] in self.map(handler) }
        source.resume()
        if let source = source as? DispatchSource { state.withLock { $0.signals.append(source) } }
    }

    private func tick() {
        if state.withLock({ $0.isRunning }) { return }
        ask(.all)
    }

    /// Asks for a cycle; joins the one that is waiting to begin, if there is one.
    package func ask(_ extent: Request.Extent) {
        let isFirst = state.withLock { state in
            defer { state.waiting = state.waiting.map { $0.union(extent) } ?? extent }
            return state.waiting == nil
        }
        if isFirst { continuation.yield(.cycle) }
    }

    /// The service begins a cycle, over all that was asked for.
    private func begin() -> Request.Extent? {
        state.withLock { state in
            defer { state.waiting = nil }
            state.isRunning = state.waiting != nil
            return state.waiting
        }
    }

    package func end() { state.withLock { $0.isRunning = false } }

    /// No more requests.
    package func finish() {
        state.withLock { state in
            state.timer?.cancel()
            for source in state.signals { source.cancel() }
        }
        continuation.finish()
    }
}
