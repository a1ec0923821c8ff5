import Foundation
import Testing

import struct Support.Seeded

@testable import Settings

@Suite("No input crashes or hangs")
struct RobustnessTests {
    private static let bytesOfInterest = Array("'\"(){}[];,=>$@%\\/<#\n \r`-:.0azäq~".utf8)

    private func mutated(_ bytes: [UInt8], _ generator: inout Seeded) -> [UInt8] {
        var bytes = bytes
        if Int.random(in: 0..<4, using: &generator) == 0 {
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
        }
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let position = Int.random(in: 0..<bytes.count, using: &generator)
            let byte = Self.bytesOfInterest.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes.remove(at: position)
            case 1: bytes.insert(byte, at: position)
            case 2: bytes[position] = UInt8.random(in: 1...255, using: &generator)
            default: bytes[position] = byte
            }
        }
        return bytes
    }

    @Test("given thousands of damaged files, when read, then each is usable or says why not", arguments: [1, 20_261_122])
    func mutations(_ seed: UInt64) throws {
        var generator = Seeded(seed)
        let rich = PerlValueTests.bodies.joined(separator: "\n")
        let originals = [Sample.file(Sample.backEnd()), GoldenTests.file, Sample.file(Sample.backEnd() + rich)]
        for round in 0..<1_000 {
            let original = Array(originals[round % originals.count].utf8)
            let reading = ConfigurationReader.read(mutated(original, &generator), file: "z.pm", environment: [:])
            let hasError = reading.diagnostics.contains { $0.severity == .error }
            #expect(reading.isUsable != hasError, "seed \(seed), round \(round)")
        }
    }

    @Test("given the shipped sample cut anywhere, when read, then nothing crashes")
    func truncations() throws {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: shippedSample)))
        for length in stride(from: 0, to: bytes.count, by: 97) {
            let reading = ConfigurationReader.read(Array(bytes.prefix(length)), file: "z.pm", environment: [:])
            #expect(reading.isUsable != reading.diagnostics.contains { $0.severity == .error }, "\(length) bytes")
        }
    }

    @Test(
        "given 100,000 nested brackets, when read, then one message refuses them",
        arguments: ["[", "{", "(", "{a=>", "@{", "$x->{"])
    func nesting(_ bracket: String) {
        let text = "$Self->{CustomerUser} = " + String(repeating: bracket, count: 100_000)
        let lines = read(text).lines
        #expect(lines.count == 1)
        #expect(lines.first?.hasSuffix("nest deeper than 200 levels. Configurations need about ten: check this place.") == true)
    }

    @Test(
        "given as many brackets as are allowed, when read, then they are followed",
        arguments: [("[", "]"), ("(", ")"), ("{", "}")])
    func allowedNesting(_ open: String, _ close: String) {
        let value = String(repeating: open, count: 195) + String(repeating: close, count: 195)
        #expect(read(after: "$Self->{Other} = \(value); \(value);").lines == [])
    }

    @Test(
        "given long chains, when read, then nothing overflows",
        arguments: [
            "'a'" + String(repeating: " . 'a'", count: 50_000), String(repeating: "- ", count: 50_000) + "1",
            "$x" + String(repeating: "{a}", count: 50_000), String(repeating: "$", count: 50_000) + "x",
            "\"" + String(repeating: "$x", count: 20_000) + "\"",
        ])
    func chains(_ value: String) { #expect(read(after: "$Self->{Other} = \(value);").lines == []) }

    @Test("given values that grow deeper by each statement, when read, then the depth stays bounded")
    func growth() {
        #expect(read(after: "my $x = [];\n" + String(repeating: "$x = [ $x ];\n", count: 5_000)).lines == [])
        let own =
            "$Self->{'Rollcall::Groups'} = [];\n"
            + String(repeating: "$Self->{'Rollcall::Groups'} = [ $Self->{'Rollcall::Groups'} ];\n", count: 300)
        #expect(!read(after: own).isUsable)
    }

    @Test("given a file beyond the limit, when read, then one sentence refuses it")
    func size() {
        let bytes = [UInt8](repeating: UInt8(ascii: "$"), count: ForeignFile.byteLimit + 1)
        #expect(
            ConfigurationReader.read(bytes, file: "z.pm", environment: [:]).lines == [
                "z.pm: error: the file is larger than 8 MB. " + FileTests.remedy
            ])
    }
}
