import ArgumentParser
import ChangeLog
import Model
import Settings
import Store

struct Users: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show and search customer users.", discussion: "Without a subcommand they are listed.",
        subcommands: [List.self, Show.self, Search.self], defaultSubcommand: List.self)

    enum Which: String, EnumerableFlag {
        case unassigned, held, invalid, incomplete

        static func help(for value: Which) -> ArgumentHelp? {
            switch value {
            case .unassigned:
                "Valid ones whose back end requires groups and who have no permission, with what would give them a group."
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

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List customer users.",
            discussion: "One of the flags narrows the list; without any, everybody is listed.")

        @OptionGroup var paths: PathOptions
        @Flag(exclusivity: .exclusive) var which: Which?
        @Flag(help: "One JSON object a line.") var json = false

        func run() throws {
            let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
            let remedies = which == .unassigned ? Remedies(ConfigurationSource(paths: paths.config)) : nil
            try store.forEachPerson(which?.filter ?? .all) { person in
                guard let remedies else { return print(json ? try JSONText.of(person) : Users.line(person)) }
                let document = UnassignedDocument(person, wouldGive: remedies.rules(of: person.backEnd))
                print(json ? try JSONText.of(document) : document.line)
            }
        }
    }

    struct Search: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Search customer users who are there.",
            discussion: """
                The text is compared with login, e-mail, first, last and whole name, and customer ID; * stands for anything, and \
                the case of letters does not matter.

                Exit codes: 0 somebody was found; 7 nobody.
                """)

        @Argument(help: "What to look for, such as 'anna*'.") var text: String
        @OptionGroup var paths: PathOptions
        @Flag(help: "One JSON object a line.") var json = false

        func run() throws {
            let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
            var isEmpty = true
            try store.forEachPerson(.matching(Wildcard(text))) { person in
                isEmpty = false
                print(json ? try JSONText.of(person) : Users.line(person))
            }
            if isEmpty { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show all that the mirror has of one customer user.",
            discussion: "'rollcall explain' says what they may do. Exit codes: 0 done; 2 nobody has or had that login.")

        @Argument(help: "The customer user.") var login: String
        @OptionGroup var paths: PathOptions
        @Flag(help: "One JSON object.") var json = false

        func run() throws {
            let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
            guard let person = try store.person(login) else {
                Exit.printError(
                    TerminalText.safe(
                        "rollcall: error: there is no customer user '\(login)'. Look for one with 'rollcall users search'."))
                throw ExitCode(ExitStatus.usage.rawValue)
            }
            if json { return print(try JSONText.of(person)) }
            let state = person.isGone ? "has left the directory" : person.isValid ? "valid" : "invalid"
            let head = [
                ("login", person.login), ("id", person.id), ("back end", person.backEnd), ("state", state),
                ("customers", person.customers.joined(separator: ", ")), ("created", TimeText.of(person.created)),
                ("changed", TimeText.of(person.changed)),
            ]
            let values = person.values.filter { $0.key != "login" }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            let missing = person.missing.isEmpty ? [] : [("required and empty", person.missing.joined(separator: ", "))]
            for (label, text) in head + values + missing {
                print(TerminalText.padded(TerminalText.safe(label), to: 20), TerminalText.safe(text))
            }
        }
    }

    fileprivate static func line(_ person: ListedPerson) -> String {
        let columns = [
            (person.login, 18), ("\(person.firstName) \(person.lastName)", 28), (person.email, 34), (person.customerID, 14),
            (person.backEnd, 14), (person.isValid ? "valid" : "invalid", 7),
        ]
        let text = columns.map { TerminalText.padded(TerminalText.safe($0.0), to: $0.1) }.joined(separator: " ")
        let missing = person.missing.isEmpty ? "" : " (without \(person.missing.joined(separator: ", ")))"
        return (text + " " + person.grants.joined(separator: " ") + missing).trimmingTrailingSpaces()
    }
}

/// What would give people of each back end a group, from the configuration; nothing where it cannot be read.
private struct Remedies {
    private let rules: [String: [String]]

    init(_ source: ConfigurationSource) {
        let backEnds = source.read().configuration?.backEnds ?? []
        rules = Dictionary(
            backEnds.map { ($0.slot.key, Self.words($0.rules)) }, uniquingKeysWith: { first, _ in first })
    }

    func rules(of backEnd: String) -> [String] { rules[backEnd] ?? [] }

    private static func words(_ rules: GroupRules) -> [String] {
        rules.byLDAPGroup.filter { !$0.gifts.isEmpty }.map { rule in
            "being a member of \(rule.groupDN) (\(rule.gifts.map(\.group).joined(separator: ", ")))"
        }
            + rules.byAttribute.filter { !$0.gifts.isEmpty }.map { rule in
                "'\(rule.value)' in \(rule.attribute) (\(rule.gifts.map(\.group).joined(separator: ", ")))"
            }
    }
}

/// Somebody without any permission, and what would give them one.
private struct UnassignedDocument: Encodable {
    var login: String
    var customerID: String
    var backEnd: String
    var wouldGive: [String]

    init(_ person: ListedPerson, wouldGive: [String]) {
        login = person.login
        customerID = person.customerID
        backEnd = person.backEnd
        self.wouldGive = wouldGive
    }

    var line: String {
        let rules = wouldGive.isEmpty ? "no rule gives a group" : "a group by " + wouldGive.joined(separator: ", or ")
        let columns = [(login, 24), (customerID, 20), (backEnd, 14)]
        return columns.map { TerminalText.padded(TerminalText.safe($0.0), to: $0.1) }.joined(separator: " ")
            + " " + TerminalText.safe("\(rules); or 'rollcall grant'")
    }
}
