import ChangeLog
import Logging
import Store

/// Brings change records from the store into the change log file: each once, in order, whatever happened before.
package struct Delivery: Sendable {
    private static let outlet = "file"
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
        if let lastWritten = file.lastSequence, lastWritten > lastStored {
            log.warning(
                "the change log is ahead of the store, numbers go on after it",
                metadata: ["file": "\(lastWritten)", "store": "\(lastStored)"])
            try store.continueNumbering(after: lastWritten)
        }
        try deliver(into: file)
    }

    /// After a cycle: appends what the file does not have yet.
    package func deliver() throws { try deliver(into: try LogFile(path: path)) }

    private func deliver(into file: LogFile) throws {
        var delivered = try store.delivered(to: Self.outlet)
        // The file itself knows best; only a new one, as after a rotation, goes on where the old one ended.
        if let lastWritten = file.lastSequence { delivered = lastWritten }
        while true {
            let records = try store.records(after: delivered)
            guard let last = records.last else { break }
            try file.append(Self.lines(records), lastSequence: last.sequence)
            delivered = last.sequence
            try store.setDelivered(delivered, to: Self.outlet)
            logChanges(records)
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

    private func logChanges(_ records: [StoredRecord]) {
        guard log.logLevel <= .info else { return }
        for record in records {
            guard let text = try? RecordText(record.line) else { continue }
            log.info("change", metadata: ["sequence": "\(record.sequence)", "change": "\(text.keys)"])
        }
    }
}
