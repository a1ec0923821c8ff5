import Foundation
import Support
import Testing

/// What `--help` says of the commands that look at a configuration.
@Suite struct HelpTests {
    /// On a terminal that is wide enough to leave the lines as they are.
    private func help(_ command: String...) throws -> String {
        let outcome = try run(Rollcall.program, command + ["--help"], environment: ["COLUMNS": "400"])
        #expect(outcome.status == 0)
        #expect(outcome.errors == "")
        return outcome.output
    }

    private static let files = """
        ARGUMENTS:
          <files>                 Configuration files, or a folder such as Kernel. (default: /etc/rollcall/ZZZ_CustomerBackend.pm)
        """
    private static let common = """
          --version               Show the version.
          -h, --help              Show help information.


        """

    private static let paths = """
          --config <path>         A configuration file, or a folder such as Kernel in the ticket system's order; may be \
        repeated. (default: /etc/rollcall/ZZZ_CustomerBackend.pm)
          --store <path>          The store, in place of Rollcall::Store.
        """

    @Test func `given approve, when help is asked for, then what follows and who acts are told`() throws {
        #expect(
            try help("approve") == """
                OVERVIEW: Release what the removal guard holds of one back end.

                Look at 'rollcall held' first. The next cycle carries it out, if those people are then still missing, and the \
                grants still not given. A running daemon need not be stopped. The change log has who approved what.

                Exit codes: 0 approved, or nothing is held; 2 a login of --only has nothing that is held, and nothing was \
                approved.

                USAGE: rollcall approve <back-end> [--only <login> ...] [--config <path> ...] [--store <path>] [--actor <name>]

                ARGUMENTS:
                  <back-end>              The back end, such as CustomerUser1.

                OPTIONS:
                  --only <login>          Only what is held of these logins.
                \(Self.paths)
                  --actor <name>          Who acts, for the change log. (default: the login name of the caller)
                \(Self.common)
                """)
    }

    @Test func `given held, when help is asked for, then what is listed is told`() throws {
        #expect(
            try help("held") == """
                OVERVIEW: List what the removal guard holds.

                Removals of people, grants that rules no longer give, and customers that nobody has any more: with the \
                reason, and with who has approved them. 'rollcall approve' releases them; those who come back into sight are \
                released by themselves.

                USAGE: rollcall held [<back-end>] [--config <path> ...] [--store <path>] [--json]

                ARGUMENTS:
                  <back-end>              A back end, such as CustomerUser1. (default: all of them)

                OPTIONS:
                \(Self.paths)
                  --json                  One JSON object a line.
                \(Self.common)
                """)
    }

    @Test(arguments: ["CustomerUserX", "Acme", "CustomerUser11"])
    func `given a word that is no back end, when something is approved, then the right form is named`(word: String) throws {
        let outcome = try run(Rollcall.program, ["approve", word], environment: ["COLUMNS": "400"])
        #expect(outcome.status == 2)
        #expect(
            outcome.errors.contains(
                "'\(word)' is no back end. Write its configuration key: CustomerUser, or CustomerUser1 to CustomerUser10."),
            "\(outcome.errors)")
    }

    @Test func `given no name of who acts, when something is approved, then it is asked for`() throws {
        let outcome = try run(Rollcall.program, ["approve", "CustomerUser", "--actor", " "], environment: [:])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("'--actor' needs a name other than 'cycle'. Write who you are."), "\(outcome.errors)")
    }

    @Test func `given check, when help is asked for, then options and exit codes are told`() throws {
        #expect(
            try help("check") == """
                OVERVIEW: Read the configuration and tell every problem as FILE:LINE:COLUMN: error: …

                Problems go to standard error, the summary to standard output. Nothing is changed anywhere.

                --connect asks every server of every back end, each by itself: what it is, how a cycle would read it, how many \
                people match, the first three of them with their values, and what the bind account cannot see. After a refused \
                bind the further servers of that back end are left alone, because another try could lock the account.

                Exit codes: 0 fine; 1 with --connect, a server could not be reached or read; 2 the configuration cannot be \
                used, or --strict is given and there are warnings. Nothing is asked of any server then.

                USAGE: rollcall check [<files> ...] [--json] [--strict] [--connect] [--verbose]

                \(Self.files)

                OPTIONS:
                  --json                  One JSON object on standard output, problems included.
                  --strict                Warnings count as errors.
                  --connect               Also ask each server.
                  --verbose               Also tell how much of the files did not concern Rollcall.
                \(Self.common)
                """)
    }

    @Test func `given config dump, when help is asked for, then keys, options and exit codes are told`() throws {
        #expect(
            try help("config", "dump") == """
                OVERVIEW: Print the settings that concern Rollcall as Perl would hold them, as canonical JSON.

                These are the keys that begin with CustomerUser, CustomerGroup, CustomerCompany, Rollcall::, \
                AuthModule::LDAP::Params and AuthModule::LDAP::StartTLS, and System::Customer::Permission. Group settings \
                that the files do not set have the ticket system's defaults. Keys are sorted; undef is null. Passwords are \
                hidden.

                Exits 0 when every one of them is known, also if Rollcall could not use them; 2 when one is not.

                USAGE: rollcall config dump [<files> ...] [--show-secrets] [--pretty]

                \(Self.files)

                OPTIONS:
                  --show-secrets          Show passwords, too.
                  --pretty                One value a line.
                \(Self.common)
                """)
    }

    @Test func `given config explain, when help is asked for, then options and exit codes are told`() throws {
        #expect(
            try help("config", "explain") == """
                OVERVIEW: Tell in words how Rollcall understands each back end, and where each value is written.

                Shows no password. Exits 0 when the configuration can be used, 2 when it cannot.

                USAGE: rollcall config explain [<files> ...] [--json]

                \(Self.files)

                OPTIONS:
                  --json                  As JSON.
                \(Self.common)
                """)
    }

    @Test func `given config alone, when run, then it tells its two commands`() throws {
        let outcome = try run(Rollcall.program, ["config"], environment: ["COLUMNS": "400"])
        #expect(outcome.output.contains("  dump                    Print the settings that concern Rollcall"))
        #expect(outcome.output.contains("  explain                 Tell in words how Rollcall understands each back end"))
        #expect(outcome.status == 0)
        #expect(try run(Rollcall.program, ["config", "print"]).status == 2)
    }
}
