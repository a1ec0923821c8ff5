import Foundation
import Support
import Testing

/// Random changes, random faults, random kills: in the end the mirror is what the directory has, and the change log tells
/// all of it. ROLLCALL_SOAK_SECONDS is how long it goes on, 60 by itself; ROLLCALL_SOAK_SEED plays a run again, as far as
/// timing allows.
@Suite struct SoakTests {
    @Test func `given changes, faults and kills at random, when all is quiet again, then mirror and log are right`()
        async throws
    {
        let environment = ProcessInfo.processInfo.environment
        let seconds = environment["ROLLCALL_SOAK_SECONDS"].flatMap { Int($0) } ?? 60
        let seed = environment["ROLLCALL_SOAK_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 1...UInt64.max)
        print("soak of \(seconds) s with seed \(seed)")
        let findings = try await OwnThread.run { try Self.findings(seconds, seed) }
        #expect(findings.isEmpty, "seed \(seed): \(findings.joined(separator: "\n"))")
    }

    private static func findings(_ seconds: Int, _ seed: UInt64) throws -> [String] {
        let soak = try Soak(seed)
        let end = ContinuousClock.now + .seconds(seconds)
        var steps = 0
        while ContinuousClock.now < end {
            try soak.step()
            steps += 1
            guard steps % 200 == 0 else { continue }
            let lost = try soak.lost()
            if !lost.isEmpty { return lost }
        }
        try soak.settle()
        print("soak: \(steps) steps, \(soak.summary)")
        return try soak.lost() + soak.differences()
    }
}
