import Foundation
import Model
import Support
import Testing

@testable import ChangeLog

/// The form of records that docs/change-log.schema.json promises.
@Suite struct SchemaTests {
    private static let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs").path

    private static let random: [Change] = {
        var random = RandomChange(20_261_125)
        return (0..<40 * RandomChange.kindCount).map { random.change($0 % RandomChange.kindCount) }
    }()

    private func validate(_ lines: [[UInt8]]) throws -> Outcome {
        let folder = try TestFolder()
        try Data(lines.flatMap { $0 + [0x0A] }).write(to: URL(fileURLWithPath: folder["log"]))
        return try Schema.validate(folder["log"])
    }

    @Test func `given records of every kind, when validated, then the schema finds nothing wrong with them`() throws {
        let records = (Self.random + Samples.all).enumerated().map { number, change in
            Record.form(Samples.record(change, sequence: Int64(number + 1), backEnd: number % 3 == 0 ? nil : Slot(number % 11)))
        }
        let outcome = try validate(records)
        #expect(outcome.status == 0, "\(outcome.output.prefix(500)) \(outcome.errors.prefix(500))")
    }

    @Test func `given a record with something more, less or else, when validated, then the schema finds it`() throws {
        let line = String(decoding: Record.form(Samples.record(Samples.all[0])), as: UTF8.self)
        for (old, new) in [
            (#""kind":"event","#, ""), (#""actor":"cycle""#, #""actor":"cycle","more":1"#), ("customer-user-added", "other"),
            (#""sequence":7"#, #""sequence":0"#), ("Z\",", "\","), ("\"previous\":\"0", "\"previous\":\"g"),
            ("CustomerUser1", "CustomerUser11"), (#","name":"anna""#, ""),
            (#","name":"anna""#, #","name":"anna","hash":"\#(String(repeating: "0", count: 64))""#),
            (#","name":"anna""#, #","hash":"anna""#), (#""to":"anna""#, #""to_digest":null"#),
        ] {
            let other = line.replacingOccurrences(of: old, with: new)
            #expect(other != line)
            #expect(try validate([Array(other.utf8)]).status == 1, "\(new) in place of \(old)")
        }
    }

    @Test func `given the lists of actions, when compared, then program, schema and documentation have the same`() throws {
        let schema = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: Schema.path))) as? [String: Any])
        let properties = { (object: Any?) in (object as? [String: Any])?["properties"] as? [String: Any] }
        let action = properties(properties(schema)?["event"])?["action"] as? [String: Any]
        let listed = try #require(action?["enum"] as? [String])
        #expect(Set(listed) == Set(Self.random.map(\.action)))
        let document = try String(contentsOfFile: Self.docs + "/change-log.md", encoding: .utf8)
        let table = try #require(
            document.components(separatedBy: "## Actions").last?.components(separatedBy: "`evidence.kind` is one of").first)
        for name in listed { #expect(table.contains("`\(name)`"), "\(name)") }
    }

    @Test func `given the documentation's examples, when read, then each action is there once, as the program writes it`()
        throws
    {
        let document = try String(contentsOfFile: Self.docs + "/change-log.md", encoding: .utf8)
        let part = try #require(document.components(separatedBy: "## Examples").last)
        let block = try #require(
            part.components(separatedBy: "```json\n").dropFirst().first?.components(separatedBy: "```").first)
        let lines = block.split(separator: "\n").map { Array($0.utf8) }
        var verifier = LogVerifier()
        var previous = ChainHash.zero
        var actions: [String] = []
        for (number, line) in lines.enumerated() {
            let record = try Record.form.decode(line)
            #expect(record.sequence == Int64(number + 1))
            #expect(
                String(decoding: Record.form(record, after: previous), as: UTF8.self) == String(decoding: line, as: UTF8.self))
            _ = try line.withUnsafeBytes { try verifier.take($0, file: "change-log.md", number: number + 1) }
            previous = try #require(Record.form.link(line)?.hash)
            actions.append(record.change.action)
        }
        #expect(Set(actions) == Set(Self.random.map(\.action)))
        #expect(actions.count == Set(actions).count)
        let outcome = try validate(lines)
        #expect(outcome.status == 0, "\(outcome.output.prefix(500))")
    }
}
