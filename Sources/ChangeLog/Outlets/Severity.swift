/// How much a message matters, as syslog (RFC 5424 section 6.2.1, table 2) and the journal count it.
enum Severity: Int {
    case error = 3
    case warning = 4
    case informational = 6
}

extension RecordLine {
    /// Failures are errors, and what is held waits for somebody.
    var severity: Severity {
        if event.outcome == "failure" { return .error }
        return event.action.hasSuffix("-held") ? .warning : .informational
    }
}
