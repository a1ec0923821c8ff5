import ArgumentParser
import ChangeLog
import Model
import Store

extension Log {
    struct Salts: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the salts that prove values of a person.",
            discussion: """
                Where the change log tells digests (Rollcall::ChangeLogValues is 'digest'), a digest is the SHA-256 of the \
                field's salt and the value behind it: printf '%s' SALTVALUE | sha256sum. Each field of each person has a salt of \
                its own: whoever is given it can check the values of that field, and of no other.

                Exit codes: 0 here they are; 7 no digest was made of the person; 6 there is nobody of that name.
                """)

        @Option(help: ArgumentHelp("Whose: login or immutable id.", valueName: "login")) var user: String
        @Option(
            parsing: .singleValue,
            help: ArgumentHelp(
                "Of which field, by its name in rollcall.changes; 'login' for user.hash, too. May be repeated.",
                valueName: "field"))
        var field: [String]
        @OptionGroup var paths: PathOptions
        @Flag(help: "One JSON object a line.") var json = false

        func run() throws {
            let people = try Store(readingFrom: try paths.storePath(), form: Record.form).salts(of: user)
            for person in people {
                for name in field {
                    let salt = Commitment(person.salt, to: name).salt
                    let document = SaltDocument(id: "\(person.id)", backEnd: person.backEnd.key, field: name, salt: salt)
                    print(json ? try JSONText.of(document) : TerminalText.safe(document.line))
                }
            }
            guard !people.isEmpty else {
                Exit.printError(TerminalText.safe("rollcall: error: the change log has no digest of '\(user)' yet."))
                throw ExitCode(ExitStatus.answerIsNo.rawValue)
            }
        }
    }
}

/// The salt of one field of one person.
private struct SaltDocument: Encodable {
    var id: String
    var backEnd: String
    var field: String
    /// 64 hexadecimal digits.
    var salt: String

    var line: String { "\(salt)  \(field) of \(id) (\(backEnd))" }
}
