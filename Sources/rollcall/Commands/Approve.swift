import ArgumentParser
import ChangeLog
import Foundation
import Model
import Store
import Sync

struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Release what the removal guard holds of one back end.",
        discussion: """
            Look at 'rollcall held' first. The next cycle carries it out, if those people are then still missing, and the \
            grants still not given. A running daemon need not be stopped. The change log has who approved what.

            Exit codes: 0 approved, or nothing is held; 2 a login of --only has nothing that is held, and nothing was approved.
            """)

    @Argument(help: "The back end, such as CustomerUser1.", transform: BackEndName.slot)
    var backEnd: Slot

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Only what is held of these logins.", valueName: "login"))
    var only: [String] = []

    @OptionGroup var paths: PathOptions
    @OptionGroup var acting: ActorOption

    func run() throws {
        let store = try Store(commanding: try paths.storePath(), form: Record.form)
        let approval = try store.approve(backEnd, logins: only, actor: acting.name, now: Clock.now())
        guard approval.unknown.isEmpty else {
            let logins = approval.unknown.map { "'\($0)'" }.joined(separator: ", ")
            Exit.printError(
                TerminalText.safe(
                    "rollcall: error: nothing of \(backEnd.key) is held for \(logins), so nothing was approved. "
                        + "'rollcall held \(backEnd.key)' lists what is."))
            throw ExitCode(ExitStatus.usage.rawValue)
        }
        if approval.removals + approval.grants + approval.customers + approval.requirements == 0 {
            return print("Nothing of \(backEnd.key) is held.")
        }
        let removals = Amount.of(approval.removals, "removal", "removals")
        let grants = Amount.of(approval.grants, "grant", "grants")
        let lacking =
            approval.requirements == 0 ? "" : Amount.of(approval.requirements, "person", "people") + " without a group, "
        let customers = approval.customers == 0 ? "" : Amount.of(approval.customers, "customer", "customers") + ", "
        print(
            "\(lacking)\(customers)\(removals) and \(grants) of \(backEnd.key) approved by \(TerminalText.safe(acting.name)).")
        print("The next cycle takes them away, if that is still right by then.")
    }
}

/// Who gives a command, for the change log.
struct ActorOption: ParsableArguments {
    @Option(help: ArgumentHelp("Who acts, for the change log. (default: the login name of the caller)", valueName: "name"))
    var actor: String?

    func validate() throws {
        guard let actor, actor.allSatisfy(\.isWhitespace) || actor == "cycle" else { return }
        throw ValidationError("'--actor' needs a name other than 'cycle'. Write who you are.")
    }

    /// The option, or whoever logged in, also behind `sudo`.
    var name: String {
        if let actor { return actor }
        if let user = ProcessInfo.processInfo.environment["SUDO_USER"], !user.isEmpty { return user }
        return getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(getuid())"
    }
}
