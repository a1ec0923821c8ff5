import Directory
import Model

/// A probe for people: one block a back end, one below it for each server, one line a fact.
struct ProbeText {
    private static let width = 17
    private var lines: [String] = []

    /// Safe for a terminal.
    static func lines(_ probe: BackEndProbe) -> [String] {
        var text = ProbeText()
        text.lines = ["", TerminalText.safe("\(probe.slot.key) '\(probe.name)'")]
        for report in probe.reports { text.add(report) }
        for server in probe.untried {
            text.addServer(server)
            text.add("verdict", "left alone: the bind was refused above, and another try could lock the account")
        }
        return text.lines
    }

    private mutating func addServer(_ server: String) { lines.append(TerminalText.safe("  \(server)")) }

    private mutating func add(_ label: String, _ text: String, indented: Bool = false) {
        let indent = indented ? "      " : "    "
        let label = TerminalText.padded(TerminalText.safe(label), to: Self.width - (indented ? 2 : 0))
        lines.append("\(indent)\(label) \(TerminalText.safe(text))".trimmingTrailingSpaces())
    }

    private mutating func add(_ report: ProbeReport) {
        addServer(report.server)
        if let certificate = report.certificate { add(certificate) }
        if let root = report.root { add(root, report.offer) }
        for group in report.groups {
            add("LDAP group", "\(group.dn): " + (group.members.map { Amount.of($0, "member", "members") } ?? "cannot be read"))
        }
        if report.root != nil { add("search", report.command) }
        if let people = report.people { add(people) }
        for spot in report.blindSpots { add("not seen", spot.message) }
        if let failure = report.failure { add("failure", "\(failure)") }
        add("verdict", Self.verdict(report))
    }

    private static func verdict(_ report: ProbeReport) -> String {
        if report.isReadable { return "a cycle can read this server" }
        return report.failure == nil
            ? "a cycle cannot do its work with what this server shows" : "a cycle cannot read this server"
    }

    // MARK: The server

    private mutating func add(_ certificate: Certificate) {
        add("certificate", "'\(certificate.subject)', valid until \(Certificate.words(certificate.validUntil))")
        if let warning = certificate.warning() { add("warning", warning) }
    }

    private mutating func add(_ root: RootDSE, _ offer: StrategyOffer?) {
        add("server", root.product.rawValue + (root.vendor.isEmpty ? "" : " (\(root.vendor))"))
        add("naming contexts", root.namingContexts.isEmpty ? "none shown" : root.namingContexts.joined(separator: "; "))
        if let offer {
            add("strategy", offer.first.words(root))
            if let refusal = offer.refusal { add("no better one", refusal) }
        }
    }

    // MARK: People

    private mutating func add(_ people: ProbedPeople) {
        let matching = Amount.of(people.matching, "entry matches", "entries match")
        add("people", "\(matching), \(people.shortfall == nil ? "all were read" : "and then the reading was cut short")")
        if let listed = people.listed { add("in GroupDN", "\(listed) of them") }
        let valid = people.valid.map { ": \($0) valid, \(people.mirrored - $0) invalid" } ?? ""
        add("to be mirrored", "\(people.mirrored)\(valid)")
        if people.incomplete > 0 {
            let lacking = Amount.of(people.incomplete, "of them lacks", "of them lack")
            add("incomplete", "\(lacking) a value that Map marks as required")
        }
        for problem in people.problems {
            add("not mirrored", "\(problem.count) \(problem.example.kind), such as \(problem.example.message)")
        }
        for (number, sample) in people.samples.enumerated() { add(sample, number: number + 1) }
    }

    private mutating func add(_ sample: Sample, number: Int) {
        add("person \(number)", sample.dn)
        for value in sample.values { add(value.variable, value.text.isEmpty ? "-" : value.text, indented: true) }
        add("valid", sample.isValid ? "yes" : "no, says CustomerUserValidFilter", indented: true)
        if !sample.missing.isEmpty { add("lacks", sample.missing.joined(separator: ", "), indented: true) }
        for grant in sample.grants {
            let once = grant.source == .initial ? ", once" : ""
            add("group", "\(grant.permission) on \(grant.group) (\(grant.rule)\(once))", indented: true)
        }
        for rule in sample.undecided { add("undecided", rule, indented: true) }
    }
}

extension Strategy {
    /// For people.
    fileprivate func words(_ root: RootDSE) -> String {
        switch self {
        case .sync: "sync: what has changed, by content sync (RFC 4533)"
        case .dirsync: "dirsync: what has changed, by DirSync"
        case .changed: "changed: what has changed, by change numbers or time stamps"
        case .full where root.supportsPaging: "full: everybody in every cycle, in pages"
        case .full: "full: everybody in every cycle, in one answer, since the server offers no pages"
        }
    }
}
