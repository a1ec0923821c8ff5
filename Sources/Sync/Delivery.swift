import ChangeLog
import Logging
import Model
import Store

/// Brings change records from the store into the change log file: each once, in order, whatever happened before.
package struct Delivery: Sendable {
    /// What the store calls the file among those that records are brought to.
    package static let outlet = "file"
    let store: Store
    let path: String
    let log: Logger

    package init(store: Store, path: String, log: Logger) {
        self.store = store
        self.path = path
        self.log = log
    }

    /// Before a cycle: makes sure that the file can be written, catches up after a crash, and lets a new store go on
    /// from the numbers that the file already has.
    package func prepare() throws {
        let file = try LogFile(path: path)
        let lastStored = try store.lastSequence()
        if let last = file.last, last.sequence > lastStored {
            let lastWritten = last.sequence
            log.warning(
                "the change log is ahead of the store, numbers go on after it",
                metadata: ["file": "\(lastWritten)", "store": "\(lastStored)"])
            try store.continueNumbering(after: lastWritten, head: last.hash ?? .zero)
        }
        try deliver(into: file)
    }

    /// After a cycle: appends what the file does not have yet.
    package func deliver() throws { try deliver(into: try LogFile(path: path)) }

    private func deliver(into file: LogFile) throws {
        let delivered = try catchUp(file, from: try position(in: file))
        if try store.delivered(to: Self.outlet) != delivered || store.hasNotedDelivery {
            try store.setDelivered(delivered, to: Self.outlet)
        }
    }

    /// Beside a cycle: appends what has just been committed, which need not be read from the store then. Where it does not
    /// follow on what the file has, the store is read.
    package func deliver(_ runs: [RecordRun]) throws {
        let file = try LogFile(path: path)
        var delivered = try position(in: file)
        for run in runs.sorted(by: { $0.numbers.lowerBound < $1.numbers.lowerBound }) where run.numbers.upperBound > delivered {
            guard run.numbers.lowerBound == delivered + 1 else {
                delivered = try catchUp(file, from: delivered)
                continue
            }
            delivered = run.numbers.upperBound
            try file.append(run.lines, lastSequence: delivered)
            store.noteDelivered(delivered, to: Self.outlet)
            logChanges(run.lines.split(separator: UInt8(ascii: "\n")))
        }
    }

    /// The number of the last record that was delivered.
    private func position(in file: LogFile) throws -> Int64 {
        // The file itself knows best; only a new one, as after a rotation, goes on where the old one ended.
        if let lastWritten = file.lastSequence { return lastWritten }
        return try store.delivered(to: Self.outlet)
    }

    /// - Returns: the number of the last record that was delivered.
    private func catchUp(_ file: LogFile, from position: Int64) throws -> Int64 {
        var delivered = position
        while true {
            let records = try store.records(after: delivered)
            guard let last = records.last else { return delivered }
            try file.append(Self.lines(records), lastSequence: last.sequence)
            delivered = last.sequence
            store.noteDelivered(delivered, to: Self.outlet)
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
}
