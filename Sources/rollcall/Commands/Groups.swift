import ArgumentParser
import ChangeLog
import Store

struct Groups: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List groups: whether everybody has them, and how many hold a grant of their own.")

    @OptionGroup var paths: PathOptions

    @Flag(help: "One JSON object a line.")
    var json = false

    func run() throws {
        let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
        for group in try store.groups() { print(json ? try JSONText.of(group) : Self.line(group)) }
    }

    private static func line(_ group: ListedGroup) -> String {
        let always = [
            group.isAlwaysForCustomerUsers ? "every customer user" : nil, group.isAlwaysForCustomers ? "every customer" : nil,
        ].compactMap(\.self)
        return [
            TerminalText.padded(TerminalText.safe(group.name), to: 24),
            TerminalText.padded(group.isValid ? "valid" : "invalid", to: 7),
            "\(group.customerUsers) customer users, \(group.customers) customers"
                + (always.isEmpty ? "" : ", always: " + always.joined(separator: ", ")),
        ].joined(separator: " ")
    }
}
