import Directory
import Dispatch
import Model

/// Whether a back end is tried at the moment. After a failure it rests, longer each time; after a refusal that another try
/// cannot better it rests until the configuration is read again.
struct Circuit: Sendable {
    enum Standing: Sendable, Equatable {
        /// It is tried.
        case closed
        /// It rests.
        case resting(DirectoryProblem, until: DispatchTime)
        /// It is not tried with this configuration.
        case blocked(DirectoryProblem)
    }

    private(set) var standing = Standing.closed
    private var failures = 0

    /// Seconds of the first rest. Each further one is twice as long.
    static let firstRestSeconds = 5.0
    static let longestRestSeconds = 600.0

    mutating func succeed() { self = Circuit() }

    /// The server answers again. Whether it can be read as well is still to be seen; if not, the next rest is longer.
    mutating func reopen() { standing = .closed }

    /// - Parameter jitter: 0 … 1; takes up to half of the rest away, so that many clients do not come back at once.
    /// - Returns: seconds until the next try; nil when there is none.
    mutating func fail(_ problem: DirectoryProblem, now: DispatchTime, jitter: Double) -> Double? {
        failures += 1
        if problem.isPermanent {
            standing = .blocked(problem)
            return nil
        }
        let doubled = Self.firstRestSeconds * Double(1 << min(failures - 1, 20))
        let seconds = min(Self.longestRestSeconds, doubled) * (1 - jitter / 2)
        standing = .resting(problem, until: now + .milliseconds(Int(seconds * 1000)))
        return seconds
    }
}
