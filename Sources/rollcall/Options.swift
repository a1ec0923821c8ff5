import ArgumentParser
import Foundation
import Logging
import Model
import Settings

/// Where the configuration and the store are, for every command.
struct PathOptions: ParsableArguments {
    static let defaultConfigurationPath = "/etc/rollcall/ZZZ_CustomerBackend.pm"

    @Option(
        help: ArgumentHelp(
            "A configuration file, or a folder such as Kernel in the ticket system's order; may be repeated. "
                + "(default: \(defaultConfigurationPath))", valueName: "path"))
    var config: [String] = []

    @Option(help: ArgumentHelp("The store, in place of Rollcall::Store.", valueName: "path"))
    var store: String?

    /// The store's path, from the option or else the configuration. For looking, which a configuration that only the
    /// service can use, because it names a credential of the service, does not prevent.
    func storePath() throws -> String {
        try store ?? path { $0.storePath }
    }

    /// The change log's path, from the configuration.
    func changeLogPath() throws -> String { try path { $0.changeLogPath } }

    private func path(_ part: (ConfigurationReading) -> String?) throws -> String {
        let reading = ConfigurationSource(paths: config).read()
        if let path = part(reading) { return path }
        for diagnostic in reading.diagnostics { Exit.printError(TerminalText.safe("\(diagnostic)")) }
        throw ExitCode(ExitStatus.usage.rawValue)
    }
}

/// Reads the configuration and tells what is wrong with it.
struct ConfigurationSource: Sendable {
    /// Files and folders in the order in which they take effect.
    let paths: [String]

    /// - Parameter paths: the usual file if there are none.
    init(paths: [String]) { self.paths = paths.isEmpty ? [PathOptions.defaultConfigurationPath] : paths }

    func read() -> ConfigurationReading {
        ConfigurationReader.read(paths: paths, environment: ProcessInfo.processInfo.environment)
    }

    /// - Parameter reject: what else is to be done about a configuration that cannot be used.
    /// - Throws: exit code 2, after printing every problem.
    func load(_ log: Logger, reject: (ConfigurationReading) -> Void) throws -> Configuration {
        let reading = read()
        for diagnostic in reading.diagnostics {
            if diagnostic.severity == .error {
                Exit.printError(TerminalText.safe("\(diagnostic)"))
            } else {
                log.warning("configuration", metadata: ["problem": "\(diagnostic)"])
            }
        }
        guard let configuration = reading.stampedConfiguration else {
            reject(reading)
            throw ExitCode(ExitStatus.usage.rawValue)
        }
        return configuration
    }

    /// - Parameter reject: what else is to be done about a configuration that cannot be used.
    /// - Returns: nil when the file is bad, which is logged.
    func reload(_ log: Logger, reject: (ConfigurationReading) -> Void) -> Configuration? {
        let reading = read()
        for diagnostic in reading.diagnostics {
            log.log(
                level: diagnostic.severity == .error ? .error : .warning, "configuration",
                metadata: ["problem": "\(diagnostic)"])
        }
        guard let configuration = reading.stampedConfiguration else {
            log.error(
                "the new configuration is bad, the old one stays in force",
                metadata: ["files": "\(paths.joined(separator: " "))"])
            reject(reading)
            return nil
        }
        return configuration
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
