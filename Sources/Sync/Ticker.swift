import Dispatch
import Foundation
import Synchronization

/// What the service is asked to do next.
package enum Request: Sendable {
    case cycle
    case reload
}

/// Turns the timer and signals into a stream of requests.
///
/// A timer tick while a cycle is waiting or running is dropped, so cycles never pile up; SIGUSR1 asks for one more.
/// A class because timer, signal handlers and the service share it.
package final class Ticker: Sendable {
    private struct State {
        var isWaiting = false
        var isRunning = false
        var timer: DispatchSource?
        var signals: [DispatchSource] = []
    }

    package let requests: AsyncStream<Request>
    private let continuation: AsyncStream<Request>.Continuation
    private let state = Mutex(State())

    package init() { (requests, continuation) = AsyncStream.makeStream(of: Request.self) }

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
        listen(SIGUSR1) { $0.ask() }
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
        ask()
    }

    /// Asks for a cycle, unless one is waiting to begin.
    private func ask() {
        let isFirst = state.withLock { state in
            defer { state.isWaiting = true }
            return !state.isWaiting
        }
        if isFirst { continuation.yield(.cycle) }
    }

    /// The service begins a cycle.
    func begin() {
        state.withLock { state in
            state.isWaiting = false
            state.isRunning = true
        }
    }

    func end() { state.withLock { $0.isRunning = false } }

    /// No more requests.
    package func finish() {
        state.withLock { state in
            state.timer?.cancel()
            for source in state.signals { source.cancel() }
        }
        continuation.finish()
    }
}
