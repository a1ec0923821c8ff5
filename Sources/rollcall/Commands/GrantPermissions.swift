import ArgumentParser
import Model
import Store

/// Whom, on what, which: the same for `grant`, `revoke` and `release`.
struct RelationOptions: ParsableArguments {
    @Option(name: .long, parsing: .upToNextOption, help: ArgumentHelp("Customer users, by login.", valueName: "login"))
    var user: [String] = []

    @Option(name: .long, parsing: .upToNextOption, help: ArgumentHelp("Customers.", valueName: "customer ID"))
    var customer: [String] = []

    @Option(help: "For which tickets, with --customer: Same (their own) or Other (those of other customers).")
    var context: ContextName = .same

    @Option(name: .long, parsing: .upToNextOption, help: ArgumentHelp("Groups.", valueName: "name"))
    var group: [String]

    @Option(help: ArgumentHelp("Permissions, with commas between them, such as ro,create.", valueName: "types"))
    var permission: String

    @Option(
        help: ArgumentHelp(
            "Refuse if somebody has changed any of these relations after the change record of this number.",
            valueName: "number"))
    var ifUnchangedSince: Int64?

    enum ContextName: String, ExpressibleByArgument, CaseIterable {
        case same = "Same"
        case other = "Other"

        var context: PermissionContext { self == .same ? .same : .other }
    }

    func validate() throws {
        if user.isEmpty, customer.isEmpty { throw ValidationError("Name somebody with --user, or a customer with --customer.") }
        if customer.isEmpty, context == .other {
            throw ValidationError("'--context' is for customers. Name one with --customer.")
        }
        if NameList.names([permission]).isEmpty { throw ValidationError("'--permission' is empty. Write types such as ro,rw.") }
    }

    func command(_ act: GrantCommand.Act) -> GrantCommand {
        GrantCommand(
            act, users: user, customers: customer, context: context.context, groups: group,
            permissions: Set(NameList.names([permission]).map(Permission.init)), unchangedSince: ifUnchangedSince)
    }
}

struct GrantPermissions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant", abstract: "Give permissions on groups by hand.",
        discussion: """
            Everybody who is named gets all permissions on all groups that are named, in one transaction: all of it is done, or \
            nothing. rw includes every other type. What rules give is not touched.
            """)

    @OptionGroup var relations: RelationOptions
    @OptionGroup var options: ActingOptions

    func run() throws {
        let result = try options.store().carryOut(relations.command(.grant), options.order())
        guard let records = result.records else { return print(CommandText.nothing) }
        let taken = result.taken > 0 ? " in place of \(Amount.of(result.taken, "narrower one", "narrower ones"))" : ""
        print("\(Amount.of(result.given, "permission", "permissions")) given\(taken) \(CommandText.records(records)).")
    }
}

struct RevokePermissions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take permissions on groups away.",
        discussion: """
            What a rule gives would be given again in the next cycle, so it is refused, unless --hold keeps it away until \
            'rollcall release'. All of it is done, or nothing.
            """)

    @OptionGroup var relations: RelationOptions

    @Flag(help: "Also take what rules give, and keep it away until it is released.")
    var hold = false

    @OptionGroup var options: ActingOptions

    func run() throws {
        let result = try options.store().carryOut(relations.command(hold ? .withhold : .revoke), options.order())
        if let records = result.records {
            let held = result.withheld > 0 ? ", \(result.withheld) kept away until released" : ""
            print("\(Amount.of(result.taken, "permission", "permissions")) taken\(held) \(CommandText.records(records)).")
        } else {
            print(CommandText.nothing)
        }
        for rest in result.remaining {
            print(TerminalText.safe("\(rest.login) still has \(rest.permission) on '\(rest.group)', by \(rest.via)."))
        }
    }
}

struct ReleasePermissions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Let rules give again what 'rollcall revoke --hold' keeps away.")

    @OptionGroup var relations: RelationOptions
    @OptionGroup var options: ActingOptions

    func run() throws {
        let result = try options.store().carryOut(relations.command(.release), options.order())
        guard let records = result.records else { return print(CommandText.nothing) }
        let given = result.given > 0 ? ", \(result.given) given by rules at once" : ""
        print("\(Amount.of(result.released, "permission", "permissions")) released\(given) \(CommandText.records(records)).")
    }
}
