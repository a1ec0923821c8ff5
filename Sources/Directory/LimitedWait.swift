import Dispatch
import Foundation
import Synchronization

/// Waits for work that has no limit of its own.
enum LimitedWait {
    /// The outcome, handed from the thread that works to the one that waits.
    private final class Answer<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }

    /// Does `work` on another thread, which is left behind when it takes too long or when `stop` is raised.
    ///
    /// - Returns: nil when it was left behind.
    static func run<Value: Sendable>(
        seconds: Int, stop: StopSignal? = nil, _ work: @escaping @Sendable () -> Value
    ) -> Value? {
        let answer = Answer<Value>()
        let done = DispatchSemaphore(value: 0)
        let token = stop?.whenRaised { done.signal() }
        defer { if let token { stop?.forget(token) } }
        Thread.detachNewThread {
            let value = work()
            answer.value.withLock { $0 = value }
            done.signal()
        }
        _ = done.wait(timeout: .now() + .seconds(seconds))
        return answer.value.withLock { $0 }
    }
}
