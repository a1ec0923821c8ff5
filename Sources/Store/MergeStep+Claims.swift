import GRDB
import Model

/// Who has the login that an entry wants.
extension MergeStep {
    enum Claim {
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

    /// Who of those with this login may go on with it.
    func claim(_ login: String, by row: PersonRow?, at stage: Stage) throws -> Claim {
        // Whoever is there with a login is the only one. What is settled at the end may have been read before others were.
        if stage == .streaming, let row, !row.isGone, UTF8Key(row.user.login) == UTF8Key(login) { return .free }
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
        if merge.store.hasGone { return true }
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
        if row.isValid {
            merge.counts.invalidated += 1
            try changes.record(
                .customerUserInvalidated(row.reference, Evidence(.loginTakenOver, server: merge.server)), of: row.backEnd)
        }
    }

    /// The row was another back end's, whose entry still wants the login. Where only changes are read it will not come by
    /// again by itself.
    func noteClaimant(_ row: PersonRow) throws {
        guard try ReadingStateTable.followsChanges(db, row.backEnd) else { return }
        let dn = "the entry with the id \(row.directoryID)"
        try ProblemTable(db, cycle: merge.cycle, slot: row.backEnd)
            .report(.loginClaimed(login: row.user.login, dn: dn, holder: slot), of: row.directoryID)
    }
}

extension CustomerUser {
    /// The person as change records name them.
    func reference(_ id: DirectoryID) -> PersonReference {
        PersonReference(directoryID: id, login: login, customerID: self[.customerID])
    }
}
