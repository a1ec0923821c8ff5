import Foundation
import Support
import Testing

/// What `status` says about readings.
struct ReadingStatus: Decodable {
    struct BackEnd: Decodable {
        let strategy: String?
        let coverage: String?
        let reason: String?
    }
    struct Problem: Decodable {
        let kind: String
        let message: String
    }
    let backEnds: [BackEnd]
    let problems: [Problem]
}

extension Rollcall {
    func state() throws -> ReadingStatus {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(ReadingStatus.self, from: Data(self("status", "--json").output.utf8))
    }

    /// Runs a cycle that has to do nothing wrong.
    ///
    /// - Returns: how the first back end was read, such as `sync delta`.
    @discardableResult
    func read() throws -> String {
        let outcome = try cycle()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let backEnd = try #require(try state().backEnds.first)
        return "\(backEnd.strategy ?? "") \(backEnd.coverage ?? "")"
    }
}
