import ArgumentParser
import ChangeLog
import Store

struct Customers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show and search customers.", discussion: "Without a subcommand they are listed.",
        subcommands: [List.self, Show.self, Search.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List customers, with their people and grants.")

        @OptionGroup var paths: PathOptions
        @Flag(help: "One JSON object a line.") var json = false

        func run() throws {
            let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
            try store.forEachCustomer { print(json ? try JSONText.of($0) : Customers.line($0)) }
        }
    }

    struct Search: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Search customers by ID or name.",
            discussion: """
                * stands for anything, and the case of letters does not matter.

                Exit codes: 0 one was found; 7 none.
                """)

        @Argument(help: "What to look for, such as 'acme*'.") var text: String
        @OptionGroup var paths: PathOptions
        @Flag(help: "One JSON object a line.") var json = false

        func run() throws {
            let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
            var isEmpty = true
            try store.forEachCustomer(Wildcard(text)) { customer in
                isEmpty = false
                print(json ? try JSONText.of(customer) : Customers.line(customer))
            }
            if isEmpty { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one customer, its grants and its people.",
            discussion: "Exit codes: 0 done; 2 there is no such customer.")

        @Argument(help: ArgumentHelp("The customer.", valueName: "customer ID")) var customer: String
        @Option(help: ArgumentHelp("Begin with the people after this one.", valueName: "login")) var after: String?
        @Option(help: "How many people at most.") var limit = 200
        @OptionGroup var paths: PathOptions
        @Flag(help: "JSON: the customer, then its grants and its people, one object a line.") var json = false

        func run() throws {
            let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
            guard let found = try store.customer(customer) else {
                Exit.printError(
                    TerminalText.safe(
                        "rollcall: error: there is no customer '\(customer)'. Look for one with 'rollcall customers search'."))
                throw ExitCode(ExitStatus.usage.rawValue)
            }
            let people = try store.people(ofCustomer: customer, after: after, limit: limit)
            print(json ? try JSONText.of(found) : Customers.line(found))
            try store.forEachGrant(GrantFilter(customerID: customer)) {
                print(
                    json
                        ? try JSONText.of($0)
                        : TerminalText.safe("    \($0.permission) on \($0.group), \($0.context ?? ""), \($0.rule ?? $0.source)")
                )
            }
            for login in people { print(json ? try JSONText.of(["login": login]) : TerminalText.safe("  \(login)")) }
            if !json, people.count == limit, let last = people.last {
                Exit.printError(TerminalText.safe("There may be more: --after \(last)"))
            }
        }
    }

    private static func line(_ customer: ListedCustomer) -> String {
        let name = customer.name == customer.customerID ? "" : " (\(customer.name))"
        return [
            TerminalText.padded(TerminalText.safe(customer.customerID + name), to: 32),
            TerminalText.padded(customer.isValid ? "valid" : "invalid", to: 7),
            TerminalText.padded(Amount.of(customer.people, "person", "people"), to: 12),
            TerminalText.safe(customer.grants.joined(separator: " ")),
        ].joined(separator: " ").trimmingTrailingSpaces()
    }
}
