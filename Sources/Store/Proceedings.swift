import GRDB
import Model

/// Records of what Rollcall does outside of cycles and commands.
extension Store {
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
            let last = try Int64.fetchOne(db, sql: "SELECT value FROM counter WHERE name = 'sequence'")
            if mustBeNext, last != delivered { return false }
            try record(.logOpened(path: path, opening), now: now, beginsFile: last == delivered, db)
            return true
        }
    }

    /// - Parameter beginsFile: it is the first in a new file.
    func record(_ change: Change, now: Int64, beginsFile: Bool = false, _ db: Database) throws {
        let changes = try ChangeWriter(db, cycle: nil, backEnd: nil, now: now, form: form, beginsFile: beginsFile)
        try changes.record(change, by: Self.name)
        try changes.finish()
    }

    /// Who does what neither a cycle nor a person does.
    private static let name = "rollcall"
}
