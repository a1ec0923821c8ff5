import Foundation
import Support
import Testing

@testable import Settings

@Suite("Damaged files")
struct DamageTests {
    /// All together 100,000.
    static let roundsEach = 12_500

    @Test(
        "given a hundred thousand damaged files, when read, then each is usable or says why not",
        arguments: (0..<8).map { UInt64($0) })
    func survival(_ seed: UInt64) {
        var random = Seeded(seed)
        let rich = PerlValueTests.bodies.joined(separator: "\n")
        let originals =
            [Sample.file(Sample.backEnd()), Sample.file(Sample.backEnd() + rich)].map { Array($0.utf8) }
            + (0..<20).map { PerlWriter.file(seed: seed &* 100 + $0).bytes }
        for round in 0..<Self.roundsEach {
            let damaged = Damage.of(originals[round % originals.count], &random)
            let reading = ConfigurationReader.read(damaged, file: "z.pm", environment: [:])
            let hasError = reading.diagnostics.contains { $0.severity == .error }
            if reading.isUsable == hasError { Issue.record("seed \(seed), round \(round)") }
        }
    }

    /// Seeds a test; all together 4,000.
    static let judgedEach: UInt64 = 500

    @Test(
        "given thousands of damaged files, when perl loads one otherwise than Rollcall, then Rollcall has said that it may",
        arguments: (0..<8).map { 1_000_000 + $0 * judgedEach })
    func agreement(_ first: UInt64) throws {
        let cases = try JudgedCases()
        var silent: Set<UInt64> = []
        for seed in first..<(first + Self.judgedEach) {
            var random = Seeded(seed)
            let (name, bytes) = PerlWriter.file(seed: seed / 4)
            let damaged = Damage.of(bytes, &random)
            let (dump, isSilent) = read(damaged, name)
            if isSilent { silent.insert(seed) }
            try cases.add(seed, files: [(name, damaged)], dump: dump)
        }
        let verdicts = try cases.verdicts()
        #expect(verdicts.count == Int(Self.judgedEach))
        for (seed, verdict) in verdicts where verdict.hasPrefix("differs") && silent.contains(seed) {
            Issue.record("seed \(seed): \(verdict)")
        }
        #expect(verdicts.values.contains("same"))
    }

    /// The dump, if there is one, and whether nothing at all was said while the settings were read.
    private func read(_ bytes: [UInt8], _ name: String) -> (dump: String?, isSilent: Bool) {
        var run = SettingsRun(environment: JudgedCases.environment)
        run.run([SourceFile(path: name, bytes: bytes)])
        let settings = run.settings()
        guard run.problems.isEmpty, !run.findings.hasErrors else { return (nil, false) }
        var dump = SettingsDump(showsSecrets: true)
        return (dump.json(of: settings), run.findings.all.isEmpty)
    }
}
