import ArgumentParser
import ChangeLog
import Store

struct Users: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List customer users.", discussion: "One of the flags narrows the list; without any, everybody is listed.")

    enum Which: String, EnumerableFlag {
        case unassigned, held, invalid, incomplete

        static func help(for value: Which) -> ArgumentHelp? {
            switch value {
            case .unassigned: "Valid ones whose back end requires groups and who have no permission."
            case .held: "Those who are missing from their directory and whose removal is held."
            case .invalid: "Those who are not valid."
            case .incomplete: "Those without a value that Map marks as required."
            }
        }

        var filter: PeopleFilter {
            switch self {
            case .unassigned: .unassigned
            case .held: .held
            case .invalid: .invalid
            case .incomplete: .incomplete
            }
        }
    }

    @OptionGroup var paths: PathOptions

    @Flag(exclusivity: .exclusive)
    var which: Which?

    @Flag(help: "One JSON object a line.")
    var json = false

    func run() throws {
        let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
        try store.forEachPerson(which?.filter ?? .all) { person in
            print(json ? try JSONText.of(person) : Self.line(person))
        }
    }

    private static func line(_ person: ListedPerson) -> String {
        let columns = [
            (person.login, 18), ("\(person.firstName) \(person.lastName)", 28), (person.email, 34), (person.customerID, 14),
            (person.backEnd, 14), (person.isValid ? "valid" : "invalid", 7),
        ]
        let text = columns.map { TerminalText.padded(TerminalText.safe($0.0), to: $0.1) }.joined(separator: " ")
        let missing = person.missing.isEmpty ? "" : " (without \(person.missing.joined(separator: ", ")))"
        return (text + " " + person.grants.joined(separator: " ") + missing).trimmingTrailingSpaces()
    }
}
