import ArgumentParser
import ChangeLog
import Foundation
import Model
import Store

struct Grants: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, export and import grants.",
        discussion: "Without a subcommand all grants of people who are there, and of customers, are listed.",
        subcommands: [List.self, Export.self, Import.self], defaultSubcommand: List.self)

    struct FilterOptions: ParsableArguments {
        @Option(help: ArgumentHelp("Only those of one customer user.", valueName: "login")) var user: String?
        @Option(help: ArgumentHelp("Only those of one customer.", valueName: "customer ID")) var customer: String?
        @Option(help: ArgumentHelp("Only those on one group.", valueName: "name")) var group: String?
        @Option(help: ArgumentHelp("Only manual, initial or rule ones, or what is withheld.", valueName: "source"))
        var source: SourceName?

        var filter: GrantFilter {
            GrantFilter(login: user, customerID: customer, group: group, source: source?.rawValue)
        }

        func validate() throws {
            if user != nil, customer != nil { throw ValidationError("Give '--user' or '--customer', not both.") }
        }
    }

    enum SourceName: String, ExpressibleByArgument, CaseIterable {
        case manual, initial, rule, withheld
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List grants, with what gave them.")

        @OptionGroup var options: FilterOptions
        @OptionGroup var paths: PathOptions
        @Flag(help: "One JSON object a line.") var json = false

        func run() throws {
            let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
            try store.forEachGrant(options.filter) { print(json ? try JSONText.of($0) : Self.line($0)) }
        }

        private static func line(_ grant: ListedGrant) -> String {
            let who = grant.login ?? "customer \(grant.customerID ?? "")\(grant.context == "Other" ? " (other customers)" : "")"
            return [
                TerminalText.padded(TerminalText.safe(who), to: 24),
                TerminalText.padded(TerminalText.safe(grant.group), to: 20),
                TerminalText.padded(grant.permission, to: 10), TerminalText.safe(grant.rule ?? grant.source),
                "since record \(grant.since)",
            ].joined(separator: " ")
        }
    }

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv, json
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write grants to standard output, for a spreadsheet or 'rollcall grants import'.",
            discussion: "CSV as in RFC 4180, UTF-8, with a header; or one JSON object a line.")

        @OptionGroup var options: FilterOptions
        @Option(help: "csv or json.") var format = Format.csv
        @OptionGroup var paths: PathOptions

        func run() throws {
            let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
            if format == .csv { print(GrantTable.header) }
            try store.forEachGrant(options.filter) { print(format == .csv ? GrantTable.row($0) : try JSONText.of($0)) }
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give what a file says, by hand.",
            discussion: """
                The file is as 'rollcall grants export' writes it, CSV or JSON; '-' is standard input. Without --apply it only \
                shows what it would do. Rows with another source than manual are passed over: rules give those. Nothing is \
                taken from anybody, unless --exact is given.

                Exit codes: 0 done; 2 the file cannot be read; 6 some rows cannot be, and nothing was changed.
                """)

        @Argument(help: "The file.") var file: String
        @Option(help: "csv or json. (default: by the name's ending)") var format: Format?
        @Flag(help: "Do it.") var apply = false
        @Flag(help: "Whoever the file names keeps by hand only what it says, on the groups that it names for them.")
        var exact = false
        @OptionGroup var options: ActingOptions

        func run() throws {
            let rows = try GrantTable.read(file, format)
            let plan: ImportPlan
            if apply {
                plan = try options.store().importGrants(rows, isExact: exact, options.order()).plan
            } else {
                let store = try Store(readingFrom: try options.paths.storePath(), form: Record.form)
                plan = try store.planImport(rows, isExact: exact)
            }
            for step in plan.steps { print(TerminalText.safe(Self.line(step))) }
            print(summary(plan))
        }

        private func summary(_ plan: ImportPlan) -> String {
            let given = plan.steps.count { $0.act == .give }
            let parts = [
                "\(given) \(apply ? "given" : "to give")", "\(plan.steps.count - given) \(apply ? "taken" : "to take")",
                "\(plan.unchanged) there already",
                plan.passedOver == 0 ? nil : "\(plan.passedOver) passed over, which rules give",
            ]
            return parts.compactMap(\.self).joined(separator: ", ") + (apply ? "." : ". Nothing is changed without --apply.")
        }

        private static func line(_ step: ImportPlan.Step) -> String {
            let who =
                step.grantee.person?.login
                ?? "customer \(step.grantee.customerID)\(step.grantee.context == .other ? " (other customers)" : "")"
            return "\(step.act.rawValue): \(who), \(step.permission) on \(step.group)"
        }
    }
}
