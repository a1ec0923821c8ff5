import Model

/// Looks up since when what was there at an earlier moment had been there: goes back from that moment until all is found.
struct SinceSearch {
    private(set) var picture: PermissionPicture
    private var person: EntryIdentity
    /// What groups were called at the moment reached, by what they are called in the picture.
    private var names: [String: String]

    init(_ picture: PermissionPicture, _ person: PersonReference, of backEnd: Slot) {
        self.picture = picture
        self.person = EntryIdentity(id: person.directoryID, slot: backEnd)
        names = Dictionary(picture.groups.keys.map { ($0, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Something is not found yet.
    var isOpen: Bool {
        picture.grants.contains { $0.since == 0 }
            || picture.customers.contains { $0.grants.values.contains { $0.contains { $0.since == 0 } } }
            || picture.alwaysGroups.values.contains { $0.contains { $0.since == 0 } }
    }

    /// The SQL condition on the records that matter.
    static func condition(_ isTheirs: String, _ isOthers: String) -> String {
        """
        \(isTheirs) OR (\(isOthers)) AND (instr(line, '"action":"grant-added"') > 0
            OR instr(line, '"action":"group-renamed"') > 0 OR instr(line, '"action":"always-group-added"') > 0)
        """
    }

    /// - Parameter record: the one before the last that was looked at.
    mutating func look(at record: ChangeRecord) {
        switch record.change {
        case .groupRenamed(let name, let former):
            for (key, then) in names where then == name { names[key] = former }
        case .grantAdded(.customer(let id, let context), let grant):
            for index in picture.customers.indices where picture.customers[index].id == id {
                note(record, grant, in: &picture.customers[index].grants[context, default: []])
            }
        case .grantAdded(.customerUser(let reference), let grant):
            guard isSame(reference, record.backEnd) else { return }
            note(record, grant, in: &picture.grants)
        case .alwaysGroupAdded(let kind, let group):
            guard var groups = picture.alwaysGroups[kind] else { return }
            for index in groups.indices where groups[index].since == 0 && names[groups[index].group] == group {
                groups[index].since = record.sequence
            }
            picture.alwaysGroups[kind] = groups
        default: follow(record)
        }
    }

    private func note(_ record: ChangeRecord, _ grant: Grant, in held: inout [PermissionPicture.Held]) {
        for index in held.indices where held[index].since == 0 {
            var then = held[index].grant
            then.group = names[then.group] ?? then.group
            if then == grant { held[index].since = record.sequence }
        }
    }

    private func isSame(_ reference: PersonReference, _ slot: Slot?) -> Bool {
        reference.directoryID == person.id && (slot == nil || slot == person.slot)
    }

    /// Before somebody took the row over, it was another's.
    private mutating func follow(_ record: ChangeRecord) {
        guard let reference = record.change.subject, isSame(reference, record.backEnd) else { return }
        for field in record.change.userFields ?? [] {
            switch field.field {
            case "directory_id": person.id = field.from.flatMap(DirectoryID.init) ?? person.id
            case "back_end": person.slot = field.from.flatMap(Slot.init(key:)) ?? person.slot
            default: break
            }
        }
    }
}
