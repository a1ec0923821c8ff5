import GRDB
import Model

/// One transaction's worth of merging: entries become rows, grants and change records together.
struct MergeStep {
    let merge: Merge
    let people: PersonTable
    let grants: GrantTable
    let heldGrants: HeldGrants
    let problems: ProblemTable
    let changes: ChangeWriter
    let db: Database

    init(_ merge: Merge, _ db: Database, _ changes: ChangeWriter) throws {
        self.merge = merge
        self.db = db
        self.changes = changes
        people = try PersonTable(db)
        grants = try GrantTable(db)
        heldGrants = HeldGrants(db, merge)
        if merge.hasHeldGrants == nil { merge.hasHeldGrants = try heldGrants.exist() }
        problems = ProblemTable(db, cycle: merge.cycle, slot: merge.backEnd.slot)
    }

    var slot: Slot { merge.backEnd.slot }

    func report(_ problem: Problem) throws {
        merge.counts.problems += 1
        try problems.report(problem)
    }

    /// Merges one entry that differs from the mirror.
    func merge(_ index: Int, of batch: some MappedBatch, at stage: Stage) throws {
        let header = batch.headers[index]
        let row = try knownRow(header.id)
        if let row { merge.see(row.id) }
        do {
            let isInOrder = try settle(
                try batch.person(at: index), header, row: row, at: stage, dn: { batch.dn(at: index) })
            // A reading of everybody forgets at its end what it has not met again.
            if isInOrder, !batch.isInOrder { try problems.forget(dn: batch.dn(at: index), header.id) }
        } catch let problem as Problem {
            if let row { merge.settled.insert(row.id) }
            try report(problem)
        }
    }

    private func knownRow(_ id: DirectoryID) throws -> PersonRow? {
        // In a first reading nobody is known but those whom it added itself.
        if merge.recentIDs?.insert(id) == false { return nil }
        return try people.row(id, of: slot)
    }

    /// Gives the entry the row that is right for it: its own, a new one, or that of the login's former owner.
    ///
    /// - Returns: false when somebody else has the login, which has been reported.
    @discardableResult
    func settle(
        _ person: MappedPerson, _ header: EntryHeader, row: PersonRow?, at stage: Stage, dn: () -> String
    ) throws -> Bool {
        switch try claim(person.customerUser.login, by: row, at: stage) {
        case .free:
            if let row { try update(row, to: person, header) } else { try add(person, header) }
        case .inherited(let heirloom):
            try update(heirloom, to: person, header)
        case .displaced(let holder):
            try displace(holder)
            if let row { try update(row, to: person, header) } else { try add(person, header) }
        case .undecided(let holder):
            merge.putOff(header, row: row, holder: holder)
        case .taken(let holder):
            if let row { merge.settled.insert(row.id) }
            merge.counts.problems += 1
            try problems.report(.loginClaimed(login: person.customerUser.login, dn: dn(), holder: holder), of: header.id)
            return false
        }
        return true
    }

    // MARK: Who has the login

    private enum Claim {
        /// Nobody else is there with it.
        case free
        /// The row of a former owner, which goes on with this entry: for the ticket system the login is the person.
        case inherited(PersonRow)
        /// The row of a higher slot has to give way.
        case displaced(PersonRow)
        /// It belongs to a row of this back end that may or may not still be there.
        case undecided(holder: Int64)
        case taken(by: Slot)
    }

    private func claim(_ login: String, by row: PersonRow?, at stage: Stage) throws -> Claim {
        guard let holder = try people.holder(of: login, amongGone: mayHaveGone()), holder.id != row?.id else { return .free }
        if holder.isGone { return row == nil ? try inheritance(holder) : .free }
        if holder.backEnd < slot { return .taken(by: holder.backEnd) }
        if holder.backEnd > slot {
            guard row != nil else { return try inheritance(holder) }
            return try people.row(holder.id).map(Claim.displaced) ?? .free
        }
        if stage == .streaming { return merge.settled.contains(holder.id) ? .taken(by: slot) : .undecided(holder: holder.id) }
        if isStillThere(holder.id) { return .taken(by: slot) }
        guard row != nil else { return try inheritance(holder) }
        return try people.row(holder.id).map(Claim.displaced) ?? .free
    }

    private func isStillThere(_ row: Int64) -> Bool {
        merge.isAbsenceTold ? merge.seen.contains(row) : merge.departed[row] == nil
    }

    private func mayHaveGone() throws -> Bool {
        if let known = merge.mayHaveGone { return known }
        let found = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM person WHERE gone)") ?? true
        merge.mayHaveGone = found
        return found
    }

    private func inheritance(_ holder: LoginHolder) throws -> Claim {
        guard let row = try people.row(holder.id) else { return .free }
        merge.see(row.id)
        return .inherited(row)
    }

    /// The row's login goes to another row: it is no longer valid, and says why.
    func displace(_ row: PersonRow) throws {
        try markGone(row)
        if row.backEnd == slot { merge.gained -= 1 } else { try noteClaimant(row) }
        if row.user.isValid {
            merge.counts.invalidated += 1
            try changes.record(
                .customerUserInvalidated(row.reference, Evidence(.loginTakenOver, server: merge.server)))
        }
    }

    // MARK: Rows

    private func content(_ person: MappedPerson, _ header: EntryHeader) -> PersonTable.Content {
        PersonTable.Content(backEnd: slot, header: header, user: person.customerUser, now: changes.now)
    }

    private func add(_ person: MappedPerson, _ header: EntryHeader) throws {
        let user = person.customerUser
        let customers = user.customers
        try addCustomers(customers)
        let id = try people.insert(content(person, header))
        merge.seen.insert(id)
        merge.settled.insert(id)
        merge.counts.added += 1
        merge.gained += 1
        countCustomers(customers, 1)
        if customers.count > 1 { try people.setFurtherCustomers(customers.dropLast(), of: id) }
        let reference = PersonReference(directoryID: header.id, login: user.login, customerID: user[.customerID])
        // Whoever reads the records takes somebody who was added for valid.
        let validity = user.isValid ? [] : [FieldChange("valid_id", from: nil, to: "2")]
        try changes.record(.customerUserAdded(reference, user.differences(from: nil) + validity))
        for grant in merge.backEnd.rules.initialGrants { try give(grant, id, reference) }
        try applyRules(person.facts, id, reference, isNew: true)
    }

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
            try people.setFingerprint(header.fingerprint, of: row.id)
        } else {
            try addCustomers(user.customers)
            try people.replace(row.id, with: content(person, header))
            if row.user.customers != user.customers {
                try people.setFurtherCustomers(user.customers.dropLast(), of: row.id)
            }
        }
        try notePresence(of: row, with: user)
        let reference = PersonReference(directoryID: header.id, login: user.login, customerID: user[.customerID])
        try record(differences, row, user, reference)
        try applyRules(person.facts, row.id, reference, isNew: false)
    }

    /// So many more present people have these customers.
    func countCustomers(_ customers: [String], _ gain: Int) {
        for customer in customers { merge.customerGains[customer, default: 0] += gain }
    }

    /// Somebody who was gone, or was another back end's, is this one's now.
    private func notePresence(of row: PersonRow, with user: CustomerUser) throws {
        if !row.isGone { countCustomers(row.user.customers, -1) }
        countCustomers(user.customers, 1)
        if row.isGone {
            merge.gained += 1
            try people.setReturned(row.id, now: changes.now)
        } else if row.backEnd != slot {
            merge.gained += 1
            try BackEndTable.addPeople(db, -1, to: row.backEnd)
        }
        if row.backEnd != slot { try noteClaimant(row) }
    }

    /// The row was another back end's, whose entry still wants the login. Where only changes are read it will not come by
    /// again by itself.
    private func noteClaimant(_ row: PersonRow) throws {
        guard try ReadingStateTable.followsChanges(db, row.backEnd) else { return }
        let dn = "the entry with the id \(row.directoryID)"
        try ProblemTable(db, cycle: merge.cycle, slot: row.backEnd)
            .report(.loginClaimed(login: row.user.login, dn: dn, holder: slot), of: row.directoryID)
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
        if row.user.isValid, !user.isValid {
            merge.counts.invalidated += 1
            try changes.record(.customerUserInvalidated(reference, Evidence(.validFilter, server: merge.server)))
        }
    }

    /// How many customer IDs a merge remembers, to ask the store for each of them once.
    private static let customerLimit = 10_000

    private func addCustomers(_ customers: [String]) throws {
        for customer in customers {
            guard merge.knownCustomers.insert(Array(customer.utf8)).inserted else { continue }
            if try people.addCustomer(customer, now: changes.now) { try changes.record(.customerAdded(id: customer)) }
            if merge.knownCustomers.count > Self.customerLimit { merge.knownCustomers = [] }
        }
    }

    // MARK: Grants

    private func applyRules(_ facts: RuleFacts, _ id: Int64, _ reference: PersonReference, isNew: Bool) throws {
        let verdict = merge.backEnd.rules.verdict(on: facts)
        let held = isNew ? [] : try grants.ruleGrants(of: id)
        if held.isEmpty, verdict.granted.isEmpty { return }
        if merge.hasHeldGrants == true { try heldGrants.release(verdict.granted, of: id) }
        for grant in held.subtracting(verdict.granted).sorted(by: Grant.inOrder)
        where !verdict.undecided.contains(grant.rule) {
            // A rule that no longer exists was given up on purpose; one that no longer matches may be hidden.
            guard !merge.givable.contains(grant) else {
                try heldGrants.wait(grant, of: id)
                continue
            }
            merge.counts.grantsRemoved += 1
            try grants.take(grant, from: id, reference, changes)
        }
        for grant in verdict.granted.subtracting(held).sorted(by: Grant.inOrder) { try give(grant, id, reference) }
    }

    private func give(_ grant: Grant, _ id: Int64, _ reference: PersonReference) throws {
        let before = changes.sequence
        try grants.give(grant, to: id, reference, changes)
        if changes.sequence > before { merge.counts.grantsAdded += 1 }
    }
}

extension CustomerUser {
    /// What is different in this one, field by field; from nobody: all that has a value.
    func differences(from old: CustomerUser?) -> [FieldChange] {
        guard let old else { return allAsChanges }
        var changes: [FieldChange] = []
        for field in Field.allCases {
            let before = old[field]
            let after = self[field]
            guard !before.utf8.elementsEqual(after.utf8) else { continue }
            changes.append(FieldChange(field.column, from: before.isEmpty ? nil : before, to: after.isEmpty ? nil : after))
        }
        let before = old.extra
        for name in Set(before.keys).union(extra.keys).sorted() {
            guard !(before[name] ?? "").utf8.elementsEqual((extra[name] ?? "").utf8) else { continue }
            changes.append(FieldChange(name, from: before[name], to: extra[name]))
        }
        return changes
    }

    /// Every value that there is.
    private var allAsChanges: [FieldChange] {
        var changes: [FieldChange] = []
        changes.reserveCapacity(Field.allCases.count + extra.count)
        for field in Field.allCases where !self[field].isEmpty {
            changes.append(FieldChange(field.column, from: nil, to: self[field]))
        }
        for (name, value) in extra.sorted(by: { $0.key < $1.key }) {
            changes.append(FieldChange(name, from: nil, to: value))
        }
        return changes
    }
}
