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

    /// A cycle that adds `count` groups.
    ///
    /// - Returns: the number of its last record.
    @discardableResult
    private func change(_ count: Int, in store: Store? = nil) throws -> Int64 {
        let store = store ?? self.store
        let names = try ["users"] + store.validGroups() + (0..<count).map { "\(UUID()) \($0)" }
        let groups = GroupSettings(groups: names, alwaysGroups: [:])
        let cycle = try store.beginCycle(Configuration(backEnds: [], groups: groups), now: 1)
        try store.endCycle(cycle, CycleSummary(outcome: .done, counts: [:], nanoseconds: 0), now: 2)
        return try store.lastSequence()
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

    /// Why files were begun, in the order of the records.
    private func openings() throws -> [String] {
        try store.records(after: 0, bytes: .max).map { try Record.form.decode($0.line).change }.compactMap { change in
            if case .logOpened(_, let reason) = change { "\(reason)" } else { nil }
        }
    }

    /// All that was ever written is in order, and is what the store has.
    private func expectWhole(_ paths: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
        let written = try paths.flatMap(lines)
        #expect(try written == stored(), sourceLocation: sourceLocation)
        #expect(try LogVerification(paths).run { _, _ in true }.records == written.count, sourceLocation: sourceLocation)
        #expect(try store.delivered(to: "file") == store.lastSequence(), sourceLocation: sourceLocation)
    }

    @Test func `given changes, when delivered in several goes, then the file has every line once and in order`() throws {
        try delivery.deliver()
        #expect(try numbers(path) == [1])
        #expect(try openings() == ["new"])
        for _ in 0..<3 {
            try change(4)
            try delivery.deliver()
            try delivery.deliver()
        }
        #expect(try numbers(path) == Array(1...20))
        try expectWhole([path])
        #expect(try openings() == ["new"])
    }

    @Test(arguments: [false, true])
    func `given a crash before the store knew, and rotation after it, when delivered, then nothing is there twice`(
        _ isCompressed: Bool
    ) throws {
        try change(3)
        try delivery.deliver()
        // Killed in the middle of a line, and before the store heard of those before it.
        try store.setDelivered(2, to: "file")
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        if !isCompressed { try whole.dropLast(9).write(to: URL(fileURLWithPath: path)) }
        let rotated = path + "-20261125"
        try FileManager.default.moveItem(atPath: path, toPath: rotated)
        if isCompressed { try succeed("/usr/bin/gzip", [rotated]) }
        try change(1)
        try delivery.deliver()
        let files = [isCompressed ? rotated + ".gz" : rotated, path]
        let verified = try LogVerification(files).run { _, _ in true }
        #expect(verified.records == Int(try store.lastSequence()))
        #expect(try openings() == ["new", "renamed"])
    }

    @Test func `given more than one piece of records, when delivered, then all come`() throws {
        let last = try change(6000)
        try delivery.deliver()
        #expect(try numbers(path) == Array(1...last + 1))
    }

    /// What a merge hands on after it has committed these.
    private func run(_ numbers: ClosedRange<Int64>) throws -> RecordRun {
        let records = try store.records(after: numbers.lowerBound - 1, bytes: .max).prefix(numbers.count)
        return RecordRun(numbers: numbers, lines: records.flatMap { $0.line + [0x0A] })
    }

    @Test func `given records are handed on, when some are missing or out of order, then the file has each once`() throws {
        let delivery = delivery
        try delivery.deliver()
        let last = try change(12)
        try delivery.deliver([run(2...3), run(4...5)])
        #expect(try numbers(path) == Array(1...5))
        // 6 was not handed on, so the store is read; what comes again is passed over.
        try delivery.deliver([run(9...10), run(7...8)])
        try delivery.deliver([run(1...3)])
        try delivery.deliver()
        #expect(try numbers(path) == Array(1...last))
        try expectWhole([path])
    }

    @Test(arguments: [true, false])
    func `given records were handed on, when the file is rotated before the store has it, then none comes twice`(
        _ staysOpen: Bool
    ) throws {
        let first = delivery
        try first.deliver()
        try change(6)
        try first.deliver([run(2...4)])
        try FileManager.default.moveItem(atPath: path, toPath: folder["old"])
        let second = staysOpen ? first : delivery
        try second.deliver([run(5...5)])
        try second.deliver()
        try expectWhole([folder["old"], path])
        #expect(try openings() == ["new", staysOpen ? "renamed" : "missing"])
    }

    @Test func `given the file is renamed while it is open, when delivered, then the new one begins with what says so`() throws
    {
        let delivery = delivery
        try delivery.deliver()
        var files: [String] = []
        for round in 1...4 {
            try change(3)
            if round % 2 == 0 { try delivery.deliver() }
            files.append(folder["changes.jsonl.\(round)"])
            try FileManager.default.moveItem(atPath: path, toPath: files[round - 1])
            try change(2)
            try delivery.deliver()
            #expect(try lines(path).count == 1)
            #expect(try lines(path)[0].contains("log-opened"))
        }
        try expectWhole(files + [path])
        #expect(try openings() == ["new"] + Array(repeating: "renamed", count: 4))
    }

    @Test func `given the file is rotated between deliveries, when delivered, then the files together have each once`() throws {
        var rotated: [String] = []
        for round in 1...4 {
            try change(3)
            try delivery.deliver()
            if round % 2 == 0 { try delivery.deliver() }
            rotated.append(folder["changes.jsonl.\(round)"])
            try FileManager.default.moveItem(atPath: path, toPath: rotated[round - 1])
        }
        try change(1)
        try delivery.deliver()
        try expectWhole(rotated + [path])
        #expect(try openings() == ["new"] + Array(repeating: "renamed", count: 4))
    }

    @Test(arguments: [true, false])
    func `given the file was emptied or removed, when delivered, then it goes on where it had ended`(_ staysOpen: Bool) throws {
        let first = delivery
        try change(3)
        try first.deliver()
        // As copytruncate does.
        try FileManager.default.copyItem(atPath: path, toPath: folder["copy"])
        try Data().write(to: URL(fileURLWithPath: path))
        try change(2)
        let second = staysOpen ? first : delivery
        try second.deliver()
        #expect(try openings() == ["new", staysOpen ? "emptied" : "missing"])
        try expectWhole([folder["copy"], path])
        let before = try lines(folder["copy"]) + lines(path)
        try FileManager.default.removeItem(atPath: path)
        let last = try change(1)
        try (staysOpen ? second : delivery).deliver()
        #expect(try numbers(path) == Array(Int64(before.count) + 1...last + 1))
        #expect(try before + lines(path) == stored())
        #expect(try openings().last == "missing")
    }

    @Test(arguments: [true, false])
    func `given an older copy of the file, when delivered, then what it lacks is written again`(_ staysOpen: Bool) throws {
        let first = delivery
        try change(2)
        try first.deliver()
        let old = try Data(contentsOf: URL(fileURLWithPath: path))
        try change(3)
        try first.deliver()
        try old.write(to: URL(fileURLWithPath: path))
        try (staysOpen ? first : delivery).deliver()
        try expectWhole([path])
        #expect(try openings() == ["new", "shortened"])
    }

    @Test func `given another file with the same records in its place, when delivered, then the log goes on in it`() throws {
        let delivery = delivery
        try change(2)
        try delivery.deliver()
        try FileManager.default.copyItem(atPath: path, toPath: folder["copy"])
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: folder["copy"], toPath: path)
        try change(2)
        try delivery.deliver()
        try expectWhole([path])
        #expect(try openings() == ["new", "replaced"])
    }

    @Test func `given a line was torn in a crash, when delivered, then it is whole again and there once`() throws {
        try change(5)
        try delivery.deliver()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        // Before the store has heard of it.
        try store.setDelivered(3, to: "file")
        try whole.dropLast(40).write(to: URL(fileURLWithPath: path))
        try delivery.deliver()
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole)
        try expectWhole([path])
    }

    @Test func `given a crash after the file was written, when delivered, then nothing is there twice`() throws {
        try change(5)
        try delivery.deliver()
        try store.setDelivered(2, to: "file")
        try delivery.deliver()
        try expectWhole([path])
        try change(1)
        try delivery.deliver()
        try expectWhole([path])
        #expect(try openings() == ["new"])
    }

    @Test func `given a new store beside an old file, when delivered, then numbers go on after the file's`() throws {
        let last = try change(5) + 1
        try delivery.deliver()
        let fresh = try Store(writingTo: folder["fresh.sqlite"], form: Record.form)
        let delivery = Delivery(store: fresh, path: path, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try delivery.deliver()
        let end = try change(3, in: fresh)
        try delivery.deliver()
        #expect(end > last)
        #expect(try numbers(path) == Array(1...end))
        // The chain goes through both stores.
        #expect(try LogVerification([path]).run { _, _ in true }.records == Int(end))
    }

    @Test func `given a restored store, when delivered, then the file keeps its records and no number comes twice`() throws {
        try change(2)
        try delivery.deliver()
        let backup = try Store.copy(of: store.path, to: folder["backup.sqlite"], form: Record.form)
        try change(3)
        try delivery.deliver()
        let delivery = Delivery(store: backup, path: path, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try delivery.deliver()
        let end = try change(2, in: backup)
        try delivery.deliver()
        #expect(try numbers(path) == Array(1...end))
        #expect(try LogVerification([path]).run { _, _ in true }.records == Int(end))
    }

    @Test func `given the log of another Rollcall in its place, when delivered, then it is refused and left alone`() throws {
        try change(2)
        let other = try Store(writingTo: folder["other.sqlite"], form: Record.form)
        try change(1, in: other)
        try Delivery(store: other, path: path, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }).deliver()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        try change(9)
        let problem = #expect(throws: LogProblem.self) { try delivery.deliver() }
        #expect(
            problem.map { "\($0)" } == "change log \(path): its last record, 5, is not the one that the store has. "
                + "Ask 'rollcall log verify' what was altered, and move the file away: a new one is begun.")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test(arguments: [true, false])
    func `given a foreign file in its place, when delivered, then it is refused and the records wait in the store`(
        _ staysOpen: Bool
    ) throws {
        let delivery = delivery
        if staysOpen { try delivery.deliver() }
        let before = try store.delivered(to: "file")
        try change(2)
        if staysOpen { try FileManager.default.removeItem(atPath: path) }
        try folder.write("a letter\n", to: "changes.jsonl")
        for _ in 0..<2 {
            let problem = #expect(throws: LogProblem.self) { try delivery.deliver() }
            #expect(
                problem.map { "\($0)" } == "change log \(path): it holds something other than change records. "
                    + "Move the file away, or name another one with Rollcall::ChangeLog.")
        }
        #expect(try store.delivered(to: "file") == before)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "a letter\n")
        try FileManager.default.removeItem(atPath: path)
        try delivery.deliver()
        #expect(try numbers(path) == Array(before + 1...store.lastSequence()))
    }

    // MARK: The clock

    @Test func `given the clock is set back, when changes are made, then no time of a file is before the one above it`() throws
    {
        let delivery = delivery
        try delivery.deliver()
        let year: Int64 = 31_536_000_000_000
        func cycle(at now: Int64) throws {
            let number = try store.beginCycle(Configuration(backEnds: [], groups: GroupSettings()), now: now)
            try store.endCycle(number, CycleSummary(outcome: .done, counts: [:], nanoseconds: 0), now: now + 1)
        }
        let late = Int64(Date().timeIntervalSince1970 * 1e6) + year
        try cycle(at: late)
        try cycle(at: late - year)
        try delivery.deliver()
        let times = try lines(path).map { $0.dropFirst(15).prefix(27) }
        #expect(times == times.sorted())
        let clocks = try lines(path).map { $0.contains(#""clock":""#) }
        #expect(clocks.suffix(2) == [true, true])
        #expect(clocks.dropLast(2).allSatisfy { !$0 })
        // What comes first in a new file has the clock's time again.
        try FileManager.default.moveItem(atPath: path, toPath: folder["old"])
        try delivery.deliver()
        #expect(try lines(path).count == 1)
        #expect(try !lines(path)[0].contains(#""clock":""#))
        try cycle(at: late - year)
        try delivery.deliver()
        #expect(try lines(path).count == 3)
        try expectWhole([folder["old"], path])
    }
}
