import Foundation
import Model

/// A record's line in words for people, as in "+ anna.meyer  joined CustomerUser1, customer ACME".
package struct RecordText: Sendable, CustomStringConvertible {
    let line: RecordLine

    /// - Throws: when `bytes` are no record.
    package init(_ bytes: [UInt8]) throws { line = try RecordLine(bytes) }

    /// The record's number.
    package var sequence: Int64 { line.event.sequence }

    package var action: String { line.event.action }

    /// It tells of Rollcall itself, not of people, customers, groups or settings.
    package var isProceeding: Bool { Self.proceedings.contains(action) }

    private static let proceedings: Set = [
        "cycle-started", "cycle-finished", "back-end-failed", "back-end-recovered", "configuration-loaded",
        "configuration-rejected", "log-opened", "log-sealed",
    ]

    /// Number, time, and what happened.
    package var description: String { text(in: nil) }

    /// - Parameter zone: nil for UTC as it is written.
    package func text(in zone: TimeZone?) -> String { "\(line.event.sequence)  \(time(in: zone))  \(change)" }

    private func time(in zone: TimeZone?) -> String {
        guard let zone, let microseconds = Timestamp.microseconds(line.timestamp) else { return line.timestamp }
        let seconds = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(microseconds / 1_000_000)))
        let local = String(decoding: Timestamp.text(microseconds + Int64(seconds) * 1_000_000).dropLast(), as: UTF8.self)
        guard seconds != 0 else { return line.timestamp }
        let minutes = abs(seconds) / 60
        return local + String(format: "%@%02d:%02d", seconds < 0 ? "-" : "+", minutes / 60, minutes % 60)
    }

    /// What happened, on one line, safe for a terminal.
    package var change: String {
        let subject = line.subject
        let actor = line.rollcall.actor.flatMap { $0 == "cycle" ? nil : "by \($0)" } ?? ""
        let words = [line.event.action, subject, details.trimmingSpaces(), actor].filter { !$0.isEmpty }.joined(separator: "  ")
        return Self.safe(words)
    }

    private var details: String {
        let place = line.rollcall.back_end.flatMap { $0 == line.subject ? nil : " (\($0))" } ?? ""
        switch line.event.action {
        case "customer-user-added":
            let mail = line.rollcall.changes?["email"]?.to
            let words = [mail, (line.organization?.id).map { "customer \($0)" }].compactMap(\.self)
            return words.joined(separator: ", ") + place
        case "customer-user-erased":
            return line.rollcall.erased.map { "with \($0.grants) grants, and what \($0.records) records told" + place } ?? place
        case "grant-added", "grant-removed", "grant-held", "grant-withheld", "grant-released":
            return grantDetails + place
        case "cycle-finished":
            return cycleEnd
        case "log-sealed":
            return line.rollcall.sealed.map { "\($0.count) records, \($0.first) to \($0.last)" } ?? ""
        case "always-group-added", "always-group-removed":
            return "for every \(line.rollcall.always_group == "customer" ? "customer" : "customer user")"
        default:
            let evidence = line.rollcall.evidence.map { [$0.server.isEmpty ? $0.kind : "\($0.kind) at \($0.server)"] } ?? []
            return (fields + evidence + [line.event.reason].compactMap(\.self)).joined(separator: "; ") + place
        }
    }

    private var cycleEnd: String {
        let seconds = String(format: "%.3f s", Double(line.event.duration ?? 0) / 1e9)
        let counts = (line.rollcall.counts ?? [:]).sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return "\(line.rollcall.outcome ?? "") in \(seconds): "
            + counts.joined(separator: ", ").replacingOccurrences(of: "_", with: " ")
    }

    private var grantDetails: String {
        guard let grant = line.rollcall.grant else { return "" }
        let context = grant.context == PermissionContext.other.rawValue ? " for other customers" : ""
        let origin = (grant.rule ?? grant.source).map { " by \($0)" } ?? ""
        let reason = line.event.reason.map { "; \($0)" } ?? ""
        return "\(grant.permission) on \(line.group?.name ?? "")\(context)\(origin)\(reason)"
    }

    private var fields: [String] {
        (line.rollcall.changes ?? [:]).sorted { $0.key < $1.key }.map { name, change in
            change.isUntold ? name : "\(name): \(change.old ?? "(none)") -> \(change.new ?? "(none)")"
        }
    }

    /// Control and bidirectional characters would act on the terminal: they show as U+FFFD.
    package static func safe(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isHarmless($0) ? $0 : "\u{FFFD}" }))
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        case .format: scalar == "\u{200D}" || scalar == "\u{200C}"
        default: true
        }
    }
}

extension RecordText {
    /// Action and subject without any other value, for logs.
    package var keys: String {
        Self.safe("\(line.event.action) \(line.subject)")
    }
}
