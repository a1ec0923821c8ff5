import ArgumentParser
import ChangeLog
import Store

extension Groups {
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List those who have permissions on a group, and on which way.",
            discussion: "Exit codes: 0 done; 2 there is no such group.")

        @Argument(help: "The group.") var name: String
        @Option(help: ArgumentHelp("Begin after this one.", valueName: "login")) var after: String?
        @Option(help: "How many at most; 0 for all.") var limit = 200
        @OptionGroup var paths: PathOptions
        @Flag(help: "One JSON object a line.") var json = false

        func validate() throws {
            if limit < 0 { throw ValidationError("'--limit' cannot be negative. Write 0 for all.") }
        }

        func run() throws {
            let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
            var last = after
            var rest = limit == 0 ? Int.max : limit
            while rest > 0 {
                guard let page = try store.members(of: name, after: last, limit: min(rest, 1000)) else {
                    Exit.printError(
                        TerminalText.safe("rollcall: error: there is no group '\(name)'. 'rollcall groups' lists them."))
                    throw ExitCode(ExitStatus.usage.rawValue)
                }
                if page.isEmpty, last == after, !json { try tellNobody(store) }
                for member in page { print(json ? try JSONText.of(member) : Self.line(member)) }
                guard let end = page.last, page.count == min(rest, 1000) else { return }
                last = end.login
                rest -= page.count
            }
            guard !json else { return }
            if let last { Exit.printError(TerminalText.safe("There may be more: --after \(last)")) }
        }

        /// Why the list is empty.
        private func tellNobody(_ store: Store) throws {
            let isValid = try store.groups().first { $0.name == name }?.isValid ?? true
            let reason =
                isValid
                ? "Nobody has permissions on '\(name)'\(after.map { " after '\($0)'" } ?? "")."
                : "Nobody has permissions on '\(name)', because it is invalid. 'rollcall groups validate' makes it valid."
            Exit.printError(TerminalText.safe(reason))
        }

        private static func line(_ member: ListedMember) -> String {
            let permissions = member.permissions.map { "\($0.permission) (\($0.via.joined(separator: ", ")))" }
            return [
                TerminalText.padded(TerminalText.safe(member.login), to: 24),
                TerminalText.padded(TerminalText.safe(member.customerID), to: 16),
                TerminalText.safe(permissions.joined(separator: ", ")),
            ].joined(separator: " ")
        }
    }
}
