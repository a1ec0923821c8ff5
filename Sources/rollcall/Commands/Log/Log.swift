import ArgumentParser

struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the change records, and verify the change log.",
        subcommands: [Show.self, Verify.self, Keygen.self, Salts.self, Erase.self], defaultSubcommand: Show.self)
}
