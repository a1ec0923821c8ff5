import GRDB
import Model

/// An entry as change records name it: its immutable id and the back end that read it.
struct EntryIdentity: Hashable {
    var id: DirectoryID
    var slot: Slot
}

/// Who a grantee is, whatever they are called.
enum GranteeIdentity: Hashable {
    case person(EntryIdentity)
    case customer(String, PermissionContext)
    /// A person of no back end, which no record names.
    case unknown

    /// - Parameter backEnd: of a person: whose they are.
    init(_ grantee: Grantee, _ backEnd: Slot?) {
        switch grantee {
        case .customer(let id, let context): self = .customer(id, context)
        case .customerUser(let person):
            self = backEnd.map { .person(EntryIdentity(id: person.directoryID, slot: $0)) } ?? .unknown
        }
    }
}

/// Who people of earlier change records are now: a row that another entry or back end has taken over has another identity.
struct IdentityTrail {
    private struct Step {
        let record: Int64
        let from: EntryIdentity
        let to: EntryIdentity
    }

    private var steps: [Step] = []

    /// - Parameter number: only what came after this record matters.
    init(_ db: Database, _ form: RecordForm, after number: Int64) throws {
        let rows = try RowStatement(
            db,
            """
            SELECT line FROM known_record WHERE sequence > ?
                AND (instr(line, '"directory_id":{') > 0 OR instr(line, '"back_end":{') > 0) ORDER BY sequence
            """)
        rows.bind(number, at: 1)
        defer { rows.reset() }
        while try rows.step() {
            let record = try form.decode(rows.bytes(0))
            if let (from, to) = record.takeover { steps.append(Step(record: record.sequence, from: from, to: to)) }
        }
    }

    /// Who somebody is now whom the record of this number names so.
    func current(_ identity: EntryIdentity, after number: Int64) -> EntryIdentity {
        steps.reduce(identity) { identity, step in step.record > number && step.from == identity ? step.to : identity }
    }

    func current(_ grantee: GranteeIdentity, after number: Int64) -> GranteeIdentity {
        if case .person(let entry) = grantee { .person(current(entry, after: number)) } else { grantee }
    }

    /// Everybody that somebody was, the present one included.
    func all(until identity: EntryIdentity) -> [EntryIdentity] {
        steps.reversed().reduce(into: [identity]) { all, step in
            if step.to == all[all.count - 1] { all.append(step.from) }
        }
    }
}

extension ChangeRecord {
    /// Whose row it was before, and whose it is afterwards; nil where that stays the same.
    fileprivate var takeover: (from: EntryIdentity, to: EntryIdentity)? {
        guard let backEnd, let person = change.subject, let fields = change.userFields else { return nil }
        let to = EntryIdentity(id: person.directoryID, slot: backEnd)
        var from = to
        for field in fields {
            switch field.field {
            case "directory_id": from.id = field.from.flatMap(DirectoryID.init) ?? from.id
            case "back_end": from.slot = field.from.flatMap(Slot.init(key:)) ?? from.slot
            default: break
            }
        }
        return from == to ? nil : (from, to)
    }
}
