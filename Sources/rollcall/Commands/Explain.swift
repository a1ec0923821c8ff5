import ArgumentParser
import ChangeLog
import Model
import Settings
import Store

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say why a customer user may do what, and why not.",
        discussion: """
            Every permission with all that gives it: own grants and their source, rules with their place in the configuration, \
            customers, always-groups; and since which change record. With a group and a permission that is not there, what is \
            nearest to giving it.

            Exit codes: 0 there is such a permission; 7 there is none; 2 nobody has or had that login.
            """)

    @Argument(help: "The customer user.") var login: String
    @Argument(help: "One group.") var group: String?
    @Argument(help: "One permission, such as rw.") var permission: String?
    @Option(
        help: ArgumentHelp(
            "As of a change record, or of a time such as 2026-11-24T10:00:00Z.", valueName: "number or time"))
    var at: PastMoment?
    @OptionGroup var paths: PathOptions
    @Flag(help: "One JSON object.") var json = false

    func run() throws {
        let reading = ConfigurationSource(paths: paths.config).read()
        let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
        if let at, try store.hasGivenUp(at) {
            Exit.printError(
                "rollcall: error: the store does not keep records from that long ago (Rollcall::KeepRecords). "
                    + "The change log's files of that time have them: 'rollcall log FILES'.")
            throw ExitCode(ExitStatus.usage.rawValue)
        }
        guard var explanation = try store.explain(login, at: at) else {
            let isKnown = try at != nil && store.explain(login) != nil
            let reason =
                isKnown
                ? "'\(login)' had not appeared yet at that moment. 'rollcall log' shows when they did."
                : "there is no customer user '\(login)'. Look for one with 'rollcall users search'."
            Exit.printError(TerminalText.safe("rollcall: error: \(reason)"))
            throw ExitCode(ExitStatus.usage.rawValue)
        }
        if let backEnd = reading.configuration?.backEnds.first(where: { $0.slot == explanation.backEnd }) {
            explanation.context.rules = backEnd.rules
        }
        let words = ExplainWords(explanation, isConfigurationKnown: reading.configuration != nil) {
            reading.place(ofRule: $0, of: explanation.backEnd)
        }
        let document = ExplainDocument(explanation, words, group: group, permission: permission.map(Permission.init))
        if json { print(try JSONText.of(document)) } else { document.lines.forEach { print(TerminalText.safe($0)) } }
        if document.permissions.isEmpty { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
    }
}

extension PastMoment: ExpressibleByArgument {
    public init?(argument: String) {
        if let number = Int64(argument) {
            self = .record(number)
        } else if let time = TimeText.microseconds(argument) {
            self = .time(time)
        } else {
            return nil
        }
    }
}
