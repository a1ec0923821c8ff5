import GRDB
import Model

/// What became of relations since a moment, from the change records.
struct RelationHistory {
    private let step: CommandStep

    init(_ step: CommandStep) { self.step = step }

    /// Refuses when somebody has changed what one of `grantees` holds on one of `groups` after record `since`.
    func refuseChanges(of grantees: [GranteeRow], on groups: [GroupRow], since: Int64) throws {
        let last = try LogHead.sequence(step.db)
        guard since <= last else {
            throw CommandRefusal("there is no change number \(since) yet: the last one is \(last).")
        }
        let keys = Set(grantees.map(\.identity))
        let trail = try IdentityTrail(step.db, step.form, after: since)
        var found: [ChangeRecord] = []
        var renames = GroupRenames()
        try ChangeReader(db: step.db, form: step.form).forEach(after: since, containing: #""action":"gr"#) { record in
            renames.note(record)
            guard let (grantee, _) = record.change.relation else { return }
            let identity = trail.current(GranteeIdentity(grantee, record.backEnd), after: record.sequence)
            if keys.contains(identity) { found.append(record) }
        }
        let reasons = found.compactMap { reason($0, groups, renames) }
        if !reasons.isEmpty { throw CommandRefusal(reasons) }
    }

    private func reason(_ record: ChangeRecord, _ groups: [GroupRow], _ renames: GroupRenames) -> String? {
        guard let (grantee, former) = record.change.relation else { return nil }
        let name = renames.current(former, after: record.sequence)
        guard groups.contains(where: { $0.name == name }) else { return nil }
        let who = grantee.person.map { "'\($0.login)'" } ?? "customer '\(grantee.customerID)'"
        return "\(who) and '\(name)' were changed by \(record.actor ?? "a cycle") in record \(record.sequence). "
            + "Look at it with 'rollcall log', and give the command again with a later number."
    }
}

/// Reads stored change records.
struct ChangeReader {
    let db: Database
    let form: RecordForm

    /// Calls `body` with each record after `sequence` whose line contains `text`, in order.
    func forEach(after sequence: Int64, containing text: String = "", _ body: (ChangeRecord) throws -> Void) throws {
        let rows = try RowStatement(
            db,
            "SELECT line FROM known_record WHERE sequence > ?1 AND (?2 = '' OR instr(line, CAST(?2 AS BLOB)) > 0) "
                + "ORDER BY sequence")
        rows.bind(sequence, at: 1)
        rows.bind(text, at: 2)
        defer { rows.reset() }
        while try rows.step() { try body(try form.decode(rows.bytes(0))) }
    }
}
