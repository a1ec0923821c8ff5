import Foundation
import Model
import Support
import Testing

@testable import ChangeLog

/// Reading records back.
@Suite struct DecodingTests {
    private func decode(_ line: String) throws -> ChangeRecord { try Record.form.decode(Array(line.utf8)) }

    @Test(arguments: [7, 20_261_125, 3_141_592_653] as [UInt64])
    func `given random changes of every kind, when written and read, then they are the same`(_ seed: UInt64) throws {
        var random = RandomChange(seed)
        for round in 0..<400 {
            for kind in 0..<RandomChange.kindCount {
                let change = random.change(kind)
                let record = ChangeRecord(
                    sequence: Int64(random.random.number(1..<1 << 40)), microseconds: random.microseconds(),
                    cycle: random.random.oneIn(3) ? nil : Int64(round + 1), backEnd: Slot(random.random.number(-1..<11)),
                    actor: random.random.oneIn(2) ? nil : random.actor(), change: change)
                let line = Record.form(record)
                let read = try Record.form.decode(line)
                #expect(read == record, "seed \(seed), round \(round): \(String(decoding: line, as: UTF8.self))")
                #expect(Record.form(read) == line, "seed \(seed), round \(round)")
            }
        }
    }

    @Test func `given every sample, when written and read, then it is the same`() throws {
        for change in Samples.all {
            let record = Samples.record(change)
            var read = try Record.form.decode(Record.form(record))
            // A JSON object has no order.
            if case .customerUserAdded(let person, let fields) = read.change {
                read.change = .customerUserAdded(person, fields.reversed())
            }
            #expect(read == record)
        }
    }

    private static let head = #"{"@timestamp":"2023-11-14T22:13:20.000007Z","event":{"sequence":7,"action":"#
    private static let tail = #"},"rollcall":{"actor":"cycle"}}"#

    @Test(arguments: [
        "", "{", "[]", "null", "{}", "tail -F", #"{"@timestamp":"2023-11-14T22:13:20.000007Z"}"#,
        head.replacingOccurrences(of: "7,", with: #""7","#) + #""group-added"},"group":{"name":"vip"},"rollcall":{}}"#,
    ])
    func `given a line that is no record, when read, then that is said`(_ line: String) {
        let error = #expect(throws: UnreadableRecord.self) { try decode(line) }
        #expect(error?.description == "it is no JSON of a change record")
    }

    @Test(arguments: ["", "yesterday", "2023-11-14T22:13:20Z", "2023-02-30T22:13:20.000007Z", "2023-11-14T22:13:20.000007+"])
    func `given a time that is none, when read, then it is named`(_ time: String) {
        let line = Self.head.replacingOccurrences(of: "2023-11-14T22:13:20.000007Z", with: time)
        let error = #expect(throws: UnreadableRecord.self) { try decode(line + #""group-added""# + Self.tail) }
        #expect(error?.description == "its @timestamp '\(time)' is no time in UTC with microseconds")
    }

    @Test(arguments: [
        "group-deleted", "group-added", "group-renamed", "grant-added", "grant-removed", "grant-held", "grant-withheld",
        "grant-released", "customer-added", "customer-updated", "customer-invalidated", "customer-user-added",
        "customer-user-updated", "customer-user-renamed", "customer-user-revalidated", "customer-user-invalidated",
        "customer-user-removal-held", "customer-user-removal-approved", "always-group-added", "always-group-removed",
        "settings-deployed",
    ])
    func `given an action that is not known or lacks its parts, when read, then it is named`(_ action: String) {
        let error = #expect(throws: UnreadableRecord.self) { try decode(Self.head + "\"\(action)\"" + Self.tail) }
        #expect(error?.description == "its action '\(action)' is not known, or a part of it is missing")
    }
}

/// Moments as the change log writes them.
@Suite struct TimestampTests {
    @Test(arguments: [7, 20_261_125] as [UInt64])
    func `given random moments of ten thousand years, when written and read, then they are the same`(_ seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<20_000 {
            let moment = Int64.random(in: -62_167_219_200_000_000...253_402_300_799_999_999, using: &random)
            let text = String(decoding: Timestamp.text(moment), as: UTF8.self)
            #expect(Timestamp.microseconds(text) == moment, "seed \(seed): \(text)")
        }
    }

    @Test(arguments: [
        "2023-11-14t22:13:20.000007Z", "2023-11-14T22:13:20.000007z", "2023-11-14 22:13:20.000007Z",
        "2023-13-01T00:00:00.000000Z", "2023-00-01T00:00:00.000000Z", "2023-02-29T00:00:00.000000Z",
        "2023-01-01T24:00:00.000000Z", "2023-01-01T00:60:00.000000Z", "2023-01-01T00:00:60.000000Z",
        "+023-01-01T00:00:00.000000Z", "2023-+1-01T00:00:00.000000Z", "2023-01-01T00:00:00.+00000Z",
        "2023-01-01T00:00:00.00000Z",
        "2023-01-01T00:00:00.0000000Z", "٢٠٢٣-01-01T00:00:00.0Z",
    ])
    func `given a text that is no such moment, when read, then it is none`(_ text: String) {
        #expect(Timestamp.microseconds(text) == nil)
    }
}
