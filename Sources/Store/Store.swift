import CSQLite
import Foundation
import GRDB
import Model
import Synchronization

/// The local mirror: one SQLite file in WAL mode.
///
/// A class because it owns the connections and the lock. All SQL of Rollcall is in this room.
package final class Store: Sendable {
    package let path: String
    let pool: any DatabaseWriter
    let form: RecordForm
    private let gone = Mutex(false)
    private let lock: InstanceLock?
    /// Of the one store that a daemon writes to.
    private let checkpointer: Checkpointer?
    let notedDelivery = Mutex<NotedDelivery?>(nil)

    /// Opens the store for the one Rollcall that may change it, and brings its schema up to date.
    ///
    /// - Parameter form: makes the change log's line that is stored together with each change.
    package init(writingTo path: String, form: RecordForm) throws(StoreProblem) {
        self.path = path
        self.form = form
        let lock = try InstanceLock(store: path)
        self.lock = lock
        (pool, checkpointer) = try Self.translating(path) {
            let pool = try DatabasePool(path: path, configuration: Self.configuration())
            // A pool begins with NORMAL, which may forget the last transactions when the power fails. The change log
            // must never be ahead of the store.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try Schema.migrator.migrate(pool)
            let checkpointer = try Checkpointer(path: path)
            pool.writeWithoutTransaction(checkpointer.serve)
            return (pool, checkpointer)
        }
    }

    /// Opens the store for a command's short changes, which a running daemon does not mind.
    ///
    /// - Parameter form: makes the change log's line that is stored together with each change.
    package init(commanding path: String, form: RecordForm) throws(StoreProblem) {
        try Self.checkExists(path)
        self.path = path
        self.form = form
        lock = nil
        checkpointer = nil
        pool = try Self.translating(path) {
            let queue = try DatabaseQueue(path: path, configuration: Self.configuration())
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            guard try queue.read(Schema.migrator.hasCompletedMigrations) else {
                throw StoreProblem(
                    .unusable, path: path, reason: "it was made by an older Rollcall",
                    remedy: "Restart the daemon, or run 'rollcall run --once', which brings it up to date.")
            }
            return queue
        }
    }

    private static func checkExists(_ path: String) throws(StoreProblem) {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreProblem(
                .missing, path: path, reason: "there is no such file",
                remedy: "Run 'rollcall run --once' first, or name the store with --store.")
        }
    }

    /// Opens the store for looking only, which a running daemon does not mind.
    ///
    /// - Parameter form: reads the lines that are stored with the changes.
    package init(readingFrom path: String, form: RecordForm) throws(StoreProblem) {
        try Self.checkExists(path)
        self.path = path
        self.form = form
        lock = nil
        checkpointer = nil
        pool = try Self.translating(path) {
            var configuration = Self.configuration()
            configuration.readonly = true
            return try DatabaseQueue(path: path, configuration: configuration)
        }
    }

    /// Copies what `path` holds into a new store at `copyPath`; a missing `path` gives an empty one.
    package static func copy(
        of path: String, to copyPath: String, form: RecordForm
    ) throws(StoreProblem) -> Store {
        if FileManager.default.fileExists(atPath: path) {
            try translating(path) {
                var configuration = Configuration()
                configuration.readonly = true
                let source = try DatabaseQueue(path: path, configuration: configuration)
                try source.vacuum(into: copyPath)
            }
        }
        return try Store(writingTo: copyPath, form: form)
    }

    /// 8 MB for whoever writes: more makes no change of everybody's grants quicker, and would be memory.
    static let cacheSize = "PRAGMA cache_size = -8192"

    /// SQLite counts every piece of memory that it asks for, under a lock, for figures that nobody looks at: a seventh of what
    /// it needs to change a row. Evaluated once, before SQLite is used.
    private static let omitsMemoryStatistics = rollcall_sqlite_omit_memory_statistics() == 0

    private static func configuration() -> GRDB.Configuration {
        _ = omitsMemoryStatistics
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(10)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            // For a new file: half the writes of the usual 4096, and room for several change records.
            try db.execute(sql: "PRAGMA page_size = 8192")
            // Those who only read go through each page once.
            try db.execute(sql: db.configuration.readonly ? "PRAGMA cache_size = -2048" : cacheSize)
            // What is removed is overwritten, so that what was erased is not in the file any more.
            try db.execute(sql: "PRAGMA secure_delete = ON")
            // 16 MB: fewer pages are copied into the main file twice.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 2048")
        }
        return configuration
    }

    /// Runs `body`, turning SQLite's errors into problems that say what to do.
    static func translating<Result>(_ path: String, _ body: () throws -> Result) throws(StoreProblem) -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StoreProblem(error, path: path)
        } catch let problem as StoreProblem {
            throw problem
        } catch {
            throw StoreProblem(.unusable, path: path, reason: "\(error)", remedy: "Check the file and its folder.")
        }
    }

    /// Somebody has been marked as gone since this store was opened: back ends that are read side by side learn it.
    var hasGone: Bool { gone.withLock(\.self) }

    func noteGone() { gone.withLock { $0 = true } }

    /// One short transaction.
    func write<Result>(_ body: (Database) throws -> Result) throws(StoreProblem) -> Result {
        try Self.translating(path) {
            try pool.writeWithoutTransaction { db in
                var result: Result?
                try db.inTransaction(.immediate) {
                    result = try body(db)
                    return .commit
                }
                return try result.orThrow()
            }
        }
    }

    /// A look at one state of the store.
    func read<Result>(_ body: (Database) throws -> Result) throws(StoreProblem) -> Result {
        try Self.translating(path) { try pool.read(body) }
    }
}

extension Optional {
    /// The value that a block which ran to its end has left.
    fileprivate func orThrow() throws -> Wrapped {
        guard let self else { throw DatabaseError(resultCode: .SQLITE_INTERNAL) }
        return self
    }
}
