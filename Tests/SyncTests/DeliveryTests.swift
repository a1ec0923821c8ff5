import ChangeLog
import Foundation
import Logging
import Model
import Store
import Support
import Sync
import Testing

/// From the store into the file: each record once, in order, whatever happened before.
@Suite struct DeliveryTests {
    private let folder: TestFolder
    private let store: Store
    private var path: String { folder["changes.jsonl"] }
    private var delivery: Delivery {
        Delivery(store: store, path: path, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    init() throws {
        folder = try TestFolder()
        store = try Store(writingTo: folder["store.sqlite"], form: Record.form)
    }

    /// Cycles that make `count` records: each alters the list of groups.
    private func change(_ count: Int, in store: Store? = nil) throws {
        let store = store ?? self.store
        let known = try store.validGroups()
        let names = (known.isEmpty ? ["users"] : known) + (0..<(known.isEmpty ? count - 1 : count)).map { "\(UUID()) \($0)" }
        let groups = GroupSettings(groups: names, alwaysGroups: [:])
        let cycle = try store.beginCycle(Configuration(backEnds: [], groups: groups), now: 1)
        try store.endCycle(cycle, .done, now: 2)
    }

    private func lines(_ path: String) throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private func numbers(_ path: String) throws -> [Int64] {
        try lines(path).map { line in
            let number = line.components(separatedBy: #""event":{"sequence":"#).last?.prefix { $0.isNumber }
            return Int64(number ?? "") ?? -1
        }
    }

    private func stored() throws -> [String] {
        try store.records(after: 0, bytes: .max).map { String(decoding: $0.line, as: UTF8.self) }
    }

    @Test func `given changes, when delivered in several goes, then the file has every line once and in order`() throws {
        try delivery.prepare()
        #expect(try lines(path) == [])
        for _ in 0..<3 {
            try change(4)
            try delivery.deliver()
            try delivery.deliver()
        }
        #expect(try lines(path) == stored())
        #expect(try numbers(path) == Array(1...12))
        #expect(try store.delivered(to: "file") == 12)
    }

    @Test func `given more than one piece of records, when delivered, then all come`() throws {
        try change(6000)
        try delivery.deliver()
        #expect(try numbers(path) == Array(1...6000))
    }

    /// What a merge hands on after it has committed these.
    private func run(_ numbers: ClosedRange<Int64>) throws -> RecordRun {
        let records = try store.records(after: numbers.lowerBound - 1, bytes: .max).prefix(numbers.count)
        return RecordRun(numbers: numbers, lines: records.flatMap { $0.line + [0x0A] })
    }

    @Test func `given records are handed on, when some are missing or out of order, then the file has each once`() throws {
        try change(12)
        try delivery.deliver([run(1...3), run(4...5)])
        #expect(try numbers(path) == Array(1...5))
        // 6 was not handed on, so the store is read; what comes again is passed over.
        try delivery.deliver([run(9...10), run(7...8)])
        try delivery.deliver([run(1...3)])
        try delivery.deliver()
        #expect(try lines(path) == stored())
    }

    @Test func `given records were handed on, when the file is rotated before the store has it, then none comes twice`() throws
    {
        try change(6)
        try delivery.deliver([run(1...4)])
        try FileManager.default.moveItem(atPath: path, toPath: folder["old"])
        try delivery.deliver([run(5...5)])
        try delivery.deliver()
        #expect(try numbers(folder["old"]) + numbers(path) == Array(1...6))
        #expect(try store.delivered(to: "file") == 6)
    }

    @Test func `given the file is rotated between deliveries, when delivered, then the files together have each once`() throws {
        var rotated: [Int64] = []
        for round in 1...4 {
            try change(3)
            try delivery.deliver()
            if round % 2 == 0 { try delivery.prepare() }
            let old = folder["changes.jsonl.\(round)"]
            try FileManager.default.moveItem(atPath: path, toPath: old)
            rotated += try numbers(old)
        }
        try change(1)
        try delivery.deliver()
        #expect(try rotated + numbers(path) == Array(1...13))
    }

    @Test func `given the file was emptied or removed, when delivered, then it goes on where it had ended`() throws {
        try change(3)
        try delivery.deliver()
        try Data().write(to: URL(fileURLWithPath: path))
        try change(2)
        try delivery.deliver()
        #expect(try numbers(path) == [4, 5])
        try FileManager.default.removeItem(atPath: path)
        try delivery.prepare()
        try change(1)
        try delivery.deliver()
        #expect(try numbers(path) == [6])
    }

    @Test func `given an older copy of the file, when delivered, then what it lacks is written again`() throws {
        try change(2)
        try delivery.deliver()
        let old = try Data(contentsOf: URL(fileURLWithPath: path))
        try change(3)
        try delivery.deliver()
        try old.write(to: URL(fileURLWithPath: path))
        try delivery.prepare()
        #expect(try numbers(path) == [1, 2, 3, 4, 5])
        #expect(try lines(path) == stored())
    }

    @Test func `given a line was torn in a crash, when prepared, then it is whole again and there once`() throws {
        try change(5)
        try delivery.deliver()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.dropLast(40).write(to: URL(fileURLWithPath: path))
        try delivery.prepare()
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole)
    }

    @Test func `given a crash after the file was written, when prepared, then nothing is there twice`() throws {
        try change(5)
        try delivery.deliver()
        try store.setDelivered(2, to: "file")
        try delivery.prepare()
        #expect(try numbers(path) == [1, 2, 3, 4, 5])
        try change(1)
        try delivery.deliver()
        #expect(try store.delivered(to: "file") == 6)
    }

    @Test func `given a new store beside an old file, when prepared, then numbers go on after the file's`() throws {
        try change(5)
        try delivery.deliver()
        let fresh = try Store(writingTo: folder["fresh.sqlite"], form: Record.form)
        let delivery = Delivery(store: fresh, path: path, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try delivery.prepare()
        try change(3, in: fresh)
        try delivery.deliver()
        #expect(try numbers(path) == Array(1...8))
        // The chain goes through both stores.
        #expect(try LogVerification([path]).run { _, _ in true }.records == 8)
    }

    @Test func `given a restored store, when prepared, then the file keeps its records and no number comes twice`() throws {
        try change(2)
        try delivery.deliver()
        let backup = try Store.copy(of: store.path, to: folder["backup.sqlite"], form: Record.form)
        try change(3)
        try delivery.deliver()
        let delivery = Delivery(store: backup, path: path, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try delivery.prepare()
        try change(2, in: backup)
        try delivery.deliver()
        #expect(try numbers(path) == Array(1...7))
        #expect(try LogVerification([path]).run { _, _ in true }.records == 7)
    }

    @Test func `given a foreign file in its place, when prepared, then it is refused and the records wait in the store`() throws
    {
        try change(2)
        try folder.write("a letter\n", to: "changes.jsonl")
        let problem = #expect(throws: LogProblem.self) { try delivery.prepare() }
        #expect(
            problem.map { "\($0)" } == "change log \(path): it holds something other than change records. "
                + "Move the file away, or name another one with Rollcall::ChangeLog.")
        #expect(try store.delivered(to: "file") == 0)
        try FileManager.default.removeItem(atPath: path)
        try delivery.deliver()
        #expect(try numbers(path) == [1, 2])
    }
}
