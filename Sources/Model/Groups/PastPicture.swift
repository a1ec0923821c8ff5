/// What somebody's permissions followed from at an earlier moment: the picture of now, from which changes are taken back
/// one after the other, the latest first.
package struct PastPicture: Sendable, Hashable {
    /// With its `customers` as of now; `result` has those of then.
    private var picture: PermissionPicture
    /// As of the moment reached so far, as change records name them.
    package private(set) var person: PersonReference
    package private(set) var backEnd: Slot
    /// False before the person first appeared.
    package private(set) var exists = true
    private var user: CustomerUser
    private var requiresGroups: [Slot: Bool]
    /// Everybody whose customer the person may have been, by customer ID.
    private var customers: [String: PermissionPicture.Customer]

    /// - Parameters:
    ///   - customers: all whose customer the person ever was since the moment, as of now.
    ///   - requiresGroups: of every back end.
    package init(
        _ picture: PermissionPicture, _ person: PersonReference, of backEnd: Slot, user: CustomerUser,
        customers: [PermissionPicture.Customer], requiresGroups: [Slot: Bool]
    ) {
        self.picture = picture
        self.person = person
        self.backEnd = backEnd
        self.user = user
        self.customers = Dictionary(customers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.requiresGroups = requiresGroups
    }

    /// The picture of the moment reached. `since` is 0 for grants that were given back by taking back their removal.
    package var result: PermissionPicture {
        var result = picture
        result.isRestricted = requiresGroups[backEnd] ?? true
        result.customers = exists ? user.customers.compactMap { customers[$0] } : []
        if !exists {
            result.isValid = false
            result.grants = []
        }
        return result
    }

    /// Customer IDs that a record gives to or takes from the person, for those who have to look these customers up first.
    package static func customerIDs(in record: ChangeRecord) -> [String] {
        (record.change.userFields ?? []).flatMap { field in
            let values = [field.from, field.to].compactMap(\.self)
            return switch field.field {
            // One customer ID, whatever is in it.
            case Field.customerID.column: values
            case Field.customerIDs.column: values.flatMap { CustomerUser([.customerIDs: $0]).customers }
            default: [String]()
            }
        }
    }

    package mutating func takeBack(_ record: ChangeRecord) {
        switch record.change {
        case .groupAdded(let name): picture.groups[name] = nil
        case .groupInvalidated(let name): picture.groups[name] = true
        case .groupUpdated(let name, let fields):
            if let field = fields.first(where: { $0.field == "valid_id" }) { picture.groups[name] = field.from == "1" }
        case .groupRenamed(let name, let former): rename(name, to: former)
        case .alwaysGroupAdded(let kind, let group): picture.alwaysGroups[kind]?.removeAll { $0.group == group }
        case .alwaysGroupRemoved(let kind, let group):
            picture.alwaysGroups[kind, default: []].append(.init(group, since: 0))
        case .settingsChanged(let fields): takeBackTypes(fields)
        case .backEndUpdated(let fields): takeBackRequirement(fields, record.backEnd)
        case .customerAdded(let id): customers[id]?.isValid = false
        case .customerInvalidated(let id): customers[id]?.isValid = true
        case .customerUpdated(let id, let fields):
            if let field = fields.first(where: { $0.field == "valid_id" }) { customers[id]?.isValid = field.from == "1" }
        case .grantAdded(let grantee, let grant): change(grantee, record.backEnd) { $0.removeAll { $0.grant == grant } }
        case .grantRemoved(let grantee, let grant):
            change(grantee, record.backEnd) { held in
                if !held.contains(where: { $0.grant == grant }) { held.append(.init(grant, since: 0)) }
            }
        default: takeBackPerson(record)
        }
    }

    // MARK: The person

    /// Whether a record is about this person, as they were called at the time.
    private func concerns(_ reference: PersonReference, _ slot: Slot?) -> Bool {
        reference.directoryID == person.directoryID && (slot == nil || slot == backEnd)
    }

    private mutating func takeBackPerson(_ record: ChangeRecord) {
        guard exists, let reference = record.change.subject, concerns(reference, record.backEnd) else { return }
        switch record.change {
        case .customerUserAdded: exists = false
        case .customerUserInvalidated: picture.isValid = true
        case .customerUserRevalidated: picture.isValid = false
        default: break
        }
        for field in record.change.userFields ?? [] { takeBack(field) }
        person.customerID = user[.customerID]
        person.login = user[.login]
    }

    private mutating func takeBack(_ field: FieldChange) {
        switch field.field {
        case "back_end":
            if let slot = field.from.flatMap(Slot.init(key:)) { backEnd = slot }
        case "directory_id":
            if let id = field.from.flatMap(DirectoryID.init) { person.directoryID = id }
        default:
            if let column = Field.allCases.first(where: { $0.column == field.field }) { user[column] = field.from ?? "" }
        }
    }

    // MARK: Grants

    private mutating func change(
        _ grantee: Grantee, _ slot: Slot?, _ body: (inout [PermissionPicture.Held]) -> Void
    ) {
        switch grantee {
        case .customerUser(let reference): if concerns(reference, slot) { body(&picture.grants) }
        case .customer(let id, let context):
            guard var customer = customers[id] else { return }
            body(&customer.grants[context, default: []])
            customers[id] = customer
        }
    }

    private mutating func rename(_ name: String, to former: String) {
        picture.groups[former] = picture.groups.removeValue(forKey: name)
        picture.grants = picture.grants.map { $0.grant.group == name ? $0.renamed(former) : $0 }
        customers = customers.mapValues { customer in
            var customer = customer
            customer.grants = customer.grants.mapValues { held in
                held.map { $0.grant.group == name ? $0.renamed(former) : $0 }
            }
            return customer
        }
        picture.alwaysGroups = picture.alwaysGroups.mapValues { groups in
            groups.map { $0.group == name ? .init(former, since: $0.since) : $0 }
        }
    }

    // MARK: Settings

    private mutating func takeBackTypes(_ fields: [FieldChange]) {
        guard let field = fields.first(where: { $0.field == SettingKey.permissionTypes.rawValue }) else { return }
        picture.types = (field.from ?? "").split(separator: " ").map { Permission(String($0)) }
    }

    private mutating func takeBackRequirement(_ fields: [FieldChange], _ slot: Slot?) {
        guard let slot, let field = fields.first(where: { $0.field == "requires_groups" }) else { return }
        requiresGroups[slot] = field.from == "1"
    }
}

extension PermissionPicture.Held {
    /// The same on the group's other name.
    fileprivate func renamed(_ group: String) -> Self {
        var held = self
        held.grant.group = group
        return held
    }
}

extension Change {
    /// The customer user whom a change of their row is about.
    package var subject: PersonReference? {
        switch self {
        case .customerUserAdded(let person, _), .customerUserUpdated(let person, _), .customerUserRenamed(let person, _),
            .customerUserRevalidated(let person, _), .customerUserInvalidated(let person, _):
            person
        default: nil
        }
    }

    /// What became of the values of a customer user.
    package var userFields: [FieldChange]? {
        switch self {
        case .customerUserAdded(_, let fields), .customerUserUpdated(_, let fields), .customerUserRenamed(_, let fields),
            .customerUserRevalidated(_, let fields):
            fields
        default: nil
        }
    }
}
