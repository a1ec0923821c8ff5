import ChangeLog
import Logging
import Model
import Store
import Synchronization

/// Brings change records from the store into the change log file: each once, in order, whatever happened before.
///
/// The file stays open, so that what belongs to it still gets there after it has been renamed. Where it is looked at before
/// each writing, nothing has to tell that it was renamed, removed, emptied or replaced. A class because it has that file, and
/// threads take turns.
package final class Delivery: Sendable {
    private let store: Store
    private let path: String
    private let log: Logger
    private let open = Mutex<LogFile?>(nil)

    package init(store: Store, path: String, log: Logger) {
        self.store = store
        self.path = path
        self.log = log
    }

    /// Appends what the file does not have yet. Catches up after a crash, and lets a new store go on from the numbers that the
    /// file already has.
    package func deliver() throws {
        try open.withLock { open in
            let file = try current(&open)
            let delivered = try catchUp(file, from: try position(in: file))
            if try store.delivered(to: Store.fileOutlet) != delivered || store.hasNotedDelivery {
                try store.setDelivered(delivered, to: Store.fileOutlet)
            }
        }
    }

    /// Beside a cycle: appends what has just been committed, which need not be read from the store then. Where it does not
    /// follow on what the file has, the store is read.
    package func deliver(_ runs: [RecordRun]) throws {
        try open.withLock { open in
            let file = try current(&open)
            var delivered = try position(in: file)
            for run in runs.sorted(by: { $0.numbers.lowerBound < $1.numbers.lowerBound })
            where run.numbers.upperBound > delivered {
                guard run.numbers.lowerBound == delivered + 1 else {
                    delivered = try catchUp(file, from: delivered)
                    continue
                }
                delivered = run.numbers.upperBound
                try file.append(run.lines, lastSequence: delivered)
                store.noteDelivered(delivered, to: Store.fileOutlet)
                logChanges(run.lines.split(separator: UInt8(ascii: "\n")))
            }
        }
    }

    /// The number of the last record that was delivered.
    private func position(in file: LogFile) throws -> Int64 {
        // The file itself knows best; only a new one, as after a rotation, goes on where the old one ended.
        if let lastWritten = file.lastSequence { return lastWritten }
        return try store.delivered(to: Store.fileOutlet)
    }

    /// - Returns: the number of the last record that was delivered.
    private func catchUp(_ file: LogFile, from position: Int64) throws -> Int64 {
        var delivered = position
        while true {
            let records = try store.records(after: delivered)
            guard let last = records.last else { return delivered }
            try file.append(Self.lines(records), lastSequence: last.sequence)
            delivered = last.sequence
            store.noteDelivered(delivered, to: Store.fileOutlet)
            logChanges(records.lazy.map { $0.line[...] })
        }
    }

    private static func lines(_ records: [StoredRecord]) -> [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity(records.reduce(0) { $0 + $1.line.count + 1 })
        for record in records {
            lines.append(contentsOf: record.line)
            lines.append(UInt8(ascii: "\n"))
        }
        return lines
    }

    private func logChanges(_ lines: @autoclosure () -> some Sequence<ArraySlice<UInt8>>) {
        guard log.logLevel <= .info else { return }
        for line in lines() {
            guard let text = try? RecordText(Array(line)) else { continue }
            log.info("change", metadata: ["sequence": "\(text.sequence)", "change": "\(text.keys)"])
        }
    }

    // MARK: Which file

    /// The file to write to: the one that is open, as long as it is what the path names and holds what was written to it.
    private func current(_ open: inout LogFile?) throws -> LogFile {
        guard let before = open else { return try begin(&open, after: nil) }
        return before.standing == .asWritten ? before : try begin(&open, after: before)
    }

    /// Opens the file, and records why another one is begun.
    ///
    /// - Parameter before: the file that was open.
    private func begin(_ open: inout LogFile?, after before: LogFile?) throws -> LogFile {
        let standing = before?.standing
        let file = try LogFile(path: path)
        try compareWithStore(file)
        let isRotated = try standing == nil && file.lastSequence == nil && takeUpRotated()
        let delivered = try store.delivered(to: Store.fileOutlet)
        if let reason = opening(of: file, after: isRotated ? .renamed : standing, delivered) {
            if reason != .new, reason != .renamed {
                log.warning(
                    "the change log is not as it was left", metadata: ["file": "\(path)", "reason": "\(reason.rawValue)"])
            }
            try record(reason, after: standing == .renamed ? before : nil)
        }
        open = file
        return file
    }

    /// Whoever wrote before may have come further than the store has heard of, and the file may have been renamed since.
    ///
    /// - Returns: whether it was.
    private func takeUpRotated() throws -> Bool {
        guard let line = LogFiles.lastRotatedLine(of: path), let sequence = Record.form.link(line)?.sequence,
            try sequence >= store.delivered(to: Store.fileOutlet), try store.record(sequence)?.line == line
        else { return false }
        store.noteDelivered(sequence, to: Store.fileOutlet)
        return true
    }

    /// - Parameter before: the file that was renamed: what comes before the record still gets there, so that the new file begins
    ///   with it.
    private func record(_ opening: LogOpening, after before: LogFile?) throws {
        var isRecorded = false
        var tries = 0
        while !isRecorded {
            let delivered =
                try before.map { try catchUp($0, from: try position(in: $0)) } ?? store.delivered(to: Store.fileOutlet)
            tries += 1
            // Whoever commits without end comes first.
            isRecorded = try store.recordOpening(
                of: path, opening, after: delivered, mustBeNext: before != nil && tries < Self.mostTries, now: Clock.now())
        }
    }

    private static let mostTries = 100

    private func opening(of file: LogFile, after standing: LogFile.Standing?, _ delivered: Int64) -> LogOpening? {
        guard let last = file.lastSequence else {
            switch standing {
            case .renamed: return .renamed
            case .altered: return .emptied
            case .removed: return .missing
            case .asWritten, nil: return delivered == 0 ? .new : .missing
            }
        }
        if standing == .renamed || standing == .removed { return .replaced }
        return last < delivered ? .shortened : nil
    }

    /// A new store, or one from a backup, goes on after the records of the file; a file of another store is not touched.
    private func compareWithStore(_ file: LogFile) throws {
        guard let last = file.last else { return }
        let lastStored = try store.lastSequence()
        if last.sequence > lastStored {
            log.warning(
                "the change log is ahead of the store, numbers go on after it",
                metadata: ["file": "\(last.sequence)", "store": "\(lastStored)"])
            try store.continueNumbering(after: last.sequence, head: last.hash ?? .zero, time: file.lastMicroseconds ?? 0)
        } else if let stored = try store.record(last.sequence), !file.endsWith(stored.line) {
            throw LogProblem(
                path: path, reason: "its last record, \(last.sequence), is not the one that the store has",
                remedy: "Ask 'rollcall log verify' what was altered, and move the file away: a new one is begun.")
        }
    }
}
