import ArgumentParser
import ChangeLog
import Model
import Store

extension Log {
    struct Erase: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget a person who has left the directory.",
            discussion: """
                Removes from the store what it has of somebody: their row with all values, grants and salt, and what it knew of \
                them beside the change log. The change log keeps its lines, and a record says that somebody was erased, by \
                immutable id. With Rollcall::ChangeLogValues 'digest' nobody can tell afterwards what the lines about them said; \
                lines that told logins or values in plain text still do, and are counted. It cannot be undone. Without --apply \
                it only shows what it would do.

                Exit codes: 0 it can be done, or was; 6 there is nobody of that name, or they have not left.
                """)

        @Option(help: ArgumentHelp("Whom: login, or immutable id.", valueName: "login")) var user: String
        @Flag(help: "Do it.") var apply = false
        @OptionGroup var options: ActingOptions
        @Flag(help: "One JSON object.") var json = false

        func run() throws {
            guard apply else {
                let store = try Store(readingFrom: try options.paths.storePath(), form: Record.form)
                return try tell(try store.planErasure(of: user), done: nil)
            }
            let (plan, records) = try options.store().erase(user, options.order())
            try tell(plan, done: records)
        }

        private func tell(_ plan: ErasurePlan, done records: ClosedRange<Int64>?) throws {
            if json { return print(try JSONText.of(ErasureDocument(plan, records))) }
            for person in plan.people {
                let grants = Amount.of(Int(person.erasure.grants), "grant", "grants")
                let known = Amount.of(Int(person.erasure.records), "record", "records")
                print("\(person.id) (\(person.backEnd.key)): \(grants), and what the store knows beside \(known).")
            }
            if let told = plan.told { print(Self.words(told)) }
            guard let records else {
                return print("To be erased. Nothing is changed without --apply, and nothing brings it back.")
            }
            print("Erased \(CommandText.records(records)).")
            if !plan.isSettled {
                print(
                    "The store's write-ahead log was in use and may still have it: restart the daemon, which begins it again.")
            }
        }

        private static func words(_ told: ErasurePlan.Told) -> String {
            let numbers = told.numbers
            let place =
                numbers.count == 1
                ? "record \(numbers.lowerBound)" : "from record \(numbers.lowerBound) to \(numbers.upperBound)"
            return "\(Amount.of(Int(told.count), "line", "lines")) of the change log, \(place), name them in plain text and "
                + "stay as they are: in the store until Rollcall::KeepRecords drops them, in files and outlets until those are deleted."
        }
    }
}

/// What is, or was, to be erased, for machines.
private struct ErasureDocument: Encodable {
    struct Person: Encodable {
        var id: String
        var backEnd: String
        var grants: Int64
        var records: Int64
    }
    struct Told: Encodable {
        var count: Int64
        var first: Int64
        var last: Int64
    }

    var people: [Person]
    var told: Told?
    /// The numbers of the records that say so; none where nothing was done.
    var records: [Int64]?
    var isSettled: Bool?

    init(_ plan: ErasurePlan, _ records: ClosedRange<Int64>?) {
        people = plan.people.map {
            Person(id: "\($0.id)", backEnd: $0.backEnd.key, grants: $0.erasure.grants, records: $0.erasure.records)
        }
        told = plan.told.map { Told(count: $0.count, first: $0.numbers.lowerBound, last: $0.numbers.upperBound) }
        self.records = records.map(Array.init)
        isSettled = records.map { _ in plan.isSettled }
    }
}
