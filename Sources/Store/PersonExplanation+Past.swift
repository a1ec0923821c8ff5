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
    /// Explains one person as of a moment: the present, with every record since taken back.
    ///
    /// - Parameter moment: nil for now.
    /// - Returns: nil when nobody has or had the login, or nobody had appeared with it yet.
    package func explain(_ login: String, at moment: PastMoment?) throws -> PersonExplanation? {
        guard let moment else { return try explain(login) }
        return try read { db in
            let past = PastReader(db: db, form: form)
            guard let row = try past.row(login) else { return nil }
            return try past.explanation(of: row, after: try past.number(of: moment))
        }
    }
}

/// Goes back through the change records.
private struct PastReader {
    let db: Database
    let form: RecordForm

    /// The number of the last record of the moment.
    func number(of moment: PastMoment) throws -> Int64 {
        switch moment {
        case .record(let number): return number
        case .time(let time):
            // Times go on with numbers, so the first later one is found by halving.
            var low: Int64 = 0
            var high = try Int64.fetchOne(db, sql: "SELECT value FROM counter WHERE name = 'sequence'") ?? 0
            while low < high {
                let middle = (low + high + 1) / 2
                if let record = try record(middle), record.microseconds <= time { low = middle } else { high = middle - 1 }
            }
            return low
        }
    }

    private func record(_ number: Int64) throws -> ChangeRecord? {
        let rows = try RowStatement(db, "SELECT line FROM change_record WHERE sequence = ?")
        rows.bind(number, at: 1)
        defer { rows.reset() }
        return try rows.step() ? try form.decode(rows.bytes(0)) : nil
    }

    /// Who has the login, or had it last.
    func row(_ login: String) throws -> PersonRow? {
        let people = try PersonTable(db)
        if let holder = try people.holder(of: login) { return try people.row(holder.id) }
        var row: PersonRow?
        try forEachRecord(where: "CAST(line AS TEXT) ->> '$.user.name' = ?", [login], after: 0) { record in
            guard row == nil, let person = record.change.subject, person.login == login, let slot = record.backEnd else {
                return
            }
            row = try people.row(person.directoryID, of: slot)
        }
        return row
    }

    func explanation(of row: PersonRow, after number: Int64) throws -> PersonExplanation? {
        let ids = try customerIDs(of: row, after: number)
        var past = try present(row, customers: ids)
        // Those of the person, those of their customers, and those that are about everybody.
        let marks = ids.map { _ in "?" }.joined(separator: ", ")
        let condition = """
            instr(line, CAST(? AS BLOB)) > 0
            OR instr(line, '"user":{') = 0 AND ifnull(CAST(line AS TEXT) ->> '$.organization.id' IN (\(marks)), TRUE)
            """
        try forEachRecord(where: condition, ["\(row.directoryID)"] + ids, after: number) { past.takeBack($0) }
        guard past.exists else { return nil }
        var picture = past.result
        try Sinces(db: db, form: form).fill(&picture, past.person, until: number)
        var explanation = PersonExplanation(
            person: past.person, backEnd: past.backEnd, picture: picture, sequence: number)
        explanation.moments = try Moments(db: db, form: form).of(picture)
        return explanation
    }

    /// All customers that the person had since.
    private func customerIDs(of row: PersonRow, after number: Int64) throws -> [String] {
        var ids = Set(row.user.customers)
        try forEachRecord(where: "instr(line, CAST(? AS BLOB)) > 0", ["\(row.directoryID)"], after: number) {
            ids.formUnion(PastPicture.customerIDs(in: $0))
        }
        return ids.subtracting([""]).sorted()
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
        where condition: String, _ arguments: [String], after number: Int64, _ body: (ChangeRecord) throws -> Void
    ) throws {
        let rows = try RowStatement(
            db, "SELECT line FROM change_record WHERE sequence > ? AND (\(condition)) ORDER BY sequence DESC")
        rows.bind(number, at: 1)
        for (index, argument) in arguments.enumerated() { rows.bind(argument, at: Int32(index) + 2) }
        defer { rows.reset() }
        while try rows.step() { try body(try form.decode(rows.bytes(0))) }
    }
}

/// Looks up since when grants of the past were there.
private struct Sinces {
    let db: Database
    let form: RecordForm

    func fill(_ picture: inout PermissionPicture, _ person: PersonReference, until number: Int64) throws {
        for index in picture.grants.indices where picture.grants[index].since == 0 {
            picture.grants[index].since = try since(
                picture.grants[index].grant, "\(person.directoryID)", until: number)
        }
        for index in picture.customers.indices {
            for context in PermissionContext.allCases {
                picture.customers[index].grants[context] = try picture.customers[index].grants[context]?.map { held in
                    guard held.since == 0 else { return held }
                    return .init(held.grant, since: try since(held.grant, picture.customers[index].id, until: number))
                }
            }
        }
    }

    /// The last record up to `number` that gave it; 0 when there is none.
    private func since(_ grant: Grant, _ grantee: String, until number: Int64) throws -> Int64 {
        let rows = try RowStatement(
            db,
            """
            SELECT line FROM change_record WHERE sequence <= ? AND instr(line, '"action":"grant-added"') > 0
                AND ifnull(CAST(line AS TEXT) ->> '$.user.id', CAST(line AS TEXT) ->> '$.organization.id') = ? ORDER BY sequence DESC
            """)
        rows.bind(number, at: 1)
        rows.bind(grantee, at: 2)
        defer { rows.reset() }
        while try rows.step() {
            let record = try form.decode(rows.bytes(0))
            if case .grantAdded(_, let given) = record.change, given.permission == grant.permission,
                given.source == grant.source, given.rule == grant.rule
            {
                return record.sequence
            }
        }
        return 0
    }
}
