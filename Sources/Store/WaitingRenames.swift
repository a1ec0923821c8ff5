import GRDB
import Model

/// A known person who wants a login that another row of the back end had when it was asked for.
struct WaitingRename {
    let row: PersonRow
    let person: MappedPerson
    let header: EntryHeader
    let dn: String
}

extension Merge {
    /// Takes in the entries of `waitingRenames`, read again after the stream has ended.
    package func collectRenames(_ batch: some MappedBatch) throws(StoreProblem) {
        try store.read { db in
            let people = try PersonTable(db)
            for (index, header) in batch.headers.enumerated() {
                guard let row = try people.row(header.id, of: backEnd.slot) else { continue }
                // One that cannot be mapped any more keeps its row; the next cycle reports it.
                guard let person = try? batch.person(at: index) else { continue }
                renames.append(WaitingRename(row: row, person: person, header: header, dn: batch.dn(at: index)))
            }
        }
    }

    /// Carries the collected renames out, chains and exchanges of logins included, in one transaction.
    package func settleRenames() throws(StoreProblem) {
        guard !renames.isEmpty else { return }
        try Store.translating(store.path) {
            try store.pool.writeWithoutTransaction { db in
                try inTransaction(db) { step in
                    var parked: Set<Int64> = []
                    while !renames.isEmpty {
                        if try step.settleSome(&renames) { continue }
                        guard let next = renames.first(where: { !parked.contains($0.row.id) }) else { break }
                        try step.park(next.row)
                        parked.insert(next.row.id)
                    }
                }
            }
        }
    }
}

extension MergeStep {
    /// Settles every rename that waits for none of the others.
    ///
    /// - Returns: whether there was one.
    fileprivate func settleSome(_ renames: inout [WaitingRename]) throws -> Bool {
        let waiting = Set(renames.map(\.row.id))
        let countBefore = renames.count
        var rest: [WaitingRename] = []
        for rename in renames {
            let holder = try people.holder(of: rename.person.customerUser.login)
            if let holder, holder.id != rename.row.id, !holder.isGone, waiting.contains(holder.id) {
                rest.append(rename)
                continue
            }
            if try settle(rename.person, rename.header, row: rename.row, at: .settling, dn: { rename.dn }) {
                try problems.forget(dn: rename.dn, rename.header.id)
            }
            try unpark(rename.row)
        }
        renames = rest
        return rest.count < countBefore
    }

    /// Takes the row's login key away for the rest of the transaction, so that an exchange of logins can begin.
    fileprivate func park(_ row: PersonRow) throws {
        try db.execute(sql: "UPDATE person SET login_key = char(1) || id WHERE id = ?", arguments: [row.id])
    }

    /// Gives a parked row its own login back, if it got no other; if that is taken by now, it has none and is invalid.
    private func unpark(_ row: PersonRow) throws {
        let isParked = try Bool.fetchOne(
            db, sql: "SELECT login_key = char(1) || id FROM person WHERE id = ?", arguments: [row.id])
        guard isParked == true else { return }
        if let holder = try people.holder(of: row.user.login), !holder.isGone { try displace(row) }
        try db.execute(
            sql: "UPDATE person SET login_key = ? WHERE id = ?",
            arguments: [PersonTable.loginKey(row.user.login), row.id])
    }
}
