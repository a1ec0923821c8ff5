import GRDB
import Model

/// A moment that is asked about.
package enum PastMoment: Sendable, Hashable {
    /// After the change record of this number.
    case record(Int64)
    /// Microseconds since 1970 (UTC).
    case time(Int64)
}

extension Store {
    /// Explains one person as of a moment: the present, with every record since taken back. Whoever had the login then is
    /// meant, before whoever has it now.
    ///
    /// - Parameter moment: nil for now.
    /// - Returns: nil when nobody has or had the login, or nobody had appeared with it yet.
    package func explain(_ login: String, at moment: PastMoment?) throws -> PersonExplanation? {
        guard let moment else { return try explain(login) }
        return try read { db in
            let past = PastReader(db: db, form: form)
            let number = try past.number(of: moment)
            let key = PersonTable.loginKey(login)
            if let row = try past.row(lastCalled: login, until: number),
                let found = try past.explanation(of: row, after: number),
                PersonTable.loginKey(found.person.login) == key
            {
                return found
            }
            return try past.row(login).flatMap { try past.explanation(of: $0, after: number) }
        }
    }
}

extension Store {
    /// Whether the store has given up records that it would take to tell of a moment.
    package func hasGivenUp(_ moment: PastMoment) throws(StoreProblem) -> Bool {
        guard let seal = try seal() else { return false }
        switch moment {
        case .record(let number): return number < seal.sequence
        case .time(let time):
            guard let first = try records(after: seal.sequence, bytes: 1).first else { return true }
            return time < form.link(first.line)?.microseconds ?? .max
        }
    }
}

/// Goes back through the change records.
struct PastReader {
    let db: Database
    let form: RecordForm

    /// The number of the last record of the moment.
    func number(of moment: PastMoment) throws -> Int64 {
        switch moment {
        case .record(let number):
            return min(number, try LogHead.sequence(db))
        case .time(let time):
            // Times go on with numbers, so the first later one is found by halving.
            // A store may begin with a later number, beside a change log that has the earlier ones.
            var low = (try Int64.fetchOne(db, sql: "SELECT min(sequence) FROM change_record") ?? 1) - 1
            var high = try LogHead.sequence(db)
            while low < high {
                let middle = (low + high + 1) / 2
                if let record = try record(middle), record.microseconds <= time { low = middle } else { high = middle - 1 }
            }
            return low
        }
    }

    private func record(_ number: Int64) throws -> ChangeRecord? {
        let rows = try RowStatement(db, "SELECT line FROM known_record WHERE sequence = ?")
        rows.bind(number, at: 1)
        defer { rows.reset() }
        return try rows.step() ? try form.decode(rows.bytes(0)) : nil
    }

    /// Who has the login, or had it last.
    func row(_ login: String) throws -> PersonRow? {
        let people = try PersonTable(db)
        if let holder = try people.holder(of: login) { return try people.row(holder.id) }
        return try row(lastCalled: login, until: .max)
    }

    /// Whom the records up to `number` called so last.
    func row(lastCalled login: String, until number: Int64) throws -> PersonRow? {
        let people = try PersonTable(db)
        var row: PersonRow?
        try forEachRecord(where: "CAST(line AS TEXT) ->> '$.user.name' = ?", [login], after: 0, until: number) { record in
            guard row == nil, let person = record.change.subject, person.login == login, let slot = record.backEnd else {
                return
            }
            let trail = try IdentityTrail(db, form, after: record.sequence)
            let entry = trail.current(EntryIdentity(id: person.directoryID, slot: slot), after: record.sequence)
            row = try people.row(entry.id, of: entry.slot)
        }
        return row
    }

    func explanation(of row: PersonRow, after number: Int64) throws -> PersonExplanation? {
        // Another entry, or back end, may have taken the row over since.
        let entry = EntryIdentity(id: row.directoryID, slot: row.backEnd)
        let ids = Set(try IdentityTrail(db, form, after: 0).all(until: entry).map { "\($0.id)" }).sorted()
        let isTheirs = "(" + ids.map { _ in "instr(line, CAST(? AS BLOB)) > 0" }.joined(separator: " OR ") + ")"
        var customers = Set(row.user.customers)
        try forEachRecord(where: isTheirs, ids, after: number) { customers.formUnion(PastPicture.customerIDs(in: $0)) }
        let customerIDs = customers.subtracting([""]).sorted()
        var past = try present(row, customers: customerIDs)
        // Those of the person, those of their customers, and those that are about everybody.
        let marks = customerIDs.map { _ in "?" }.joined(separator: ", ")
        let isOthers = """
            instr(line, '"user":{') = 0 AND instr(line, '"action":"cycle-') = 0
                AND ifnull(CAST(line AS TEXT) ->> '$.organization.id' IN (\(marks)), TRUE)
            """
        try forEachRecord(where: "\(isTheirs) OR \(isOthers)", ids + customerIDs, after: number) { past.takeBack($0) }
        guard past.exists else { return nil }
        var search = SinceSearch(past.result, past.person, of: past.backEnd)
        if search.isOpen {
            try forEachRecord(
                where: SinceSearch.condition(isTheirs, "\(isOthers)"), ids + customerIDs, after: 0, until: number
            ) { search.look(at: $0) }
        }
        var explanation = PersonExplanation(
            person: past.person, backEnd: past.backEnd, picture: search.picture, sequence: number)
        explanation.moments = try Moments(db: db, form: form).of(search.picture)
        return explanation
    }

    private func present(_ row: PersonRow, customers ids: [String]) throws -> PastPicture {
        let reader = PictureReader(db: db)
        let customers = try ids.map { id in
            PermissionPicture.Customer(
                id: id,
                isValid: try Bool.fetchOne(
                    db, sql: "SELECT valid_id = 1 FROM customer WHERE customer_id = ?", arguments: [id]) ?? false,
                grants: try reader.grants(ofCustomer: id))
        }
        let requirements = try Row.fetchAll(db, sql: "SELECT slot, requires_groups FROM back_end")
        return PastPicture(
            try reader.picture(of: row.id), row.reference, of: row.backEnd, user: row.user, customers: customers,
            requiresGroups: Dictionary(
                requirements.compactMap { row in Slot(row[0]).map { ($0, row[1]) } }, uniquingKeysWith: { first, _ in first }))
    }

    /// Calls `body` with each record after `number` for which the SQL `condition` is true, the latest first.
    private func forEachRecord(
        where condition: String, _ arguments: [String], after number: Int64, until last: Int64 = .max,
        _ body: (ChangeRecord) throws -> Void
    ) throws {
        let rows = try RowStatement(
            db, "SELECT line FROM known_record WHERE sequence > ? AND sequence <= ? AND (\(condition)) ORDER BY sequence DESC")
        rows.bind(number, at: 1)
        rows.bind(last, at: 2)
        for (index, argument) in arguments.enumerated() { rows.bind(argument, at: Int32(index) + 3) }
        defer { rows.reset() }
        while try rows.step() { try body(try form.decode(rows.bytes(0))) }
    }
}
