import ArgumentParser
import Foundation

/// The command line. Each command is thin: it wires rooms together and prints.
@main
struct Rollcall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollcall",
        abstract: "Keeps a service desk's customer users in step with its directories.",
        discussion: """
            Without a command it is 'rollcall run': the daemon in the foreground.

            Exit codes: 0 done; 1 a back end could not be read; 2 usage or configuration; 3 removals are held; \
            4 another Rollcall holds the store; 5 the store or the change log cannot be read or written; \
            6 a command was refused and nothing was changed; 7 the answer is no: nothing was found, or not all of it could \
            be undone.
            """,
        version: "0.1.0",
        subcommands: [
            Run.self, Check.self, Config.self, ShowStatus.self, Users.self, Customers.self, Groups.self, GrantPermissions.self,
            RevokePermissions.self, ReleasePermissions.self, Grants.self, SettingsCommand.self, Explain.self, Undo.self,
            Held.self, Approve.self, Log.self,
        ],
        defaultSubcommand: Run.self)

    static func main() async {
        // A peer that closes a socket, or a pager that closes its end, is an error of that write and nothing more.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Exit.end(with: error)
        }
    }
}
