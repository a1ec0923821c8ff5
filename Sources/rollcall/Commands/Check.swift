import ArgumentParser
import Directory
import Logging
import Model
import Settings

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read the configuration and tell every problem as FILE:LINE:COLUMN: error: …",
        discussion: """
            Problems go to standard error, the summary to standard output. Nothing is changed anywhere.

            --connect asks every server of every back end, each by itself: what it is, how a cycle would read it, how many \
            people match, the first three of them with their values, and what the bind account cannot see. After a refused \
            bind the further servers of that back end are left alone, because another try could lock the account.

            Exit codes: 0 fine; 1 with --connect, a server could not be reached or read; 2 the configuration cannot be \
            used, or --strict is given and there are warnings. Nothing is asked of any server then.
            """)

    @Argument(help: "Configuration files, or a folder such as Kernel. (default: \(PathOptions.defaultConfigurationPath))")
    var files: [String] = []

    @Flag(help: "One JSON object on standard output, problems included.")
    var json = false

    @Flag(help: "Warnings count as errors.")
    var strict = false

    @Flag(help: "Also ask each server.")
    var connect = false

    @Flag(help: "Also tell how much of the files did not concern Rollcall.")
    var verbose = false

    func run() throws {
        let source = ConfigurationSource(paths: files)
        let reading = source.read()
        let summary = CheckSummary(paths: source.paths, reading: reading, isStrict: strict)
        if !json { tell(reading, summary) }
        var probes: [BackEndProbe]?
        if connect, summary.isAccepted, let configuration = reading.configuration {
            probes = probe(configuration)
        }
        if json { print(try JSONText.of(CheckDocument(source.paths, reading, probes, isVerbose: verbose))) }
        if !summary.isAccepted { throw ExitCode(ExitStatus.usage.rawValue) }
        if probes?.allSatisfy(\.isReadable) == false { throw ExitCode(ExitStatus.backEndUnreadable.rawValue) }
    }

    private func tell(_ reading: ConfigurationReading, _ summary: CheckSummary) {
        for diagnostic in reading.diagnostics { Exit.printError(TerminalText.safe("\(diagnostic)")) }
        print(TerminalText.safe(summary.description))
        if verbose { print(TerminalText.safe(reading.passedOver)) }
    }

    /// Asks one back end after the other, and prints each as soon as it has been asked.
    private func probe(_ configuration: Configuration) -> [BackEndProbe] {
        let log = Logger(label: "rollcall") { _ in SwiftLogNoOpLogHandler() }
        return configuration.backEnds.map { backEnd in
            let probe = Probe(backEnd, knownGroups: configuration.groups.groups, log: log).run()
            if !json { for line in ProbeText.lines(probe) { print(line) } }
            return probe
        }
    }
}

/// The verdict on a configuration, in one line.
struct CheckSummary: CustomStringConvertible {
    let paths: [String]
    let reading: ConfigurationReading
    let isStrict: Bool

    var isAccepted: Bool { reading.isUsable && !(isStrict && warnings > 0) }

    private var warnings: Int { reading.diagnostics.count { $0.severity == .warning } }
    private var errors: Int { reading.diagnostics.count - warnings }

    var description: String {
        let subject = paths.joined(separator: ", ")
        let warned = Amount.of(warnings, "warning", "warnings")
        guard let configuration = reading.configuration else {
            return "\(subject): cannot be used: \(Amount.of(errors, "error", "errors"))"
                + (warnings > 0 ? ", \(warned)." : ".")
        }
        if !isAccepted { return "\(subject): not accepted: \(warned), and --strict counts them as errors." }
        let names = configuration.backEnds.map { "\($0.slot.key) '\($0.name)'" }.joined(separator: ", ")
        return "\(subject): fine\(warnings > 0 ? ", with \(warned)" : ""). Back ends: \(names)."
    }
}
