import ArgumentParser
import ChangeLog
import Store
import Sync

struct ShowStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the last cycle, the outlets of the change log, the back ends and their problems."
    )

    @OptionGroup var paths: PathOptions

    @Flag(help: "As JSON.")
    var json = false

    func run() throws {
        let status = try Store(readingFrom: try paths.storePath(), form: Record.form).status()
        if json {
            print(try JSONText.of(status))
        } else {
            printStatus(status)
        }
    }

    private func printStatus(_ status: Status) {
        guard let cycle = status.lastCycle else { return print("No cycle yet.") }
        let end = cycle.finished.map { "finished \(TimeText.of($0)), \(cycle.outcome ?? "")" } ?? "not finished"
        print("Cycle \(cycle.number): started \(TimeText.of(cycle.started)), \(end)")
        print("\(status.customers) customers, \(status.groups) groups, last change number \(status.lastSequence)")
        for outlet in status.outlets { printOutlet(outlet) }
        for backEnd in status.backEnds { printBackEnd(backEnd) }
        if !status.problems.isEmpty { print("\nProblems:") }
        for problem in status.problems {
            print("  \(problem.backEnd ?? "configuration"): \(TerminalText.safe(problem.message))")
        }
    }

    private func printOutlet(_ outlet: Status.Outlet) {
        let name = outlet.isFile ? "change log" : TerminalText.safe(outlet.name)
        guard outlet.waiting > 0 else { return print("\(name): all records") }
        print("\(name): \(Amount.of(Int(outlet.waiting), "record waits", "records wait")) (after record \(outlet.delivered))")
    }

    private func printBackEnd(_ backEnd: Status.BackEnd) {
        print("\n\(backEnd.key) \(TerminalText.safe(backEnd.name))\(backEnd.isConfigured ? "" : " (no longer configured)")")
        let success = backEnd.lastSuccess.map(TimeText.of) ?? "never"
        let everybody = backEnd.lastComplete.map(TimeText.of) ?? "-"
        let table = [
            ("server", backEnd.server ?? "-"), ("strategy", backEnd.strategy ?? "-"), ("coverage", coverage(backEnd)),
            ("last success", success), ("lag", lag(backEnd)), ("everybody", everybody), ("entries", "\(backEnd.entries)"),
            ("people", "\(backEnd.people)"), ("unassigned", "\(backEnd.unassigned)"),
            ("incomplete", "\(backEnd.incomplete)"), ("held", "\(backEnd.held)"), ("problems", "\(backEnd.problems)"),
        ]
        for (name, value) in table { print("  \(TerminalText.padded(name, to: 13)) \(TerminalText.safe(value))") }
        if let failure = backEnd.failure { print("  \(TerminalText.padded("failure", to: 13)) \(TerminalText.safe(failure))") }
    }

    private func coverage(_ backEnd: Status.BackEnd) -> String {
        guard let coverage = backEnd.coverage else { return "-" }
        return backEnd.reason.flatMap { $0.isEmpty ? nil : "\(coverage): \($0)" } ?? coverage
    }

    /// How old what the mirror shows is.
    private func lag(_ backEnd: Status.BackEnd) -> String {
        backEnd.lastSuccess.map { "\(max(0, (Clock.now() - $0) / 1_000_000)) s" } ?? "-"
    }
}
