import Model

/// The form of a change record in the change log: one JSON object a line, with the field names of the Elastic Common
/// Schema where it has one and `rollcall.` for the rest. docs/change-log.md has each action with an example.
package enum Record {
    /// Makes and reads the line, without its line feed.
    package static let form = RecordForm(
        beginning: encodeBeginning, rest: encodeRest, addition: encodeAddition,
        grant: GrantForm(person: encodeGrantee, grant: encodeGrant), clock: encodeClock,
        ending: { HashChain.close(&$0, from: $1, after: $2) }, link: link, decode: decode)

    private static func link(_ line: [UInt8]) -> RecordLink? {
        guard let chained = line.withUnsafeBytes({ ChainedLine($0) }), let time = ChainedLine.microseconds(line) else {
            return nil
        }
        return RecordLink(
            sequence: chained.sequence, microseconds: time, previous: chained.previous, hash: chained.hash,
            isSound: chained.isSound)
    }

    private static func encodeBeginning(_ microseconds: Int64, _ line: inout [UInt8]) {
        JSONWriter.append(to: &line) { json in
            json.beginObject()
            json.member("@timestamp", time: microseconds)
            json.fixed(#","event":{"sequence":"#)
        }
    }

    private static func encodeClock(_ microseconds: Int64, _ line: inout [UInt8]) {
        JSONWriter.append(to: &line, isInsideObject: true) { $0.member("clock", time: microseconds) }
    }

    private static func encodeRest(_ record: ChangeRecord, _ veil: Veil, _ line: inout [UInt8]) {
        JSONWriter.append(to: &line, isInsideObject: true) { json in
            json.member("action", record.change.action)
            json.member("kind", json: #""event""#)
            json.member("category", json: record.change.kind.category)
            json.member("type", json: record.change.kind.types)
            json.member("outcome", json: record.change.outcome)
            json.member("reason", ifAny: record.change.reason)
            if case .cycleFinished(let summary) = record.change { json.member("duration", summary.nanoseconds) }
            json.endObject()
            encodeSubject(of: record.change, veil, to: &json)
            encodeRollcall(record, veil, to: &json)
        }
    }

    /// `user`, `organization`, `group`: whom the change concerns.
    private static func encodeSubject(of change: Change, _ veil: Veil, to json: inout JSONWriter) {
        if let person = change.person { encode(person, veil, to: &json) }
        if case .customerUserErased(let id, _) = change {
            json.beginObject("user")
            json.member("id", "\(id)")
            json.endObject()
        }
        if let customer = change.customer, veil.tellsWho {
            json.beginObject("organization")
            json.member("id", customer)
            json.endObject()
        }
        if let group = change.group {
            json.beginObject("group")
            json.member("name", group)
            json.endObject()
        }
        if case .logOpened(let path, _) = change {
            json.beginObject("file")
            json.member("path", path)
            json.endObject()
        }
    }

    static func encode(_ person: PersonReference, _ veil: Veil, to json: inout JSONWriter) {
        json.beginObject("user")
        json.member("id", "\(person.directoryID)")
        if case .digests(let salt) = veil {
            json.member("hash", Commitment(salt, to: Field.login.column).digest(of: person.login))
        } else {
            json.member("name", person.login)
        }
        json.endObject()
    }

    /// What is below `rollcall`, but for the chain that ends it.
    private static func encodeRollcall(_ record: ChangeRecord, _ veil: Veil, to json: inout JSONWriter) {
        json.beginObject("rollcall")
        if let cycle = record.cycle { json.member("cycle", cycle) }
        json.member("back_end", ifAny: record.backEnd?.key)
        if let fields = record.change.fields, !fields.isEmpty {
            json.beginObject("changes")
            for field in fields { encode(field, veil, to: &json) }
            json.endObject()
        }
        if let grant = record.change.grant {
            json.beginObject("grant")
            json.member("permission", grant.permission.name)
            json.member("context", ifAny: record.change.grantee?.context?.rawValue)
            json.member("source", ifAny: grant.source?.rawValue)
            if !grant.rule.isEmpty { json.member("rule", grant.rule) }
            json.endObject()
        }
        if let evidence = record.change.evidence {
            json.beginObject("evidence")
            json.member("kind", evidence.kind.rawValue)
            json.member("server", evidence.server)
            json.member("position", ifAny: evidence.position)
            json.endObject()
        }
        json.member("always_group", ifAny: record.change.alwaysGroup?.rawValue)
        if let number = record.change.deployment { json.member("deployment", number) }
        encodeProceedings(record.change, to: &json)
        if let actor = record.actor { json.member("actor", actor) } else { json.member("actor", json: #""cycle""#) }
    }

    private static func encode(_ field: FieldChange, _ veil: Veil, to json: inout JSONWriter) {
        if veil.tells(field.field) { return json.change(of: field.field, from: field.from, to: field.to) }
        guard case .digests(let salt) = veil else { return json.change(of: field.field) }
        let commitment = Commitment(salt, to: field.field)
        json.change(
            of: field.field, fromDigest: field.from.map(commitment.digest), toDigest: field.to.map(commitment.digest))
    }

    /// What Rollcall tells of itself.
    private static func encodeProceedings(_ change: Change, to json: inout JSONWriter) {
        switch change {
        case .cycleFinished(let summary):
            json.member("outcome", summary.outcome.rawValue)
            json.beginObject("counts")
            for (name, count) in summary.counts.sorted(by: { $0.key < $1.key }) { json.member(named: name, count) }
            json.endObject()
            if let signature = summary.signature {
                json.beginObject("signature")
                json.member("key", signature.key)
                json.member("value", signature.value)
                json.endObject()
            }
        case .configurationLoaded(let stamp): encodeConfiguration(stamp.files, stamp.digest, to: &json)
        case .configurationRejected(let files, _): encodeConfiguration(files, nil, to: &json)
        case .customerUserErased(_, let erasure):
            json.beginObject("erased")
            json.member("grants", erasure.grants)
            json.member("records", erasure.records)
            json.endObject()
        case .logSealed(let sealed):
            json.beginObject("sealed")
            json.member("count", sealed.count)
            json.member("first", sealed.numbers.lowerBound)
            json.member("last", sealed.numbers.upperBound)
            json.member("hash_of_last", "\(sealed.hash)")
            json.endObject()
        default: break
        }
    }

    private static func encodeConfiguration(_ files: [String], _ digest: String?, to json: inout JSONWriter) {
        json.beginObject("configuration")
        json.member("files", files)
        json.member("digest", ifAny: digest)
        json.endObject()
    }
}
