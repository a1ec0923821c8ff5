import ChangeLog
import Foundation

/// Prints records in one of the forms.
struct RecordPrinter {
    private let format: Log.Show.Format
    private let zone: TimeZone?
    private let isColoured: Bool

    init(_ format: Log.Show.Format, isUTC: Bool) {
        self.format = format
        zone = isUTC ? nil : .current
        // https://no-color.org
        isColoured = isatty(STDOUT_FILENO) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
        if format == .csv { print(RecordTable.columns.joined(separator: ",")) }
    }

    /// - Parameter line: of the record, as it is in the change log.
    func callAsFunction(_ record: RecordText, _ line: [UInt8]) {
        switch format {
        case .json: print(String(decoding: line, as: UTF8.self))
        case .csv: print(record.cells.map { CSVCell.quoted(TerminalText.safe($0)) }.joined(separator: ","))
        case .table:
            let text = record.text(in: zone)
            print(isColoured ? Self.colour(of: record.action).map { "\u{1B}[\($0)m\(text)\u{1B}[0m" } ?? text : text)
        }
    }

    /// What is taken is red, what is given green, what waits for somebody yellow.
    private static func colour(of action: String) -> Int? {
        switch action {
        case _ where action.hasSuffix("-held"): 33
        case _
        where ["-removed", "-invalidated", "-withheld", "-failed", "-rejected", "-erased"].contains { action.hasSuffix($0) }: 31
        case _ where ["-added", "-revalidated", "-released", "-recovered"].contains { action.hasSuffix($0) }: 32
        default: nil
        }
    }
}

/// Lets records pass to a printer, or only the last ones.
struct RecordWindow {
    private let last: Int?
    private let printer: RecordPrinter
    private var waiting: [(RecordText, [UInt8])] = []
    private var isOpen: Bool

    /// - Parameter last: how many are printed at the end of what there is; nil for all of it.
    init(last: Int?, _ printer: RecordPrinter) {
        self.last = last
        self.printer = printer
        isOpen = last == nil
    }

    mutating func take(_ record: RecordText, _ line: [UInt8]) {
        guard !isOpen, let last else { return printer(record, line) }
        waiting.append((record, line))
        if waiting.count > 2 * last + 100 { waiting.removeFirst(waiting.count - last) }
    }

    /// What there was has come; from here on everything passes.
    mutating func end() {
        if let last { for (record, line) in waiting.suffix(last) { printer(record, line) } }
        waiting = []
        isOpen = true
    }
}
