import Support
import Testing

/// The server that all cases of a suite share: started before the first, ended after the last.
struct Running: SuiteTrait, TestScoping {
    @TaskLocal private static var current: (any LDAPServer)?

    let product: Product

    static var server: any LDAPServer {
        get throws {
            guard let current else { throw TestFailure("no server is running. The suite lacks its trait.") }
            return current
        }
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let server = try product.start()
        try await Self.$current.withValue(server) { try await function() }
    }
}

extension Trait where Self == Running {
    /// Runs a server of this kind for the suite.
    static func running(_ product: Product) -> Self { Running(product: product) }
}
