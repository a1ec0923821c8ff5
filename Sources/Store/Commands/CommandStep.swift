import GRDB
import Model

/// Why a person's command was refused as a whole. Nothing of it was done.
package struct CommandRefusal: Error, Sendable, Hashable {
    /// Each says what is wrong and what to do.
    package let reasons: [String]

    init(_ reasons: [String]) { self.reasons = reasons }
    init(_ reason: String) { reasons = [reason] }
}

/// Who gives a command, when, and in which words.
package struct CommandOrder: Sendable, Hashable {
    package var actor: String
    /// Microseconds since 1970 (UTC).
    package var now: Int64
    /// What is kept as the command, such as "grant --user anna --group vip --permission rw".
    package var text: String

    package init(actor: String, now: Int64, text: String) {
        self.actor = actor
        self.now = now
        self.text = text
    }
}

/// One transaction that a person asked for: the changes and their records, or nothing at all.
struct CommandStep {
    let db: Database
    let changes: ChangeWriter
    let form: RecordForm
    let order: CommandOrder

    /// - Parameter row: whom the change is about, if it is about somebody.
    /// - Returns: the record's number.
    @discardableResult
    func record(_ change: Change, of row: GranteeRow? = nil) throws -> Int64 {
        try changes.record(change, by: order.actor, of: row?.backEnd)
    }

    func group(named name: String) throws -> GroupRow? { try GroupRow.named(name, db) }
}

/// A row of `user_group`.
struct GroupRow {
    let id: Int64
    let name: String
    let isValid: Bool
    /// It is in `Rollcall::Groups`, or a group that always is.
    let isConfigured: Bool
    let comment: String

    /// Why nothing is given on an invalid group.
    static func invalidObjection(_ name: String) -> String {
        "the group '\(name)' is invalid: nobody has anything from it. Validate it first."
    }

    static func named(_ name: String, _ db: Database) throws -> GroupRow? {
        try Row.fetchOne(
            db, sql: "SELECT id, name, valid_id, origin, comments FROM user_group WHERE name = ?", arguments: [name]
        ).map(GroupRow.init)
    }

    init(_ row: Row) {
        id = row[0]
        name = row[1]
        isValid = row[2] == 1
        isConfigured = row[3] == "configuration"
        comment = row[4]
    }
}

extension Store {
    /// Runs `body` as one command: all of it or nothing.
    ///
    /// - Returns: what `body` does, and the numbers of the records; nil when it changed nothing.
    func command<Result>(
        _ order: CommandOrder, _ body: (CommandStep) throws -> Result
    ) throws -> (result: Result, records: ClosedRange<Int64>?) {
        var refusal: CommandRefusal?
        do {
            return try write { db in
                let changes = try ChangeWriter(db, cycle: nil, backEnd: nil, now: order.now, form: form)
                let step = CommandStep(db: db, changes: changes, form: form, order: order)
                let result = try noting(&refusal) { try body(step) }
                try changes.finish()
                guard let numbers = changes.numbers else { return (result, nil) }
                try order.note(numbers, db)
                return (result, numbers)
            }
        } catch {
            throw refusal ?? error
        }
    }

    /// Looks at one state of the store, and lets a refusal through as it is.
    func plan<Result>(_ body: (Database) throws -> Result) throws -> Result {
        var refusal: CommandRefusal?
        do {
            return try read { db in try noting(&refusal) { try body(db) } }
        } catch {
            throw refusal ?? error
        }
    }

    /// Keeps a refusal: on its way out of a transaction it would become a problem of the store.
    private func noting<Result>(_ refusal: inout CommandRefusal?, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let found as CommandRefusal {
            refusal = found
            throw found
        }
    }
}

extension CommandOrder {
    fileprivate func note(_ numbers: ClosedRange<Int64>, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO command (first_sequence, last_sequence, time, actor, text) VALUES (?, ?, ?, ?, ?)",
            arguments: [numbers.lowerBound, numbers.upperBound, now, actor, text])
    }
}
