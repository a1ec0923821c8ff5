import Model

/// How an entry becomes a row.
extension MergeStep {
    private func content(_ person: MappedPerson, _ header: EntryHeader) -> PersonTable.Content {
        PersonTable.Content(backEnd: slot, header: header, user: person.customerUser, now: changes.now)
    }

    /// Inserts somebody new, with their grants and records.
    ///
    /// - Parameter addition: the rest of the record's line that tells of the person, if it was made beforehand.
    func add(_ person: MappedPerson, _ header: EntryHeader, _ addition: ArraySlice<UInt8>?) throws {
        let user = person.customerUser
        let customers = user.customers
        try addCustomers(customers)
        var content = content(person, header)
        content.salt = changes.makeSalt(for: EntryIdentity(id: header.id, slot: slot))
        let id = try people.add(content)
        if !isGathering { try people.insertNewcomers() }
        merge.seen.insert(id)
        merge.settled.insert(id)
        merge.counts.added += 1
        merge.gained += 1
        countCustomers(customers, 1)
        if customers.count > 1 { try people.setFurtherCustomers(customers.dropLast(), of: id) }
        let reference = user.reference(header.id)
        if let addition {
            try changes.record(encoded: addition)
        } else {
            try changes.record(.customerUserAdded(reference, user.allAsChanges))
        }
        try give(merge.initialGrants, id, reference)
        try applyRules(person.facts, id, reference, isNew: true)
    }

    /// Brings the row to what the entry says.
    func update(_ row: PersonRow, to person: MappedPerson, _ header: EntryHeader) throws {
        let user = person.customerUser
        merge.settled.insert(row.id)
        var differences = user.differences(from: row.user)
        if row.backEnd != slot {
            differences.append(FieldChange("back_end", from: row.backEnd.key, to: slot.key))
        }
        if row.directoryID != header.id {
            differences.append(FieldChange("directory_id", from: "\(row.directoryID)", to: "\(header.id)"))
        }
        let isSame = differences.isEmpty && row.user.isValid == user.isValid && !row.isGone
        if isSame, row.user.missing == user.missing {
            try people.setForm(header, of: row.id)
        } else {
            try addCustomers(user.customers)
            try people.replace(row, with: content(person, header))
            if row.user.customers != user.customers {
                try people.setFurtherCustomers(user.customers.dropLast(), of: row.id)
            }
        }
        try notePresence(of: row, with: user)
        if let account = user.account { try people.setExpiry(account.expires, of: row.id) }
        let reference = user.reference(header.id)
        try record(differences, row, user, reference)
        try applyRules(person.facts, row.id, reference, isNew: false)
    }

    /// So many more present people have these customers.
    func countCustomers(_ customers: [String], _ gain: Int) {
        for customer in customers { merge.customerGains[UTF8Key(customer), default: 0] += gain }
    }

    /// Somebody who was gone, or was another back end's, is this one's now.
    private func notePresence(of row: PersonRow, with user: CustomerUser) throws {
        if row.isGone || !row.user.hasSameCustomers(as: user) {
            if !row.isGone { countCustomers(row.user.customers, -1) }
            countCustomers(user.customers, 1)
        }
        if row.isGone {
            merge.gained += 1
            try people.setReturned(row.id, now: changes.now)
        } else if row.backEnd != slot {
            merge.gained += 1
            try BackEndTable.addPeople(db, -1, to: row.backEnd)
        }
        guard row.backEnd != slot else { return }
        try heldGrants.releaseAll(of: row.id)
        if !row.isGone { try noteClaimant(row) }
    }

    private func record(
        _ differences: [FieldChange], _ row: PersonRow, _ user: CustomerUser, _ reference: PersonReference
    ) throws {
        if !row.user.isValid, user.isValid {
            merge.counts.revalidated += 1
            try changes.record(.customerUserRevalidated(reference, differences))
        } else if row.user.login != user.login {
            merge.counts.renamed += 1
            try changes.record(.customerUserRenamed(reference, differences))
        } else if !differences.isEmpty {
            merge.counts.updated += 1
            try changes.record(.customerUserUpdated(reference, differences))
        }
        if row.isValid, !user.isValid {
            merge.counts.invalidated += 1
            try changes.record(.customerUserInvalidated(reference, Evidence(invalidity(of: user), server: merge.server)))
        }
    }

    private func invalidity(of user: CustomerUser) -> Evidence.Kind {
        user.account?.isUsable(at: changes.now) == false ? .accountDisabled : .validFilter
    }

    /// How many customer IDs a merge remembers, to ask the store for each of them once.
    private static let customerLimit = 10_000

    private func addCustomers(_ customers: [String]) throws {
        for customer in customers {
            let key = UTF8Key(customer)
            guard merge.customerGains[key] == nil, merge.knownCustomers.insert(key).inserted else { continue }
            if try people.addCustomer(customer, now: changes.now) { try changes.record(.customerAdded(id: customer)) }
            if merge.knownCustomers.count > Self.customerLimit { merge.knownCustomers = [] }
        }
    }
}

extension CustomerUser {
    fileprivate func hasSameCustomers(as other: CustomerUser) -> Bool {
        UTF8Key(self[.customerID]) == UTF8Key(other[.customerID]) && UTF8Key(self[.customerIDs]) == UTF8Key(other[.customerIDs])
    }

    /// What is different in this one, field by field.
    func differences(from old: CustomerUser) -> [FieldChange] {
        var changes: [FieldChange] = []
        for field in Field.allCases {
            let before = old[field]
            let after = self[field]
            guard UTF8Key(before) != UTF8Key(after) else { continue }
            changes.append(FieldChange(field.column, from: before.isEmpty ? nil : before, to: after.isEmpty ? nil : after))
        }
        let before = old.extra
        if before.isEmpty, extra.isEmpty { return changes }
        for name in Set(before.keys).union(extra.keys).sorted() {
            guard UTF8Key(before[name] ?? "") != UTF8Key(extra[name] ?? "") else { continue }
            changes.append(FieldChange(name, from: before[name], to: extra[name]))
        }
        return changes
    }
}
