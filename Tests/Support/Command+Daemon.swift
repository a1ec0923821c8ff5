import Foundation

extension Command {
    /// Waits until a daemon that logs at the level `info` has written a change record, such as `customer-user-updated anna`.
    package func waitForChange(_ change: String, count: Int = 1, seconds: Int = 120) throws {
        try waitForErrors("change=\"\(change)\" ", count: count, seconds: seconds)
    }

    /// Ends a daemon as a service manager does.
    package func stopDaemon(seconds: Int = 20) throws -> Outcome {
        send(SIGTERM)
        return try finish(seconds: seconds)
    }
}
