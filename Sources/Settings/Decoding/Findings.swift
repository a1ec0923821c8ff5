/// What is wrong with a configuration, by byte; lines and columns come at the end.
struct Findings {
    struct Finding: Hashable {
        let severity: Diagnostic.Severity
        let offset: Int
        let message: String
    }

    /// More than anybody reads; what is beyond is only counted.
    static let limit = 1_000

    private(set) var all: [Finding] = []
    private(set) var hasErrors = false
    private var seen: Set<Finding> = []
    private var omitted = 0

    mutating func error(at offset: Int, _ message: String) {
        hasErrors = true
        add(Finding(severity: .error, offset: offset, message: message))
    }

    mutating func warning(at offset: Int, _ message: String) {
        add(Finding(severity: .warning, offset: offset, message: message))
    }

    private mutating func add(_ finding: Finding) {
        if all.count >= Self.limit {
            omitted += 1
        } else if seen.insert(finding).inserted {
            all.append(finding)
        }
    }

    /// In file order, each once.
    func diagnostics(in sources: SourceMap) -> [Diagnostic] {
        sorted(in: sources) + (omitted > 0 ? [rest(in: sources)] : [])
    }

    /// Stands for the findings beyond the limit.
    private func rest(in sources: SourceMap) -> Diagnostic {
        Diagnostic(
            hasErrors ? .error : .warning, file: sources.texts.last?.path ?? "",
            message: "there are \(omitted) more findings than are shown here. Correct these, and check again.")
    }

    private func sorted(in sources: SourceMap) -> [Diagnostic] {
        all.enumerated()
            .sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }
            .map { _, finding in
                let text = sources.text(at: finding.offset)
                return Diagnostic(
                    finding.severity, file: text?.path ?? "", place: text?.place(at: finding.offset), message: finding.message)
            }
    }
}
