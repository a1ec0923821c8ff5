import Dispatch
import Foundation
import Synchronization

/// Ends any wait on a connection that lasts too long, by shutting its socket down.
///
/// libldap's own time limits do not cover a server that stops in the middle of a message or a TLS handshake. A shut
/// socket wakes whatever call is blocked on it. Classes, because a timer and the reading thread share it.
final class Watchdog: Sendable {
    enum Verdict: Sendable {
        case timedOut, stopped
    }

    private struct State {
        var descriptor: Int32?
        var deadline: DispatchTime?
        var verdict: Verdict?
        /// The timer is going to look.
        var isWatching = false
    }

    private let state: Mutex<State>
    private let timer: Mutex<any DispatchSourceTimer>
    private let seconds: Int

    /// Watches `descriptor`, which stays the caller's to close.
    init(descriptor: Int32, seconds: Int) {
        let timer = DispatchSource.makeTimerSource(queue: .global())
        state = Mutex(State(descriptor: descriptor))
        self.seconds = seconds
        timer.schedule(deadline: .distantFuture)
        self.timer = Mutex(timer)
        self.timer.withLock { timer in
            timer.setEventHandler { [weak self] in self?.look() }
            timer.resume()
        }
    }

    deinit { timer.withLock { $0.cancel() } }

    /// Why the connection was ended from this side, if it was.
    var verdict: Verdict? { state.withLock(\.verdict) }

    /// Starts, or starts again, the time that the next wait may take.
    func expectAnswer() {
        let deadline = DispatchTime.now() + .seconds(seconds)
        let isFirst = state.withLock { state in
            defer { state.isWatching = true }
            state.deadline = deadline
            return !state.isWatching
        }
        if isFirst { look(at: deadline) }
    }

    /// Nothing is being waited for.
    func rest() { state.withLock { $0.deadline = nil } }

    /// Ends the connection because Rollcall is to stop.
    func stop() { end(.stopped) }

    /// The descriptor is about to be closed and must not be touched any more.
    func release() {
        state.withLock { state in
            state.descriptor = nil
            state.deadline = nil
        }
    }

    /// A connection that rests costs nothing: the timer only runs while somebody waits, from one deadline to the next.
    private func look(at time: DispatchTime) {
        timer.withLock { $0.schedule(deadline: time, leeway: .milliseconds(100)) }
    }

    private func look() {
        let next = state.withLock { state in
            state.isWatching = state.deadline != nil
            return state.deadline
        }
        guard let next else { return }
        if next <= .now() { end(.timedOut) } else { look(at: next) }
    }

    private func end(_ verdict: Verdict) {
        state.withLock { state in
            guard let descriptor = state.descriptor, state.verdict == nil else { return }
            state.verdict = verdict
            shutdown(descriptor, Int32(SHUT_RDWR))
        }
    }
}
