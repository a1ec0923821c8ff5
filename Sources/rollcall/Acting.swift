import ArgumentParser
import ChangeLog
import Foundation
import Model
import Store
import Sync

/// What every command needs that changes something: where the store is, and who acts.
struct ActingOptions: ParsableArguments {
    @OptionGroup var paths: PathOptions
    @OptionGroup var acting: ActorOption

    /// Opens the store for the command's short transaction.
    func store() throws -> Store { try Store(commanding: try paths.storePath(), form: Record.form) }

    /// The command as it was given, by whoever acts, now.
    func order() -> CommandOrder {
        CommandOrder(actor: acting.name, now: Clock.now(), text: Self.text(CommandLine.arguments.dropFirst()))
    }

    /// Arguments as a shell would take them.
    private static func text(_ arguments: some Sequence<String>) -> String {
        arguments.map { argument in
            let isPlain = !argument.isEmpty && argument.allSatisfy { $0.isLetter || $0.isNumber || "-_=,./:@+".contains($0) }
            return isPlain ? argument : "'" + argument.replacingOccurrences(of: "'", with: #"'\''"#) + "'"
        }.joined(separator: " ")
    }
}

/// Lists of names on the command line: separated by commas, and the option may be repeated.
enum NameList {
    static func names(_ arguments: [String]) -> [String] {
        arguments.flatMap { $0.split(separator: ",") }.map { String($0).trimmingSpaces() }.filter { !$0.isEmpty }
    }
}

/// What a command did, for people.
enum CommandText {
    /// Such as "(record 17)" or "(records 17 to 19)".
    static func records(_ numbers: ClosedRange<Int64>) -> String {
        numbers.count == 1 ? "(record \(numbers.lowerBound))" : "(records \(numbers.lowerBound) to \(numbers.upperBound))"
    }

    static let nothing = "Nothing to do: it is so already."
}
