import Foundation

/// A thread for work that blocks for minutes. The threads on which tests run are as few as the processors, and other tests
/// wait for them.
package enum OwnThread {
    package static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
