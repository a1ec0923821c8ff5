import ArgumentParser
import ChangeLog
import Model
import Store

struct Undo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Undo what a command or a cycle did to grants.",
        discussion: """
            Without --apply it only shows what it would do. A change number stands for everything that its command did; one of \
            a cycle stands for that one change, and --cycle for all of the cycle. What has changed since is left alone, and \
            shown. What a rule gave is taken and kept away until 'rollcall release'; what a rule took is given by hand. Other \
            changes, such as those of people and groups, are not touched.

            Exit codes: 0 all of it can be undone, or was; 7 something is left alone; 6 there is nothing of the kind.
            """)

    @Argument(help: ArgumentHelp("The change number.", valueName: "number")) var number: Int64?
    @Option(help: ArgumentHelp("All of a cycle.", valueName: "number")) var cycle: Int64?
    @Flag(help: "Do it.") var apply = false
    @OptionGroup var options: ActingOptions
    @Flag(help: "One JSON object a line.") var json = false

    func validate() throws {
        guard (number == nil) != (cycle == nil) else {
            throw ValidationError("Give a change number, or '--cycle' with a cycle's number.")
        }
    }

    func run() throws {
        let target = cycle.map(UndoTarget.cycle) ?? .record(number ?? 0)
        guard apply else {
            let store = try Store(readingFrom: try options.paths.storePath(), form: Record.form)
            return try tell(try store.planUndo(target), done: nil)
        }
        let (plan, records) = try options.store().undo(target, options.order())
        try tell(plan, done: records)
    }

    private func tell(_ plan: UndoPlan, done records: ClosedRange<Int64>?) throws {
        for step in plan.steps {
            print(json ? try JSONText.of(UndoDocument(step)) : TerminalText.safe(UndoDocument(step).line))
        }
        if !json {
            let count = Amount.of(plan.open.count, "change", "changes")
            if plan.steps.isEmpty {
                print("Nothing of it concerns grants, or all of it was undone by itself.")
            } else if apply {
                print("\(count) undone\(records.map { " \(CommandText.records($0))" } ?? "").")
            } else {
                print("\(count) to undo. Nothing is changed without --apply.")
            }
        }
        if !plan.conflicts.isEmpty { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
    }
}

/// One step of an undo for people and machines.
private struct UndoDocument: Encodable {
    var act: String
    var login: String?
    var customerID: String
    var context: String?
    var group: String
    var permission: String
    var source: String?
    var rule: String?
    /// The record that it undoes.
    var record: Int64
    /// Why it is left alone.
    var conflict: String?

    init(_ step: UndoPlan.Step) {
        switch step.act {
        case .give(let grant), .restore(let grant): (act, source, rule) = ("give", grant.source.rawValue, grant.rule)
        case .take(let grant): (act, source, rule) = ("take", grant.source.rawValue, grant.rule)
        case .takeAndWithhold(let grant): (act, source, rule) = ("take and keep away", grant.source.rawValue, grant.rule)
        case .withhold: act = "keep away"
        case .release: act = "release"
        }
        if rule?.isEmpty == true { rule = nil }
        login = step.grantee.person?.login
        customerID = step.grantee.customerID
        context = step.grantee.context?.rawValue
        group = step.group
        permission = step.permission.name
        record = step.record
        conflict = step.conflict.map(Self.words)
    }

    private static func words(_ conflict: UndoPlan.Conflict) -> String {
        switch conflict {
        case .changedSince(let record): "record \(record) changed it since"
        case .givenByOther(let rule): "\(rule) gives it as well"
        case .noSuchGrantee: "nobody of that name is in the store any more"
        case .hasLeft: "they have left the directory"
        case .noSuchGroup: "there is no such group any more"
        }
    }

    var line: String {
        let who = login ?? "customer \(customerID)\(context == PermissionContext.other.rawValue ? " (other customers)" : "")"
        let origin = rule.map { " (by \($0))" } ?? source.map { " (\($0))" } ?? ""
        let text = "\(act): \(who), \(permission) on \(group)\(origin), record \(record)"
        return conflict.map { "left alone, \($0) -- \(text)" } ?? text
    }
}
