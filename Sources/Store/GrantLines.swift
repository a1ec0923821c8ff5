import Model

/// The rest of the lines of records of grants, put together from parts that are made once: many people are given the same
/// grant, and each of them several.
struct GrantLines {
    private let form: GrantForm
    private var person: (reference: PersonReference, turn: GrantTurn, bytes: [UInt8])?
    /// With each grant itself, since another one might have its identity when it is no more.
    private var grants: [ObjectIdentifier: (grant: Grant, bytes: [UInt8])] = [:]

    /// How many grants are remembered.
    private static let limit = 10_000

    init(_ form: GrantForm) { self.form = form }

    /// - Parameters:
    ///   - cycle: the same every time, as is `backEnd`.
    mutating func append(
        _ grant: Grant, _ turn: GrantTurn, of person: PersonReference, _ cycle: Int64, _ backEnd: Slot, to line: inout [UInt8]
    ) {
        if let last = self.person, last.turn == turn, last.reference.isIdentical(to: person) {
            line.append(contentsOf: last.bytes)
        } else {
            let start = line.count
            form.person(turn, person, &line)
            self.person = (person, turn, Array(line[start...]))
        }
        if let known = grants[grant.identity] { return line.append(contentsOf: known.bytes) }
        let start = line.count
        form.grant(cycle, backEnd, grant, &line)
        if grants.count == Self.limit { grants.removeAll() }
        grants[grant.identity] = (grant, Array(line[start...]))
    }
}

extension PersonReference {
    /// Byte by byte: for Swift, two texts that only look alike are the same.
    fileprivate func isIdentical(to other: PersonReference) -> Bool {
        directoryID == other.directoryID && UTF8Key(login) == UTF8Key(other.login)
            && UTF8Key(customerID) == UTF8Key(other.customerID)
    }
}
