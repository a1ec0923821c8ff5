import GRDB
import Model

/// Records of what Rollcall does outside of cycles and commands.
extension Store {
    /// Records that the change log goes on in a file that has no record of it yet.
    ///
    /// - Parameter delivered: the last record that was written before.
    package func recordOpening(
        of path: String, _ opening: LogOpening, delivered: Int64, now: Int64
    ) throws(StoreProblem) {
        try write { db in
            let last = try Int64.fetchOne(db, sql: "SELECT value FROM counter WHERE name = 'sequence'")
            try record(.logOpened(path: path, opening), now: now, beginsFile: last == delivered, db)
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
