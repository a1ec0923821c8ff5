import GRDB
import Model

/// One transaction's worth of merging: entries become rows, grants and change records together.
struct MergeStep {
    let merge: Merge
    let people: PersonTable
    let grants: GrantTable
    let heldGrants: HeldGrants
    let withheld: WithheldPermissions
    /// Something is withheld from somebody.
    let isWithholding: Bool
    let problems: ProblemTable
    let changes: ChangeWriter
    let db: Database

    init(_ merge: Merge, _ db: Database, _ changes: ChangeWriter) throws {
        self.merge = merge
        self.db = db
        self.changes = changes
        people = try PersonTable(db)
        grants = try GrantTable(db, people)
        heldGrants = HeldGrants(db, merge)
        withheld = WithheldPermissions(db: db)
        isWithholding = try withheld.exist()
        if merge.hasHeldGrants == nil { merge.hasHeldGrants = try heldGrants.exist() }
        problems = ProblemTable(db, cycle: merge.cycle, slot: merge.backEnd.slot)
    }

    var slot: Slot { merge.backEnd.slot }

    /// New rows wait for others. Only where looking people up, which needs them inserted, is the exception.
    var isGathering: Bool { merge.firstFill != nil }

    /// Inserts what waits. To be called before the transaction is committed.
    func finish() throws {
        try grants.insertGifts()
        try people.insertNewcomers()
    }

    func report(_ problem: Problem) throws {
        merge.counts.problems += 1
        try problems.report(problem)
    }

    /// Merges the entries of a batch that differ from the mirror.
    func merge(_ differing: [Difference], of batch: some MappedBatch, at stage: Stage) throws {
        for problem in batch.problems { try report(problem) }
        for difference in differing { try merge(difference, of: batch, at: stage) }
    }

    private func merge(_ difference: Difference, of batch: some MappedBatch, at stage: Stage) throws {
        let index = difference.index
        let header = batch.headers[index]
        if let firstFill = merge.firstFill { return try add(index, of: batch, to: firstFill) }
        let mapped = Result { () throws(Problem) in try batch.person(at: index) }
        let row = try knownRow(header.id, difference.row, guess: try? mapped.get().customerUser)
        if let row { merge.see(row.id) }
        do {
            let isInOrder = try settle(
                try mapped.get(), header, row: row, at: stage, addition: batch.addition(at: index),
                dn: { batch.dn(at: index) })
            // A reading of everybody forgets at its end what it has not met again.
            if isInOrder, !batch.isInOrder { try problems.forget(dn: batch.dn(at: index), header.id) }
        } catch let problem as Problem {
            if let row { merge.settled.insert(row.id) }
            try report(problem)
        }
    }

    private func add(_ index: Int, of batch: some MappedBatch, to firstFill: FirstFill) throws {
        let header = batch.headers[index]
        do {
            let person = try batch.person(at: index)
            guard firstFill.isNew(header.id, person.customerUser.login) else {
                return firstFill.keep(header, person, dn: batch.dn(at: index))
            }
            merge.hasNewNames = true
            try add(person, header, batch.addition(at: index))
        } catch let problem as Problem {
            try report(problem)
        }
    }

    /// - Parameters:
    ///   - row: where it has been found, if it has been.
    ///   - user: what it very likely holds.
    private func knownRow(_ id: DirectoryID, _ row: Int64?, guess user: CustomerUser?) throws -> PersonRow? {
        // In a first reading nobody is known but those whom it added itself.
        if merge.recentIDs?.insert(id.bits) == false { return nil }
        // Somebody else may have it by now.
        if let row, let found = try people.row(row, guess: user), found.directoryID == id, found.backEnd == slot {
            return found
        }
        return try people.row(id, of: slot)
    }

    /// Gives the entry the row that is right for it: its own, a new one, or that of the login's former owner.
    ///
    /// - Parameter addition: the rest of the record's line that tells of the person as new, if it was made beforehand.
    /// - Returns: false when somebody else has the login, which has been reported.
    @discardableResult
    func settle(
        _ person: MappedPerson, _ header: EntryHeader, row: PersonRow?, at stage: Stage, addition: ArraySlice<UInt8>? = nil,
        dn: () -> String
    ) throws -> Bool {
        // Also of those who have to wait for their login: what groups say of them is going to matter.
        if row == nil || row?.isGone == true || row?.dnKey != header.dnKey { merge.hasNewNames = true }
        switch try claim(person.customerUser.login, by: row, at: stage) {
        case .free:
            if let row { try update(row, to: person, header) } else { try add(person, header, addition) }
        case .inherited(let heirloom):
            try update(heirloom, to: person, header)
        case .displaced(let holder):
            try displace(holder)
            if let row {
                try update(row, to: person, header)
                try passOn(from: holder, to: row.id, person.customerUser.reference(header.id))
            } else {
                try add(person, header, addition)
            }
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
}
