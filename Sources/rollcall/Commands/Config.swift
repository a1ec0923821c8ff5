import ArgumentParser
import Settings

/// `rollcall config`: how Rollcall understands the configuration.
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what the configuration says.", subcommands: [Dump.self, Explain.self])

    /// The files, for both commands.
    struct Files: ParsableArguments {
        @Argument(
            help: "Configuration files, or a folder such as Kernel. (default: \(PathOptions.defaultConfigurationPath))")
        var files: [String] = []

        /// Reads them and tells every problem on standard error.
        func read() -> ConfigurationReading {
            let reading = ConfigurationSource(paths: files).read()
            for diagnostic in reading.diagnostics { Exit.printError(TerminalText.safe("\(diagnostic)")) }
            return reading
        }
    }
}

extension Config {
    struct Dump: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the settings that concern Rollcall as Perl would hold them, as canonical JSON.",
            discussion: """
                These are the keys that begin with CustomerUser, CustomerGroup, CustomerCompany, Rollcall::, \
                AuthModule::LDAP::Params and AuthModule::LDAP::StartTLS, and System::Customer::Permission. Group settings \
                that the files do not set have the ticket system's defaults. Keys are sorted; undef is null. Passwords are \
                hidden.

                Exits 0 when every one of them is known, also if Rollcall could not use them; 2 when one is not.
                """)

        @OptionGroup var source: Files

        @Flag(help: "Show passwords, too.")
        var showSecrets = false

        @Flag(help: "One value a line.")
        var pretty = false

        func run() throws {
            guard let json = source.read().dump(showsSecrets: showSecrets, isIndented: pretty) else {
                throw ExitCode(ExitStatus.usage.rawValue)
            }
            print(json)
        }
    }

    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell in words how Rollcall understands each back end, and where each value is written.",
            discussion: "Shows no password. Exits 0 when the configuration can be used, 2 when it cannot.")

        @OptionGroup var source: Files

        @Flag(help: "As JSON.")
        var json = false

        func run() throws {
            let reading = source.read()
            guard let explanation = reading.explanation else { throw ExitCode(ExitStatus.usage.rawValue) }
            if json {
                print(try JSONText.of(explanation.document(place: reading.place)))
            } else {
                for line in explanation.lines(place: reading.place) { print(TerminalText.safe(line)) }
            }
        }
    }
}
