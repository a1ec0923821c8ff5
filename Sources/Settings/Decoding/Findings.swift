/// What is wrong with a configuration, by byte; lines and columns come at the end.
struct Findings {
    struct Finding: Hashable {
        let severity: Diagnostic.Severity
        let offset: Int
        let message: String
    }

    private(set) var all: [Finding] = []

    var hasErrors: Bool { all.contains { $0.severity == .error } }

    mutating func error(at offset: Int, _ message: String) {
        all.append(Finding(severity: .error, offset: offset, message: message))
    }

    mutating func warning(at offset: Int, _ message: String) {
        all.append(Finding(severity: .warning, offset: offset, message: message))
    }

    /// In file order, each once.
    func diagnostics(in sources: SourceMap) -> [Diagnostic] {
        var seen: Set<Finding> = []
        return all.filter { seen.insert($0).inserted }
            .enumerated()
            .sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }
            .map { _, finding in
                let text = sources.text(at: finding.offset)
                return Diagnostic(
                    finding.severity, file: text?.path ?? "", place: text?.place(at: finding.offset), message: finding.message)
            }
    }
}
