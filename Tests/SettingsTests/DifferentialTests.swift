import Foundation
import Support
import Testing

@testable import Settings

/// Configurations on disk for perl to judge.
struct JudgedCases {
    private let folder: TestFolder
    /// What the environment of both readers has.
    static let environment = ["ROLLCALL_TEST": "from the environment"]

    init() throws { folder = try TestFolder() }

    /// Adds a case: files in the order in which they take effect, and Rollcall's dump; nil if it refuses them.
    func add(_ number: UInt64, files: [(name: String, bytes: [UInt8])], dump: String?) throws {
        let path = folder["\(number)"]
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for file in files { try Data(file.bytes).write(to: URL(fileURLWithPath: "\(path)/\(file.name)")) }
        try Data(files.map { $0.name + "\n" }.joined().utf8).write(to: URL(fileURLWithPath: "\(path)/files"))
        try Data((dump ?? "null").utf8).write(to: URL(fileURLWithPath: "\(path)/dump.json"))
    }

    /// Perl's word on each case: `same`, `refused`, `rejected …` or `differs …`.
    func verdicts() throws -> [UInt64: String] {
        let judge = checkout.appendingPathComponent("Tests/SettingsTests/Judge.pl").path
        // Not more memory than a judge of small files needs, whatever a damaged one asks for.
        let script = "ulimit -v 2000000; exec perl \"$0\" \"$1\""
        let outcome = try run("/bin/sh", ["-c", script, judge, folder.path], environment: Self.environment)
        try #require(outcome.status == 0, "perl: \(outcome.errors)")
        var verdicts: [UInt64: String] = [:]
        for line in outcome.output.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1)
            if words.count == 2, let number = UInt64(words[0]) { verdicts[number] = String(words[1]) }
        }
        return verdicts
    }
}

@Suite("What Rollcall reads is what Perl builds")
struct DifferentialTests {
    /// Seeds a test; all together 5,000.
    static let seedsEach: UInt64 = 625

    @Test(
        "given random configurations in all forms, when dumped, then perl agrees on every value",
        arguments: (0..<8).map { 1 + $0 * seedsEach })
    func agreement(_ first: UInt64) throws {
        let cases = try JudgedCases()
        for seed in first..<(first + Self.seedsEach) {
            let file = PerlWriter.file(seed: seed)
            let reading = ConfigurationReader.read(file.bytes, file: file.name, environment: JudgedCases.environment)
            try cases.add(seed, files: [file], dump: reading.dump(showsSecrets: true))
        }
        let verdicts = try cases.verdicts()
        #expect(verdicts.count == Int(Self.seedsEach))
        for (seed, verdict) in verdicts where verdict != "same" {
            // What the writer cannot know beforehand, such as a structure that leads back to itself: then nobody reads it.
            let isRejectedByBoth = verdict.hasPrefix("rejected") && isRefused(seed)
            #expect(isRejectedByBoth, "seed \(seed): \(verdict)")
        }
        let same = verdicts.values.count { $0 == "same" }
        #expect(same * 100 >= verdicts.count * 99, "only \(same) of \(verdicts.count) configurations were read by both")
    }

    private func isRefused(_ seed: UInt64) -> Bool {
        let file = PerlWriter.file(seed: seed)
        return ConfigurationReader.read(file.bytes, file: file.name, environment: JudgedCases.environment).dump() == nil
    }
}
