import ArgumentParser
import ChangeLog
import Foundation
import Store

extension Log {
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show change records, the oldest first.",
            discussion: """
                From the store, or from the files that are named, which may be compressed. What is given several times asks for \
                any of them, as in --user anna --user ben; different options ask for all. Times are local, unless --utc is \
                given. Where the change log does not tell who somebody is (Rollcall::ChangeLogValues), the store knows; files \
                are asked by immutable id.
                """)

        enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv }

        @Argument(help: ArgumentHelp("Files of a change log, in place of the store.", valueName: "file")) var files: [String] =
            []
        @OptionGroup var selection: LogSelection
        @Option(help: ArgumentHelp("Only the last N of them.", valueName: "n")) var last: Int?
        @Option(help: "table for people, json for the lines as they are, csv for spreadsheets.") var format: Format?
        @Flag(help: "The same as --format json.") var json = false
        @Flag(help: "Go on with what comes, until it is interrupted; a file also through rotation.") var follow = false
        @Flag(help: "Times in UTC.") var utc = false
        @OptionGroup var paths: PathOptions

        func validate() throws {
            if let last, last < 0 { throw ValidationError("--last takes a count, 0 or more, such as --last 20.") }
            if json, format ?? .json != .json { throw ValidationError("--json and --format \(format?.rawValue ?? "") differ.") }
            if follow, files.count > 1 { throw ValidationError("--follow takes one file at most.") }
        }

        func run() throws {
            let printer = RecordPrinter(json ? .json : format ?? .table, isUTC: utc)
            let source: any RecordSource =
                try files.isEmpty ? StoreSource(try paths.storePath(), cycles: selection.cycle) : FileSource(files)
            var window = RecordWindow(last: last, printer)
            let filter = selection.filter
            let take = { (line: SourceLine) throws in
                if let record = try filter.record(line.known) { window.take(record, line.line) }
            }
            try source.forEachLine(take)
            window.end()
            guard follow else { return }
            while true {
                fflush(nil)
                usleep(Self.pauseMicroseconds)
                for line in try source.newLines() { try take(line) }
            }
        }

        /// Between two looks at a store or file that is followed.
        private static let pauseMicroseconds: useconds_t = 50_000
    }
}

/// Which records to show.
struct LogSelection: ParsableArguments {
    @Option(help: ArgumentHelp("Not before this time, such as 2026-11-24 or 2026-11-24T10:00:00Z.", valueName: "time"))
    var since: LogTime?
    @Option(help: ArgumentHelp("Before this time.", valueName: "time")) var until: LogTime?
    @Option(
        parsing: .singleValue, help: ArgumentHelp("Of a person: login, also a former one, or immutable id.", valueName: "login")
    )
    var user: [String] = []
    @Option(parsing: .singleValue, help: ArgumentHelp("Of a customer and its people.", valueName: "id")) var customer:
        [String] = []
    @Option(parsing: .singleValue, help: ArgumentHelp("About a group.", valueName: "name")) var group: [String] = []
    @Option(parsing: .singleValue, help: ArgumentHelp("Of a back end, such as CustomerUser1.", valueName: "key"))
    var backEnd: [String] = []
    @Option(parsing: .singleValue, help: ArgumentHelp("Such as grant-added.", valueName: "action")) var action: [String] = []
    @Option(parsing: .singleValue, help: ArgumentHelp("Of a cycle.", valueName: "number")) var cycle: [Int64] = []
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Who did it, or said that it is right: a person, or 'cycle'.", valueName: "name"))
    var actor: [String] = []

    var filter: RecordFilter {
        var filter = RecordFilter()
        (filter.since, filter.until) = (since?.microseconds, until?.microseconds)
        (filter.users, filter.customers, filter.groups) = (user, customer, group)
        (filter.backEnds, filter.actions, filter.cycles, filter.actors) = (backEnd, action, cycle, actor)
        return filter
    }
}

/// A moment: RFC 3339, or a date, or a date and a time of day, both local.
struct LogTime: ExpressibleByArgument {
    let microseconds: Int64

    init?(argument: String) {
        if let exact = TimeText.microseconds(argument) {
            microseconds = exact
            return
        }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.isLenient = false
        for format in ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"] {
            formatter.dateFormat = format
            if let date = formatter.date(from: argument) {
                microseconds = Int64(date.timeIntervalSince1970) * 1_000_000
                return
            }
        }
        return nil
    }
}
