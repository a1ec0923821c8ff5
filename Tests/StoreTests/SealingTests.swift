import Foundation
import Model
import Support
import Testing

@testable import ChangeLog
@testable import Store

/// `Rollcall::KeepRecords`: what leaves the store, and what never does.
@Suite struct SealingTests {
    private let mirror: Mirror
    private var store: Store { mirror.store }

    init() throws {
        mirror = try Mirror()
        for round in 1...5 { try mirror.cycle([Person(1, "anna").with(\.phone, "\(round)")]) }
    }

    private func numbers() throws -> [Int64] { try store.records(after: 0).map(\.sequence) }

    private func time(_ number: Int64) throws -> Int64 {
        try #require(store.record(number).flatMap { Record.form.link($0.line) }).microseconds
    }

    private func last() throws -> Change { try Record.form.decode(#require(store.records(after: 0).last).line).change }

    @Test func `given delivered records, when old ones are dropped, then a record seals them, and the chain goes on`() throws {
        let count = try store.lastSequence()
        try store.setDelivered(count, to: "file")
        let hash = try #require(store.record(6).flatMap { Record.form.link($0.line) }?.hash)
        #expect(try store.dropRecords(before: time(7), now: mirror.now()) == 6)
        #expect(try numbers() == Array(7...count + 1))
        #expect(try last() == .logSealed(SealedRecords(numbers: 1...6, count: 6, hash: hash)))
        #expect(try store.seal() == Seal(sequence: 6, hash: hash))
        var verifier = LogVerifier()
        for record in try store.records(after: 0) {
            _ = try record.line.withUnsafeBytes { try verifier.take($0, file: "store", number: 1) }
        }
        // A day later, some more.
        try store.setDelivered(count + 1, to: "file")
        #expect(try store.dropRecords(before: time(9), now: mirror.now()) == 2)
        guard case .logSealed(let sealed) = try last() else { throw TestFailure("no seal") }
        #expect(sealed.numbers == 7...8)
    }

    @Test func `given an outlet is behind, when old records are dropped, then those that it lacks stay`() throws {
        try store.setDelivered(store.lastSequence(), to: "file")
        try store.enlistOutlets(["file", "syslog tls://log.test:6514"])
        try store.setDelivered(3, to: "syslog tls://log.test:6514")
        #expect(try store.dropRecords(before: .max, now: mirror.now()) == 3)
        #expect(try numbers().first == 4)
        // One that is not served any more keeps nothing.
        try store.enlistOutlets(["file"])
        #expect(try store.dropRecords(before: .max, now: mirror.now()) > 3)
    }

    @Test func `given nothing was delivered, or not long ago looked for, when dropped, then all stay`() throws {
        let now = mirror.now()
        #expect(try store.dropRecords(before: .max, now: now) == 0)
        try store.setDelivered(store.lastSequence(), to: "file")
        #expect(try store.dropRecords(before: .max, now: now + 1_000_000) == 0)
        #expect(try store.seal() == nil)
        #expect(try store.dropRecords(before: .max, now: now + 90_000_000_000) > 0)
    }

    @Test func `given a record that was altered, when old ones are dropped, then none goes, and it is named`() throws {
        try store.setDelivered(store.lastSequence(), to: "file")
        try mirror.execute(
            "UPDATE change_record SET line = CAST(replace(CAST(line AS TEXT), 'anna', 'ANNA') AS BLOB) WHERE sequence = 4")
        let before = try numbers()
        let problem = #expect(throws: StoreProblem.self) { try store.dropRecords(before: .max, now: mirror.now()) }
        #expect(problem.map { "\($0)" }?.contains("its record 4 is not as it was made, so no old records are dropped") == true)
        #expect(try numbers() == before)
    }
}
