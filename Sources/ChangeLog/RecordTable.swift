import Foundation

/// Records as the rows of a table, for spreadsheets.
package enum RecordTable {
    package static let columns = [
        "sequence", "time", "action", "user_id", "user", "customer", "group", "permission", "context", "source", "rule",
        "back_end", "cycle", "actor", "reason", "evidence", "changes",
    ]
}

extension RecordText {
    /// One for each of `RecordTable.columns`.
    package var cells: [String] {
        let grant = line.rollcall.grant
        let changes = (line.rollcall.changes ?? [:]).sorted { $0.key < $1.key }
            .map { $0.value.isUntold ? $0.key : "\($0.key): \($0.value.old ?? "") -> \($0.value.new ?? "")" }
        return [
            "\(line.event.sequence)", line.timestamp, line.event.action, line.user?.id, line.user?.name ?? line.user?.hash,
            line.organization?.id,
            line.group?.name, grant?.permission, grant?.context, grant?.source, grant?.rule, line.rollcall.back_end,
            line.rollcall.cycle.map { "\($0)" }, line.rollcall.actor, line.event.reason, line.rollcall.evidence?.kind,
            changes.joined(separator: "; "),
        ].map { $0 ?? "" }
    }
}
