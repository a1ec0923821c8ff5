import ArgumentParser
import ChangeLog
import Foundation
import Store

/// What each exit code means; the same table is in `rollcall --help` and docs/operations.md.
enum ExitStatus: Int32 {
    case done = 0
    case backEndUnreadable = 1
    case usage = 2
    case removalsHeld = 3
    case storeInUse = 4
    case storeUnusable = 5
    case refused = 6
    case answerIsNo = 7
}

/// Ends the process, saying why on standard error.
enum Exit {
    static func end(with error: any Error) -> Never {
        switch error {
        case let code as ExitCode: exit(code.rawValue)
        case let problem as StoreProblem: end(problem.kind == .inUse ? .storeInUse : .storeUnusable, "\(problem)")
        case let refusal as CommandRefusal:
            for reason in refusal.reasons.dropLast() { printError(TerminalText.safe("rollcall: error: \(reason)")) }
            end(.refused, TerminalText.safe("\(refusal.reasons.last ?? "") Nothing was changed."))
        case let line as UnreadableLine: end(.storeUnusable, TerminalText.safe("\(line)"))
        case let problem as LogProblem: end(.storeUnusable, "\(problem)")
        case let problem as KeyProblem: end(.usage, "\(problem)")
        default: endUsage(error)
        }
    }

    private static func end(_ status: ExitStatus, _ message: String) -> Never {
        printError("rollcall: error: \(message)")
        exit(status.rawValue)
    }

    /// Help and version end well; a wrong command line is 2.
    private static func endUsage(_ error: any Error) -> Never {
        let message = Rollcall.fullMessage(for: error)
        guard Rollcall.exitCode(for: error) != .success else {
            print(message)
            exit(ExitStatus.done.rawValue)
        }
        printError(message)
        exit(ExitStatus.usage.rawValue)
    }

    static func printError(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
