import ArgumentParser
import ChangeLog
import Model
import Store

struct Held: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List what the removal guard holds.",
        discussion: """
            Removals of people, grants that rules no longer give, and customers that nobody has any more: with the reason, and with who has approved them. \
            'rollcall approve' releases them; those who come back into sight are released by themselves.
            """)

    @Argument(help: "A back end, such as CustomerUser1. (default: all of them)", transform: BackEndName.slot)
    var backEnd: Slot?

    @OptionGroup var paths: PathOptions

    @Flag(help: "One JSON object a line.")
    var json = false

    func run() throws {
        let store = try Store(readingFrom: try paths.storePath(), form: Record.form)
        var last = ""
        try store.forEachHeld(of: backEnd) { item in
            if json { return print(try JSONText.of(item)) }
            let heading = "\(item.backEnd): \(item.reason)"
            if heading != last { print(last.isEmpty ? "" : "\n", TerminalText.safe(heading), separator: "") }
            last = heading
            print("  " + Self.line(item))
        }
        if last.isEmpty, !json { print("Nothing is held.") }
    }

    private static func line(_ item: HeldItem) -> String {
        let what =
            switch item.kind {
            case "customer": "customer without people"
            case "requirement": "without a group"
            default: item.group.map { "\(item.permission ?? "") on \($0) by \(item.rule ?? "")" } ?? "removal"
            }
        let approved = item.approvedBy.map { ", approved by \($0)" } ?? ""
        let text = "\(what), since \(TimeText.of(item.since)) (cycle \(item.sinceCycle))\(approved)"
        return TerminalText.safe(TerminalText.padded(item.login, to: 18) + " " + text)
    }
}

/// A back end by its configuration key, such as `CustomerUser1`.
enum BackEndName {
    static func slot(_ argument: String) throws -> Slot {
        if let slot = Slot.numbers.compactMap(Slot.init).first(where: { $0.key == argument }) { return slot }
        throw ValidationError(
            "'\(argument)' is no back end. Write its configuration key: CustomerUser, or CustomerUser1 to CustomerUser10.")
    }
}
