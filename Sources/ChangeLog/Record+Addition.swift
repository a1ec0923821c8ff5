import Model

extension Record {
    /// What `encodeRest` makes of `customerUserAdded`, with what is the same in every such record in one piece. A first
    /// reading makes one for everybody.
    static func encodeAddition(
        _ cycle: Int64, _ backEnd: Slot, _ id: DirectoryID, _ user: CustomerUser, _ line: inout [UInt8]
    ) {
        JSONWriter.append(to: &line) { json in
            json.fixed(#","action":"customer-user-added","kind":"event","category":["iam"],"type":["user","creation"],"#)
            json.fixed(#""outcome":"success"},"user":{"id":"#)
            json.text("\(id)")
            json.fixed(#","name":"#)
            json.text(user.login)
            json.fixed(#"},"organization":{"id":"#)
            json.text(user[.customerID])
            json.fixed(#"},"rollcall":{"cycle":"#)
            json.number(cycle)
            json.fixed(#","back_end":"#)
            json.text(backEnd.key)
            json.fixed(",")
            json.beginObject("changes")
            for field in Field.allCases where !user[field].isEmpty {
                json.change(of: field.column, from: nil, to: user[field])
            }
            for (name, value) in user.extra.sorted(by: { $0.key < $1.key }) { json.change(of: name, from: nil, to: value) }
            if !user.isValid { json.change(of: "valid_id", from: nil, to: "2") }
            json.fixed(#"},"actor":"cycle""#)
        }
    }
}
