import Dispatch
import Synchronization

/// Tells whether the work goes on, so that a watchdog is only fed while it does.
package final class Heartbeat: Sendable {
    private struct State {
        /// When the work in hand last got further; nil when there is none.
        var lastProgress: DispatchTime?
        var limitSeconds: Int
    }

    private let state: Mutex<State>

    /// - Parameter limitSeconds: how long work may go on without getting further.
    package init(limitSeconds: Int = 600) { state = Mutex(State(limitSeconds: limitSeconds)) }

    package func setLimit(seconds: Int) { state.withLock { $0.limitSeconds = seconds } }

    package func progress() { state.withLock { $0.lastProgress = .now() } }

    package func rest() { state.withLock { $0.lastProgress = nil } }

    package var isAlive: Bool {
        state.withLock { state in
            guard let last = state.lastProgress else { return true }
            return last + .seconds(state.limitSeconds) > .now()
        }
    }
}
