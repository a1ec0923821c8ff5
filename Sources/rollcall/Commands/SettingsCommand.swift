import ArgumentParser
import ChangeLog
import Model
import Store

struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Change always-groups and permission types by command, and deploy them.",
        discussion: """
            'set' and 'unset' only stage; 'deploy' puts in force what is staged, at once and together. What the configuration \
            says itself wins. Keys: \(SettingKey.allCases.map(\.rawValue).joined(separator: ", ")).
            """,
        subcommands: [
            List.self, Set.self, Unset.self, Diff.self, Discard.self, Deploy.self, History.self, RollBack.self,
        ],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what counts, from where, and what is staged.")

        @OptionGroup var paths: PathOptions
        @Flag(help: "One JSON object a line.") var json = false

        func run() throws {
            let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
            for setting in try store.settings() { print(json ? try JSONText.of(setting) : Self.text(setting)) }
        }

        private static func text(_ setting: ListedSetting) -> String {
            var text = "\(setting.key.rawValue) = \(SettingsCommand.names(setting.value)) (\(setting.origin))"
            if let change = SettingsCommand.staged(setting) { text += "\n    staged: \(change)" }
            return text
        }
    }

    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what a deployment now would change.")

        @OptionGroup var paths: PathOptions

        func run() throws {
            let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
            let staged = try store.settings().filter { $0.staged != nil || $0.isStagedForRemoval }
            if staged.isEmpty { return print("Nothing is staged.") }
            for setting in staged {
                print("\(setting.key.rawValue)\n  - \(SettingsCommand.names(setting.value)) (\(setting.origin))")
                print("  + \(SettingsCommand.staged(setting) ?? "")")
            }
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stage a value.")

        @Argument(help: "The key.", transform: SettingsCommand.key) var key: SettingKey
        @Argument(help: "Names, with commas between them; empty for none.") var value: String
        @OptionGroup var options: ActingOptions

        func run() throws {
            let store = try options.store()
            try store.stage(key, NameList.names([value]), options.order())
            print("\(key.rawValue) is staged. 'rollcall settings deploy' puts it in force.")
            try SettingsCommand.warnIfConfigured(key, store)
        }
    }

    struct Unset: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stage that a key is as the configuration, or else the ticket system, has it.")

        @Argument(help: "The key.", transform: SettingsCommand.key) var key: SettingKey
        @OptionGroup var options: ActingOptions

        func run() throws {
            try options.store().stage(key, nil, options.order())
            print("\(key.rawValue) is staged to be unset. 'rollcall settings deploy' does it.")
        }
    }

    struct Discard: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Forget everything that is staged.")

        @OptionGroup var options: ActingOptions

        func run() throws {
            let count = try options.store().discardStaged(options.order())
            print(count == 0 ? "Nothing was staged." : "\(Amount.of(count, "setting", "settings")) forgotten.")
        }
    }

    struct Deploy: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put in force what is staged.", discussion: "A running daemon need not be stopped.")

        @Option(help: "Why, for the history.") var comment = ""
        @OptionGroup var options: ActingOptions

        func run() throws {
            let store = try options.store()
            let staged = try store.settings().filter { $0.staged != nil }.map(\.key)
            guard let number = try store.deploy(options.order(), comment: comment) else {
                return print("Nothing is staged: 'rollcall settings set' does that.")
            }
            print("Deployment \(number) is in force.")
            for key in staged { try SettingsCommand.warnIfConfigured(key, store) }
        }
    }

    struct History: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List deployments, the last one first.")

        @OptionGroup var paths: PathOptions
        @Flag(help: "One JSON object a line.") var json = false

        func run() throws {
            let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
            for deployment in try store.deployments() {
                if json {
                    print(try JSONText.of(deployment))
                    continue
                }
                let comment = deployment.comment.isEmpty ? "" : "  \(deployment.comment)"
                print(TerminalText.safe("\(deployment.number)  \(TimeText.of(deployment.time))  \(deployment.actor)\(comment)"))
                for (key, names) in deployment.settings.sorted(by: { $0.key < $1.key }) {
                    print("    \(key) = \(SettingsCommand.names(names))")
                }
            }
        }
    }

    struct RollBack: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rollback", abstract: "Put in force again what an earlier deployment had.",
            discussion: "That is a deployment of its own.")

        @Argument(help: "The deployment; 0 for the time before any. (default: the one before the last)") var number: Int64?
        @OptionGroup var options: ActingOptions

        func run() throws {
            let new = try options.store().rollBack(to: number, options.order())
            print("Deployment \(new) is in force.")
        }
    }

    private static func key(_ text: String) throws -> SettingKey {
        if let key = SettingKey(rawValue: text) { return key }
        let keys = SettingKey.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("'\(text)' cannot be set by command. These can: \(keys).")
    }

    private static func names(_ names: [String]) -> String {
        names.isEmpty ? "(none)" : TerminalText.safe(names.joined(separator: ", "))
    }

    private static func staged(_ setting: ListedSetting) -> String? {
        let actor = setting.stagedBy.map { ", by \($0)" } ?? ""
        if setting.isStagedForRemoval { return "as the configuration has it\(actor)" }
        return setting.staged.map { "\(names($0))\(actor)" }
    }

    private static func warnIfConfigured(_ key: SettingKey, _ store: Store) throws {
        guard try store.settings().first(where: { $0.key == key })?.isConfigured == true else { return }
        Exit.printError(
            "rollcall: warning: \(key.rawValue) is in the configuration, which wins. Take it out there for this to count.")
    }
}
