import Synchronization

/// Raised once, from any thread, when work should come to an end: loops look at it, blocking waits are woken by it.
package final class StopSignal: Sendable {
    private struct State {
        var isRaised = false
        var nextToken = 0
        var wakeUps: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var isRaised: Bool { state.withLock(\.isRaised) }

    /// Wakes everybody who waits. Raising again does nothing.
    package func raise() {
        let wakeUps = state.withLock { state in
            state.isRaised = true
            defer { state.wakeUps = [:] }
            return Array(state.wakeUps.values)
        }
        for wakeUp in wakeUps { wakeUp() }
    }

    /// Calls `wakeUp` when raised; at once when it already is. Returns a token for `forget`.
    package func whenRaised(_ wakeUp: @escaping @Sendable () -> Void) -> Int {
        let token: Int? = state.withLock { state in
            guard !state.isRaised else { return nil }
            state.nextToken += 1
            state.wakeUps[state.nextToken] = wakeUp
            return state.nextToken
        }
        if token == nil { wakeUp() }
        return token ?? 0
    }

    package func forget(_ token: Int) { state.withLock { $0.wakeUps[token] = nil } }
}
