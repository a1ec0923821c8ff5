import ArgumentParser
import Foundation
import Logging
import Model

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Mirror the directories: as a daemon in the foreground, or once.",
        discussion: """
            SIGTERM and SIGINT end it cleanly, SIGHUP reads the configuration again and starts a cycle, SIGUSR1 starts one now.
            """)

    @OptionGroup var paths: PathOptions

    @Option(help: ArgumentHelp("The change log, in place of Rollcall::ChangeLog.", valueName: "path"))
    var changeLog: String?

    @Flag(help: "Do one cycle and exit.")
    var once = false

    @Flag(help: "Plan one cycle, print what it would change, and change nothing.")
    var dryRun = false

    @Option(help: "What to log: trace, debug, info, notice, warning, error, critical.")
    var logLevel: Logger.Level = .notice

    func run() async throws {
        let assembly = Assembly(
            source: ConfigurationSource(paths: paths.config), store: paths.store, changeLog: changeLog, level: logLevel)
        let status: ExitStatus =
            if dryRun {
                try assembly.dryRun()
            } else if once {
                try assembly.runOnce()
            } else {
                try await assembly.serve()
            }
        throw ExitCode(status.rawValue)
    }
}
