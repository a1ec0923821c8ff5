import ChangeLog
import Foundation
import Model
import Store
import Support
import Testing

/// Opening the store, and its records, cycles and cursors.
@Suite struct StoreFileTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func problem(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func open(_ path: String) throws { _ = try Store(writingTo: path, form: Record.form) }

    @Test func `given a store is open, when opened again, then the second is told to go away until the first has gone`() throws
    {
        let path = folder["store.sqlite"]
        var first: Store? = try Store(writingTo: path, form: Record.form)
        #expect(first?.path == path)
        #expect(
            throws: StoreProblem(
                .inUse, path: path, reason: "another Rollcall is using it",
                remedy: "Stop the other one, or give this one a store of its own with --store.")
        ) { try open(path) }
        #expect(
            problem { try open(path) } == "store \(path): another Rollcall is using it. "
                + "Stop the other one, or give this one a store of its own with --store.")
        _ = try Store(readingFrom: path, form: Record.form)
        first = nil
        try open(path)
    }

    @Test func `given a file that is no database, when opened, then the problem says so`() throws {
        let path = try folder.write(String(repeating: "this is a letter, not a database. ", count: 200), to: "letter")
        #expect(
            problem { try open(path) } == "store \(path): file is not a database. "
                + "Restore it from a backup, or move it away to begin anew.")
        #expect(
            problem { _ = try Store(readingFrom: path, form: Record.form).status() }
                == "store \(path): file is not a database. "
                + "Restore it from a backup, or move it away to begin anew.")
    }

    @Test func `given no store, when opened for reading, then the problem says what to run first`() {
        let path = folder["none.sqlite"]
        #expect(
            problem { _ = try Store(readingFrom: path, form: Record.form) } == "store \(path): there is no such file. "
                + "Run 'rollcall run --once' first, or name the store with --store.")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `given no folder, when opened, then the problem says to make it`() {
        let path = folder["nowhere/store.sqlite"]
        #expect(
            problem { try open(path) } == "store \(path): \(path).lock: No such file or directory. "
                + "Check that its folder exists and that the service user may write there.")
    }

    @Test func `given a folder in its place, when opened, then the problem says what to check`() throws {
        let path = folder["store.sqlite"]
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(
            problem { try open(path) } == "store \(path): unable to open database file. "
                + "Check that its folder exists and that the service user may write there.")
    }

    @Test func `given many changes, when numbered, then there is no gap and every line has its own number`() throws {
        let mirror = try Mirror()
        for round in 0..<4 { try mirror.cycle((0..<30).map { Person(UInt128($0 + round * 7), "u\($0 + round * 7)") }) }
        let records = try mirror.store.records(after: 0)
        #expect(records.map(\.sequence) == Array(1...Int64(records.count)))
        #expect(try mirror.store.lastSequence() == Int64(records.count))
        for record in records {
            #expect(String(decoding: record.line, as: UTF8.self).contains("\"event\":{\"sequence\":\(record.sequence),"))
        }
    }

    @Test func `given more records than fit, when read by pieces, then the pieces make the whole`() throws {
        let mirror = try Mirror()
        try mirror.cycle((0..<50).map { Person(UInt128($0), "u\($0)") })
        let whole = try mirror.store.records(after: 0)
        var pieces: [StoredRecord] = []
        while true {
            let piece = try mirror.store.records(after: pieces.last?.sequence ?? 0, bytes: 2000)
            if piece.isEmpty { break }
            #expect(piece.count < 10)
            pieces += piece
        }
        #expect(pieces == whole)
        #expect(try mirror.store.records(after: 0, bytes: 1).count == 1)
        #expect(try mirror.store.sequences(ofCycle: 1) == 1...Int64(whole.count))
        #expect(try mirror.store.sequences(ofCycle: 2) == nil)
    }

    @Test func `given a log that is ahead, when numbering goes on after it, then it never goes back`() throws {
        let mirror = try Mirror()
        try mirror.store.continueNumbering(after: 100, head: .zero, time: 0)
        try mirror.cycle([Person(1, "anna")])
        #expect(try mirror.store.records(after: 0).map(\.sequence) == [101, 102, 103, 104, 105])
        try mirror.store.continueNumbering(after: 50, head: .zero, time: 0)
        #expect(try mirror.store.lastSequence() == 105)
    }

    @Test func `given outlets, when their cursors move, then each keeps its own`() throws {
        let store = try Store(writingTo: folder["store.sqlite"], form: Record.form)
        #expect(try store.delivered(to: "file") == 0)
        try store.setDelivered(7, to: "file")
        try store.setDelivered(9, to: "other")
        try store.setDelivered(8, to: "file")
        #expect(try store.delivered(to: "file") == 8)
        #expect(try store.delivered(to: "other") == 9)
    }

    @Test func `given a back end is no longer configured, when a cycle runs, then its people stay and it is told`() throws {
        let mirror = try Mirror()
        try mirror.cycle([(try Mirror.backEnd(1), [Person(1, "anna")]), (try Mirror.backEnd(2), [Person(2, "ben")])])
        try mirror.cycle([Person(1, "anna")])
        let abandoned = try mirror.store.abandonedBackEnds()
        #expect(abandoned.map { "\($0.slot) \($0.people)" } == ["CustomerUser2 1"])
        #expect(try mirror.validLogins() == ["anna", "ben"])
        #expect(try mirror.status(2).isConfigured == false)
    }

    @Test func `given a back end could not be read, when noted, then the reason shows and its people stay`() throws {
        let mirror = try Mirror()
        try mirror.cycle([Person(1, "anna")])
        let success = try mirror.status().lastSuccess
        try mirror.store.setFailure("nobody listens", of: try Mirror.slot(1), cycle: 1, now: 1)
        #expect(try mirror.status().failure == "nobody listens")
        #expect(try mirror.status().lastSuccess == success)
        try mirror.cycle([Person(1, "anna")])
        #expect(try mirror.status().failure == nil)
        #expect(try mirror.status().coverage == "complete")
    }

    @Test func `given a cycle ended too early to count, when the next changes nothing, then its counts are made up`() throws {
        let mirror = try Mirror()
        let backEnd = try Mirror.backEnd(requiresGroups: true)
        try mirror.cycle([], backEnd)
        // A cycle that crashes after its merge.
        let cycle = try mirror.store.beginCycle(Configuration(backEnds: [backEnd], groups: Mirror.noGroups()), now: 1)
        try Merge(mirror.store, backEnd, cycle: cycle, server: "x") { 1 }.apply(Batch([Person(1, "anna")]))
        #expect(try mirror.records { try mirror.cycle([Person(1, "anna")], backEnd) } == [])
        #expect(try mirror.status().unassigned == 1)
    }

    @Test func `given a copy of the store, when it is changed, then the original is not`() throws {
        let mirror = try Mirror()
        try mirror.cycle([Person(1, "anna")])
        let copy = try Store.copy(of: mirror.path, to: folder["copy.sqlite"], form: Record.form)
        #expect(try copy.records(after: 0) == mirror.store.records(after: 0))
        try copy.continueNumbering(after: 99, head: .zero, time: 0)
        #expect(try mirror.store.lastSequence() == 5)
        let empty = try Store.copy(of: folder["none"], to: folder["empty.sqlite"], form: Record.form)
        #expect(try empty.lastSequence() == 0)
    }
}
