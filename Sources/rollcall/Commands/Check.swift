import ArgumentParser
import Foundation
import Model
import Settings

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read the configuration and tell every problem as FILE:LINE:COLUMN: error: …",
        discussion: "Exits 0 when the configuration can be used, 2 when it cannot. Warnings do not count.")

    @Argument(help: "Configuration files, or a folder such as Kernel. (default: \(PathOptions.defaultConfigurationPath))")
    var files: [String] = []

    func run() throws {
        let source = ConfigurationSource(paths: files)
        let reading = source.read()
        for diagnostic in reading.diagnostics { Exit.printError("\(diagnostic)") }
        guard let configuration = reading.configuration else { throw ExitCode(ExitStatus.usage.rawValue) }
        let names = configuration.backEnds.map { "\($0.slot.key) '\($0.name)'" }.joined(separator: ", ")
        print("\(source.paths.joined(separator: ", ")): fine. Back ends: \(names).")
    }
}
