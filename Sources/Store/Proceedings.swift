import GRDB
import Model

/// Records of what happens outside of merges and commands: each time a few changes, or one.
extension Store {
    /// Who does what neither a cycle nor a person does.
    static let ownName = "rollcall"

    /// Records changes, all of them or none.
    ///
    /// - Parameters:
    ///   - actor: who made them; nil for what a cycle does by itself.
    ///   - slot: whose people they concern; nil for what belongs to no back end.
    ///   - cycle: nil for what is done beside cycles.
    /// - Returns: what was committed; nil when that is nothing.
    package func record(
        _ changes: some Sequence<Change>, by actor: String? = nil, of slot: Slot? = nil, cycle: Int64? = nil, now: Int64
    ) throws(StoreProblem) -> RecordRun? {
        try write { try record(changes, by: actor, of: slot, cycle: cycle, now: now, $0) }
    }

    /// Records that the change log goes on in a file that has no record of it yet.
    ///
    /// - Parameters:
    ///   - delivered: the last record that was written before.
    ///   - mustBeNext: nothing is recorded when there are others that come first.
    /// - Returns: whether it was recorded.
    package func recordOpening(
        of path: String, _ opening: LogOpening, after delivered: Int64, mustBeNext: Bool, now: Int64
    ) throws(StoreProblem) -> Bool {
        try write { db in
            let last = try LogHead.sequence(db)
            if mustBeNext, last != delivered { return false }
            let opening = Change.logOpened(path: path, opening)
            try record([opening], by: Self.ownName, now: now, beginsFile: last == delivered, db)
            return true
        }
    }

    /// The same, in a transaction that does more.
    ///
    /// - Parameter beginsFile: the first of them is the first in a new file.
    @discardableResult
    func record(
        _ changes: some Sequence<Change>, by actor: String? = nil, of slot: Slot? = nil, cycle: Int64? = nil, now: Int64,
        beginsFile: Bool = false, _ db: Database
    ) throws -> RecordRun? {
        let writer = try ChangeWriter(
            db, cycle: cycle, backEnd: slot, now: now, form: form, expected: changes.underestimatedCount, beginsFile: beginsFile
        )
        for change in changes { try writer.record(change, by: actor) }
        try writer.finish()
        return writer.records
    }
}
