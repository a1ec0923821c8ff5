import GRDB
import Model

/// Which configuration is in force. It is recorded when that changes, not with every cycle.
enum ConfigurationTable {
    static func load(_ db: Database, _ stamp: ConfigurationStamp, _ changes: ChangeWriter) throws {
        try db.execute(
            sql: "UPDATE configuration SET digest = ?1, rejection = NULL WHERE digest <> ?1 OR rejection IS NOT NULL",
            arguments: [stamp.digest])
        if db.changesCount > 0 { try changes.record(.configurationLoaded(stamp)) }
    }
}

extension Store {
    /// Records that a configuration cannot be used; the same one for the same reason only once.
    ///
    /// - Parameter files: in the order in which they take effect.
    package func rejectConfiguration(_ files: [String], reason: String, now: Int64) throws(StoreProblem) {
        try write { db in
            try db.execute(
                sql: "UPDATE configuration SET rejection = ?1 WHERE rejection IS NOT ?1",
                arguments: [(files + [reason]).joined(separator: "\n")])
            guard db.changesCount > 0 else { return }
            try record([.configurationRejected(files: files, reason: reason)], by: Self.ownName, now: now, db)
        }
    }
}
