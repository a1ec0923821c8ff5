import Foundation
import Model
import Testing

@testable import Settings

@Suite("A configuration explained")
struct ExplanationTests {
    /// The explanation of a file, and where its bytes are.
    private func explain(_ text: String) throws -> (explanation: Explanation, place: (Int) -> String) {
        let environment = ["READER_PASSWORD": "geheim"]
        let reading = read(text, environment: environment)
        return (try #require(reading.explanation), { String(reading.place(at: $0).dropFirst("z.pm:".count)) })
    }

    @Test("given a rich configuration, when explained, then all that Rollcall understood is there with its place")
    func golden() throws {
        let (explanation, place) = try explain(ExplainedSample.file)
        #expect(explanation.lines(place: place).joined(separator: "\n") == ExplainedSample.text)
    }

    @Test("given a password, when explained in any way, then it never shows")
    func password() throws {
        let (explanation, place) = try explain(ExplainedSample.file)
        let json = String(decoding: try JSONEncoder().encode(explanation.document(place: place)), as: UTF8.self)
        #expect(json.contains("from UserPw"))
        #expect(!json.contains("geheim"))
        #expect(!String(reflecting: explanation).contains("geheim"))
    }

    @Test("given an explanation, when written as JSON, then a default has no place")
    func json() throws {
        let (explanation, place) = try explain(ExplainedSample.file)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let section = try #require(explanation.document(place: place).sections.last)
        #expect(
            String(decoding: try encoder.encode(section), as: UTF8.self)
                == #"{"lines":[{"label":"interval","place":"50:37","text":"60 seconds from the start of one cycle to the next"},"#
                + #"{"label":"changes","text":"with the next cycle"},"#
                + #"{"label":"plain text","text":"a warning where it holds a password"},"#
                + #"{"label":"store","place":"51:34","text":"/srv/mirror.sqlite"},"#
                + #"{"label":"change log","text":"/var/log/rollcall/changes.jsonl"}],"title":"Rollcall"}"#)
    }
}
