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

    /// For the ticket system the login is the person: what was given by hand to who had it before goes on with it, and so does
    /// what is kept away.
    func passOn(from holder: PersonRow, to heir: Int64, _ reference: PersonReference) throws {
        let given = try Row.fetchAll(
            db,
            sql: """
                SELECT user_group.name, permission FROM person_grant JOIN user_group ON user_group.id = group_id
                WHERE person = ?1 AND source = 'manual' AND NOT EXISTS (
                    SELECT 1 FROM person_grant AS own WHERE own.person = ?2 AND own.group_id = person_grant.group_id
                        AND own.source = 'manual' AND own.permission IN (person_grant.permission, 'rw'))
                ORDER BY 1, 2
                """, arguments: [holder.id, heir])
        for row in given { try give(Grant(group: row[0], permission: Permission(row[1]), source: .manual), heir, reference) }
        let withheld = try Row.fetchAll(
            db,
            sql: """
                SELECT group_id, user_group.name, permission FROM withheld_permission
                    JOIN user_group ON user_group.id = group_id
                WHERE person = ?1 AND NOT EXISTS (
                    SELECT 1 FROM withheld_permission AS own WHERE own.person = ?2
                        AND own.group_id = withheld_permission.group_id AND own.permission = withheld_permission.permission)
                ORDER BY 2, 3
                """, arguments: [holder.id, heir])
        for row in withheld {
            let sequence = try changes.record(
                .grantWithheld(.customerUser(reference), group: row[1], Permission(row[2] as String)))
            try db.execute(
                sql: "INSERT INTO withheld_permission (person, group_id, permission, sequence) VALUES (?, ?, ?, ?)",
                arguments: [heir, row[0] as Int64, row[2] as String, sequence])
        }
    }
}

extension CustomerUser {
    /// The person as change records name them.
    func reference(_ id: DirectoryID) -> PersonReference {
        PersonReference(directoryID: id, login: login, customerID: self[.customerID])
    }
}
