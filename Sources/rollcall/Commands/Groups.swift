import ArgumentParser
import ChangeLog
import Store

struct Groups: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show and manage groups.",
        discussion: """
            Groups of Rollcall::Groups belong to the configuration: they come and go with it. Others are made here. Without a \
            subcommand all groups are listed.
            """,
        subcommands: [List.self, Show.self, Add.self, Rename.self, Comment.self, Invalidate.self, Validate.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List groups: whether everybody has them, and how many hold a grant of their own.")

        @OptionGroup var paths: PathOptions

        @Flag(help: "One JSON object a line.")
        var json = false

        func run() throws {
            let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
            for group in try store.groups() { print(json ? try JSONText.of(group) : Groups.line(group)) }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a group.")

        @Argument(help: "Its name.") var name: String
        @Option(help: "What it is for.") var comment = ""
        @OptionGroup var options: ActingOptions

        func run() throws {
            try Groups.carryOut(.add(name: name, comment: comment), "The group '\(name)' was made", options)
        }
    }

    struct Rename: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a group another name.", discussion: "Everybody keeps what they have in it.")

        @Argument(help: "The group.") var name: String
        @Argument(help: "Its new name.") var new: String
        @OptionGroup var options: ActingOptions

        func run() throws {
            try Groups.carryOut(.rename(name, to: new), "The group '\(name)' is '\(new)' now", options)
        }
    }

    struct Comment: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say what a group is for.")

        @Argument(help: "The group.") var name: String
        @Argument(help: "What it is for; empty for nothing.") var comment: String
        @OptionGroup var options: ActingOptions

        func run() throws {
            try Groups.carryOut(.comment(name, comment), "The group '\(name)' has another comment", options)
        }
    }

    struct Invalidate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a group out of use.",
            discussion: "Its grants are kept, and count for nothing until it is valid again.")

        @Argument(help: "The group.") var name: String
        @OptionGroup var options: ActingOptions

        func run() throws { try Groups.carryOut(.invalidate(name), "The group '\(name)' is invalid now", options) }
    }

    struct Validate: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take an invalid group into use again.")

        @Argument(help: "The group.") var name: String
        @OptionGroup var options: ActingOptions

        func run() throws { try Groups.carryOut(.validate(name), "The group '\(name)' is valid now", options) }
    }

    private static func carryOut(_ command: GroupCommand, _ done: String, _ options: ActingOptions) throws {
        let records = try options.store().carryOut(command, options.order())
        print(TerminalText.safe(records.map { "\(done) \(CommandText.records($0))." } ?? CommandText.nothing))
    }

    private static func line(_ group: ListedGroup) -> String {
        let always = [
            group.isAlwaysForCustomerUsers ? "every customer user" : nil, group.isAlwaysForCustomers ? "every customer" : nil,
        ].compactMap(\.self)
        return [
            TerminalText.padded(TerminalText.safe(group.name), to: 24),
            TerminalText.padded(group.isValid ? "valid" : "invalid", to: 7),
            "\(group.customerUsers) customer users, \(group.customers) customers"
                + (always.isEmpty ? "" : ", always: " + always.joined(separator: ", "))
                + (group.comment.isEmpty ? "" : "; \(TerminalText.safe(group.comment))"),
        ].joined(separator: " ")
    }
}
