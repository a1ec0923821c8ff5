/// One person as a back end describes them, ready for the mirror.
package struct CustomerUser: Sendable, Hashable {
    /// By `Field.rawValue`; an absent value is empty.
    private var values: [String]
    /// Values beyond the fixed columns, by Map variable; absent ones are left out.
    package var extra: [String: String]
    /// What `CustomerUserValidFilter` says, and the state of the account, where that counts.
    package var isValid: Bool
    /// Nil where it does not count.
    package var account: AccountState?
    /// Map variables that are marked as required and had no value.
    package var missing: [String]

    package init(_ values: [Field: String] = [:], extra: [String: String] = [:], isValid: Bool = true, missing: [String] = []) {
        self.values = Array(repeating: "", count: Field.allCases.count)
        for (field, value) in values { self.values[field.rawValue] = value }
        self.extra = extra
        self.isValid = isValid
        self.missing = missing
    }

    package subscript(field: Field) -> String {
        get { values[field.rawValue] }
        set { values[field.rawValue] = newValue }
    }

    package var login: String { self[.login] }

    /// Every customer of this person, the primary one last, each once.
    ///
    /// `UserCustomerIDs` is one string, split on the first of `;` `,` `|` that occurs in it.
    package var customers: [String] {
        let text = self[.customerIDs]
        if text.isEmpty { return [self[.customerID]] }
        let separator = ([";", ",", "|"] as [Character]).first { text.contains($0) }
        let further = separator.map { text.split(separator: $0).map(String.init) } ?? [text]
        var seen: Set<[UInt8]> = [Array(self[.customerID].utf8)]
        return further.map { $0.trimmingSpaces() }.filter { !$0.isEmpty && seen.insert(Array($0.utf8)).inserted }
            + [self[.customerID]]
    }
}

extension CustomerUser {
    /// Every value that there is, as a change record tells of somebody new, and `valid_id` for somebody who is not valid:
    /// whoever reads the records takes the others for valid.
    package var allAsChanges: [FieldChange] {
        var changes: [FieldChange] = []
        changes.reserveCapacity(Field.allCases.count + extra.count + 1)
        for field in Field.allCases where !self[field].isEmpty {
            changes.append(FieldChange(field.column, from: nil, to: self[field]))
        }
        for (name, value) in extra.sorted(by: { $0.key < $1.key }) {
            changes.append(FieldChange(name, from: nil, to: value))
        }
        if !isValid { changes.append(FieldChange("valid_id", from: nil, to: "2")) }
        return changes
    }
}

extension String {
    /// Without the spaces and tabs at both ends.
    package func trimmingSpaces() -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(self[first...last])
    }
}
