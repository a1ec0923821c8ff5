import ChangeLog
import Store

/// A line of the change log.
struct SourceLine {
    /// As it is, without its line feed.
    let line: [UInt8]
    /// As the store knows it: values may be there that the line does not tell.
    let known: [UInt8]

    init(_ line: [UInt8], known: [UInt8]? = nil) {
        self.line = line
        self.known = known ?? line
    }
}

/// Where lines of the change log come from.
protocol RecordSource {
    /// Calls `body` with all there are, in order.
    func forEachLine(_ body: (SourceLine) throws -> Void) throws
    /// What has been added since; returns at once.
    func newLines() throws -> [SourceLine]
}

/// Records of the store.
///
/// A class because it remembers how far it has come.
final class StoreSource: RecordSource {
    private let store: Store
    private let cycles: [Int64]
    private var last: Int64 = 0

    /// - Parameter cycles: only records of these are wanted; empty for all.
    init(_ path: String, cycles: [Int64]) throws {
        store = try Store(readingFrom: path, form: Record.form)
        self.cycles = cycles
    }

    func forEachLine(_ body: (SourceLine) throws -> Void) throws {
        let end = try store.lastSequence()
        last = end
        guard !cycles.isEmpty else { return try forEachLine(in: 1...max(1, end), body) }
        for cycle in Set(cycles).sorted() {
            if let numbers = try store.sequences(ofCycle: cycle) { try forEachLine(in: numbers, body) }
        }
    }

    private func forEachLine(in numbers: ClosedRange<Int64>, _ body: (SourceLine) throws -> Void) throws {
        var position = numbers.lowerBound - 1
        while position < numbers.upperBound {
            let records = try store.knownRecords(after: position)
            guard let end = records.last else { return }
            for record in records where record.sequence <= numbers.upperBound {
                try body(SourceLine(record.line, known: record.known))
            }
            position = end.sequence
        }
    }

    func newLines() throws -> [SourceLine] {
        let records = try store.knownRecords(after: last)
        last = records.last?.sequence ?? last
        return records.map { SourceLine($0.line, known: $0.known) }
    }
}

/// Records of files.
///
/// A class because it remembers how far it has come.
final class FileSource: RecordSource {
    private let files: [String]
    private let tail: LogTail?
    private var last: Int64 = 0

    init(_ files: [String]) throws {
        self.files = try LogFiles.inOrder(files)
        tail = files.count == 1 ? LogTail(files[0], atEnd: true) : nil
    }

    func forEachLine(_ body: (SourceLine) throws -> Void) throws {
        for file in files {
            try LogReader(file).forEachLine { line, number in
                do {
                    try body(SourceLine(Array(line)))
                } catch is UnreadableRecord {
                    throw UnreadableLine(file: file, line: number)
                }
                note(line)
                return true
            }
        }
    }

    /// Without those that were added while the file was read for the first time.
    func newLines() throws -> [SourceLine] {
        (tail?.lines() ?? []).filter { line in line.withUnsafeBytes(note) }.map { SourceLine($0) }
    }

    /// - Returns: whether the record comes after all those before.
    @discardableResult
    private func note(_ line: UnsafeRawBufferPointer) -> Bool {
        guard let sequence = ChainedLine(line)?.sequence else { return true }
        defer { last = max(last, sequence) }
        return sequence > last
    }
}

/// A line of a file that is no change record.
struct UnreadableLine: Error, CustomStringConvertible {
    let file: String
    let line: Int

    var description: String {
        "\(file):\(line): this is no change record. 'rollcall log verify' tells what is wrong with a change log."
    }
}
