import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// Brings the write-ahead log into the main file on a thread of its own, so that whoever commits need not.
///
/// Takes the place of SQLite's automatic checkpoints on the connection that writes. It weakens nothing: a transaction is
/// durable when it is committed, which synchronises the log (synchronous=FULL); a checkpoint synchronises the log before it
/// copies, and the main file before the log may be begun again. A class because SQLite calls it, and it owns a connection.
final class Checkpointer: Sendable {
    /// From so many pages of log on, it is worth while.
    private static let worthwhilePages: Int32 = 512
    /// At so many pages the log has grown enough: the writer waits until all of it has been copied, so that it is begun
    /// again. 32 MB.
    private static let mostPages: Int32 = 4096

    private let database: DatabaseQueue
    private let queue = DispatchQueue(label: "rollcall.checkpoint")
    private let isScheduled = Mutex(false)

    /// - Parameter path: of a store in WAL mode.
    init(path: String) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = 0") }
        database = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Takes over from the automatic checkpoints of `db`, and lives as long as it is used by it.
    func serve(_ db: Database) {
        let hook: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, Int32) -> Int32 = {
            checkpointer, _, _, pages in
            if let checkpointer {
                Unmanaged<Checkpointer>.fromOpaque(checkpointer).takeUnretainedValue().logHasGrown(to: pages)
            }
            return SQLITE_OK
        }
        sqlite3_wal_hook(db.sqliteConnection, hook, Unmanaged.passUnretained(self).toOpaque())
    }

    private func logHasGrown(to pages: Int32) {
        if pages >= Self.mostPages { return queue.sync { copy() } }
        guard pages >= Self.worthwhilePages, isScheduled.withLock({ $0.setToTrue() }) else { return }
        queue.async { [self] in
            isScheduled.withLock { $0 = false }
            copy()
        }
    }

    /// What cannot be copied now, because somebody still reads an older state, is copied the next time.
    private func copy() {
        try? database.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
    }
}

extension Bool {
    /// - Returns: whether it was false.
    fileprivate mutating func setToTrue() -> Bool {
        defer { self = true }
        return !self
    }
}
