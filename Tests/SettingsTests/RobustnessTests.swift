import Foundation
import Testing

@testable import Settings

@Suite("No input crashes or hangs")
struct RobustnessTests {
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
            LongText("'a'" + String(repeating: " . 'a'", count: 50_000)),
            LongText(String(repeating: "- ", count: 50_000) + "1"),
            LongText("$x" + String(repeating: "{a}", count: 50_000)),
            LongText(String(repeating: "$", count: 50_000) + "x"),
            LongText("\"" + String(repeating: "$x", count: 20_000) + "\""),
        ])
    func chains(_ value: LongText) { #expect(read(after: "$Self->{Other} = \(value.text);").lines == []) }

    @Test("given values that grow deeper by each statement, when read, then the depth stays bounded")
    func growth() {
        #expect(read(after: "my $x = [];\n" + String(repeating: "$x = [ $x ];\n", count: 5_000)).lines == [])
        let own =
            "$Self->{'Rollcall::Groups'} = [];\n"
            + String(repeating: "$Self->{'Rollcall::Groups'} = [ $Self->{'Rollcall::Groups'} ];\n", count: 300)
        #expect(!read(after: own).isUsable)
    }

    @Test(
        "given few words that ask for very much, when read, then they are refused",
        arguments: [
            LongText("my $x = []; $x = [ $x, $x ];" + String(repeating: " $x = [ $x, $x ];", count: 100)),
            LongText("my @x = (1);" + String(repeating: " @x = (@x, @x);", count: 60) + " my $x = [ @x ];"),
            LongText("my $x = 'a';" + String(repeating: " $x .= $x;", count: 60) + " $x = [ $x ];"),
            LongText("my $x = [ ('a') x 1_000_000_000_000 ];"),
            LongText("my $x = [ 'a' x 1_000_000_000_000 ];"),
            LongText("my $x = [];" + String(repeating: " $x = []; $x->[99_999] = 1;", count: 1_000)),
            LongText("my $x = []; push @$x, $x, { a => $x };"),
            LongText("my $x = [ \"" + String(repeating: "$File", count: 20_000) + "\" ];"),
            LongText("my $x = [ \"" + String(repeating: "\\U\\L", count: 20_000) + "\" ];"),
            LongText("my $x = [ 2" + String(repeating: " ** 2", count: 100) + " ];"),
        ])
    func bounds(_ long: LongText) {
        let reading = read(after: long.text + " $Self->{'Rollcall::Groups'} = $x;")
        #expect(!reading.isUsable)
    }

    @Test("given thousands of mistakes, when read, then the first thousand are told and the others counted")
    func manyMistakes() {
        let own = "$Self->{'Rollcall::Groups'} = [ " + String(repeating: "f(),\n", count: 3_000) + " ];"
        let lines = read(after: own).lines
        #expect(lines.count == 1_001)
        #expect(lines.last == "z.pm: error: there are 2000 more findings than are shown here. Correct these, and check again.")
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

/// A text that a test report shows the beginning of.
struct LongText: Sendable, CustomTestStringConvertible {
    let text: String

    init(_ text: String) { self.text = text }

    var testDescription: String { "\(text.prefix(40))… (\(text.utf8.count) bytes)" }
}
