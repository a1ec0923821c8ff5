import ArgumentParser
import ChangeLog
import Store

struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the change records, from the store.")

    @OptionGroup var paths: PathOptions

    @Option(help: ArgumentHelp("Only the last N records.", valueName: "n"))
    var last: Int?

    @Option(help: ArgumentHelp("Only the records of one cycle.", valueName: "number"))
    var cycle: Int64?

    @Flag(help: "The lines of the change log as they are.")
    var json = false

    func validate() throws {
        if let last, last < 0 { throw ValidationError("--last takes a count, 0 or more, such as --last 20.") }
    }

    func run() throws {
        let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
        guard let range = try range(store) else { return }
        var sequence = range.lowerBound - 1
        while sequence < range.upperBound {
            let records = try store.records(after: sequence)
            guard let end = records.last else { return }
            for record in records where record.sequence <= range.upperBound {
                print(json ? String(decoding: record.line, as: UTF8.self) : "\(try RecordText(record.line))")
            }
            sequence = end.sequence
        }
    }

    private func range(_ store: Store) throws -> ClosedRange<Int64>? {
        let end = try store.lastSequence()
        guard end > 0 else { return nil }
        let range = try cycle.map { try store.sequences(ofCycle: $0) } ?? 1...end
        guard let range, let last else { return range }
        return last == 0 ? nil : max(range.lowerBound, range.upperBound - Int64(last) + 1)...range.upperBound
    }
}
