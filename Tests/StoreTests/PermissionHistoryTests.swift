import Foundation
import Support
import Testing

/// Random histories of directories, configurations and commands against the plainest idea of permissions.
///
/// `ROLLCALL_HISTORIES` says how many, and `ROLLCALL_HISTORY_SEED` where to begin.
@Suite struct PermissionHistoryTests {
    private static func setting(_ name: String, _ usual: UInt64) -> UInt64 {
        ProcessInfo.processInfo.environment[name].flatMap(UInt64.init) ?? usual
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `given random histories, when the product is asked who may do what and why, then it agrees with plain loops`(
        _ part: UInt64
    ) throws {
        let first = Self.setting("ROLLCALL_HISTORY_SEED", 20_261_125)
        let count = Self.setting("ROLLCALL_HISTORIES", 240)
        for seed in first..<first + count where seed % 4 == part { try follow(seed) }
    }

    private func follow(_ seed: UInt64) throws {
        // In memory: the disk would take most of the time.
        let history = try PermissionHistory(seed, in: TestFolder(below: "/dev/shm"))
        for round in 1...8 {
            try history.step()
            if round % 3 == 0 { try history.check() }
        }
        try history.check()
        try history.checkPast()
        try history.checkProvenance()
    }
}
