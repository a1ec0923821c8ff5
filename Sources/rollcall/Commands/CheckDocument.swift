import Directory
import Model
import Settings

/// What `rollcall check --json` prints.
struct CheckDocument: Encodable {
    struct Finding: Encodable {
        let severity: String
        let file: String
        /// Absent for what concerns a file as a whole.
        let line: Int?
        let column: Int?
        let message: String
    }

    struct BackEnd: Encodable {
        let key: String
        let name: String
        let servers: [String]
        /// One for each server that was asked; absent without `--connect`.
        let probes: [ProbeDocument]?
        /// Servers that were left alone after a refused bind.
        let untried: [String]?
    }

    let files: [String]
    /// Without regard to `--strict`.
    let usable: Bool
    let diagnostics: [Finding]
    let backEnds: [BackEnd]
    /// Only with `--verbose`.
    let passedOver: String?

    init(_ paths: [String], _ reading: ConfigurationReading, _ probes: [BackEndProbe]?, isVerbose: Bool) {
        files = paths
        usable = reading.isUsable
        diagnostics = reading.diagnostics.map { diagnostic in
            Finding(
                severity: diagnostic.severity.rawValue, file: diagnostic.file, line: diagnostic.place?.line,
                column: diagnostic.place?.column, message: diagnostic.message)
        }
        backEnds = (reading.configuration?.backEnds ?? []).map { backEnd in
            let probe = probes?.first { $0.slot == backEnd.slot }
            return BackEnd(
                key: backEnd.slot.key, name: backEnd.name, servers: backEnd.connection.servers.map(\.description),
                probes: probe?.reports.map(ProbeDocument.init), untried: probe?.untried)
        }
        passedOver = isVerbose ? reading.passedOver : nil
    }
}
