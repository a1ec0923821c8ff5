import Model

extension Record {
    /// What `encodeRest` makes of a grant that a cycle gives or takes, as far as it is the same for all grants of the person.
    static func encodeGrantee(_ turn: GrantTurn, _ person: PersonReference, _ veil: Veil, _ line: inout [UInt8]) {
        JSONWriter.append(to: &line) { json in
            switch turn {
            case .added: json.fixed(#","action":"grant-added""#)
            case .removed: json.fixed(#","action":"grant-removed""#)
            }
            json.fixed(#","kind":"event","category":["iam"],"type":["user","change"],"outcome":"success"},"#)
            encode(person, veil, to: &json)
            guard veil.tellsWho else { return }
            json.beginObject("organization")
            json.member("id", person.customerID)
            json.endObject()
        }
    }

    /// What comes after that, and is the same for all people.
    static func encodeGrant(_ cycle: Int64, _ backEnd: Slot, _ grant: Grant, _ line: inout [UInt8]) {
        JSONWriter.append(to: &line) { json in
            json.fixed(#","group":{"name":"#)
            json.text(grant.group)
            json.fixed(#"},"rollcall":{"cycle":"#)
            json.number(cycle)
            json.fixed(#","back_end":"#)
            json.text(backEnd.key)
            json.fixed(#","grant":{"permission":"#)
            json.text(grant.permission.name)
            json.fixed(#","source":"#)
            json.text(grant.source.rawValue)
            if !grant.rule.isEmpty {
                json.fixed(#","rule":"#)
                json.text(grant.rule)
            }
            json.fixed(#"},"actor":"cycle""#)
        }
    }
}
