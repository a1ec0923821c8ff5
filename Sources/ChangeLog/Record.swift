import Model

/// The form of a change record in the change log: one JSON object a line, with the field names of the Elastic Common
/// Schema where it has one and `rollcall.` for the rest. docs/change-log.md has each action with an example.
package enum Record {
    /// Makes the line, without its line feed.
    package static let encode = RecordEncoder(beginning: encodeBeginning, rest: encodeRest, addition: encodeAddition)

    private static func encodeBeginning(_ sequence: Int64, _ microseconds: Int64, _ line: inout [UInt8]) {
        JSONWriter.append(to: &line) { json in
            json.beginObject()
            json.member("@timestamp", time: microseconds)
            json.beginObject("event")
            json.member("sequence", sequence)
        }
    }

    private static func encodeRest(_ record: ChangeRecord, _ line: inout [UInt8]) {
        JSONWriter.append(to: &line, isInsideObject: true) { json in
            json.member("action", record.change.action)
            json.member("kind", json: #""event""#)
            json.member("category", json: #"["iam"]"#)
            json.member("type", json: record.change.types)
            json.member("outcome", json: #""success""#)
            json.member("reason", ifAny: record.change.reason)
            json.endObject()
            encodeSubject(of: record.change, to: &json)
            encodeRollcall(record, to: &json)
            json.endObject()
        }
    }

    /// `user`, `organization`, `group`: whom the change concerns.
    private static func encodeSubject(of change: Change, to json: inout JSONWriter) {
        if let person = change.person {
            json.beginObject("user")
            json.member("id", "\(person.directoryID)")
            json.member("name", person.login)
            json.endObject()
        }
        if let customer = change.customer {
            json.beginObject("organization")
            json.member("id", customer)
            json.endObject()
        }
        if let group = change.group {
            json.beginObject("group")
            json.member("name", group)
            json.endObject()
        }
    }

    private static func encodeRollcall(_ record: ChangeRecord, to json: inout JSONWriter) {
        json.beginObject("rollcall")
        if let cycle = record.cycle { json.member("cycle", cycle) }
        json.member("back_end", ifAny: record.backEnd?.key)
        if let fields = record.change.fields, !fields.isEmpty {
            json.beginObject("changes")
            for field in fields { json.change(of: field.field, from: field.from, to: field.to) }
            json.endObject()
        }
        if let grant = record.change.grant {
            json.beginObject("grant")
            json.member("permission", grant.permission.name)
            json.member("source", grant.source.rawValue)
            if !grant.rule.isEmpty { json.member("rule", grant.rule) }
            json.endObject()
        }
        if let evidence = record.change.evidence {
            json.beginObject("evidence")
            json.member("kind", evidence.kind.rawValue)
            json.member("server", evidence.server)
            json.endObject()
        }
        json.member("always_group", ifAny: record.change.alwaysGroup?.rawValue)
        if let actor = record.actor { json.member("actor", actor) } else { json.member("actor", json: #""cycle""#) }
        json.endObject()
    }
}

extension Change {
    fileprivate var person: PersonReference? {
        switch self {
        case .customerUserAdded(let person, _), .customerUserUpdated(let person, _), .customerUserRenamed(let person, _),
            .customerUserInvalidated(let person, _), .customerUserRevalidated(let person, _),
            .customerUserRemovalHeld(let person, _, _), .customerUserRemovalApproved(let person, _),
            .grantAdded(let person, _), .grantRemoved(let person, _), .grantHeld(let person, _, _):
            person
        default: nil
        }
    }

    fileprivate var customer: String? {
        switch self {
        case .customerAdded(let id), .customerUpdated(let id, _), .customerInvalidated(let id): id
        default: person?.customerID
        }
    }

    fileprivate var group: String? {
        switch self {
        case .groupAdded(let name), .groupUpdated(let name, _), .groupInvalidated(let name): name
        case .alwaysGroupAdded(_, let group), .alwaysGroupRemoved(_, let group): group
        default: grant?.group
        }
    }

    fileprivate var grant: Grant? {
        switch self {
        case .grantAdded(_, let grant), .grantRemoved(_, let grant), .grantHeld(_, let grant, _): grant
        default: nil
        }
    }

    fileprivate var fields: [FieldChange]? {
        switch self {
        case .customerUserAdded(_, let fields), .customerUserUpdated(_, let fields), .customerUserRenamed(_, let fields),
            .customerUserRevalidated(_, let fields), .groupUpdated(_, let fields),
            .customerUpdated(_, let fields):
            fields
        default: nil
        }
    }

    fileprivate var evidence: Evidence? {
        switch self {
        case .customerUserInvalidated(_, let evidence), .customerUserRemovalHeld(_, let evidence, _),
            .customerUserRemovalApproved(_, let evidence):
            evidence
        default: nil
        }
    }

    fileprivate var reason: String? {
        switch self {
        case .customerUserRemovalHeld(_, _, let reason), .grantHeld(_, _, let reason): reason
        default: nil
        }
    }

    fileprivate var alwaysGroup: AlwaysGroupKind? {
        switch self {
        case .alwaysGroupAdded(let kind, _), .alwaysGroupRemoved(let kind, _): kind
        default: nil
        }
    }

    /// `event.type` of the Elastic Common Schema, for category iam, as JSON.
    fileprivate var types: StaticString {
        switch self {
        case .customerUserAdded: #"["user","creation"]"#
        case .customerUserUpdated, .customerUserRenamed, .customerUserInvalidated, .customerUserRevalidated:
            #"["user","change"]"#
        case .customerUserRemovalHeld, .customerUserRemovalApproved, .grantHeld: #"["user","info"]"#
        case .customerAdded, .groupAdded: #"["group","creation"]"#
        case .customerUpdated, .customerInvalidated, .groupUpdated, .groupInvalidated, .alwaysGroupAdded, .alwaysGroupRemoved:
            #"["group","change"]"#
        case .grantAdded, .grantRemoved: #"["user","change"]"#
        }
    }
}
