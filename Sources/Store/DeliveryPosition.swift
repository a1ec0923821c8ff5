import GRDB
import Synchronization

/// How far an outlet has been served, before the store has it.
struct NotedDelivery {
    let outlet: String
    let sequence: Int64
}

extension Store {
    /// How far `outlet` has been served: the number of its last record.
    package func delivered(to outlet: String) throws(StoreProblem) -> Int64 {
        let stored = try read {
            try Int64.fetchOne($0, sql: "SELECT sequence FROM delivery WHERE outlet = ?", arguments: [outlet]) ?? 0
        }
        return notedDelivery.withLock { $0?.outlet == outlet ? max(stored, $0?.sequence ?? 0) : stored }
    }

    /// As `setDelivered`, but written together with the next changes that a merge makes: for what is delivered beside it.
    /// Should that not come about, the outlet is still the one that knows best.
    package func noteDelivered(_ sequence: Int64, to outlet: String) {
        notedDelivery.withLock { $0 = NotedDelivery(outlet: outlet, sequence: sequence) }
    }

    /// Something was noted that the store may not have yet.
    package var hasNotedDelivery: Bool { notedDelivery.withLock { $0 != nil } }

    func storeNotedDelivery(_ db: Database) throws {
        guard let noted = notedDelivery.withLock({ $0 }) else { return }
        try Self.setDelivered(db, noted.sequence, to: noted.outlet)
    }

    package func setDelivered(_ sequence: Int64, to outlet: String) throws(StoreProblem) {
        try write { try Self.setDelivered($0, sequence, to: outlet) }
        notedDelivery.withLock { if $0?.outlet == outlet { $0 = nil } }
    }

    /// Says which outlets there are. One that is new begins with the records that are made from now on; one that is no more is
    /// forgotten, so that no record is kept for it.
    package func enlistOutlets(_ names: [String]) throws(StoreProblem) {
        try write { db in
            let known = try Set(String.fetchAll(db, sql: "SELECT outlet FROM delivery"))
            for name in known.subtracting(names) {
                try db.execute(sql: "DELETE FROM delivery WHERE outlet = ?", arguments: [name])
            }
            for name in names where !known.contains(name) && name != Self.fileOutlet {
                try db.execute(
                    sql: "INSERT INTO delivery (outlet, sequence) SELECT ?, value FROM counter WHERE name = 'sequence'",
                    arguments: [name])
            }
        }
    }

    /// What the change log's file is called among the outlets: it is owed every record.
    package static let fileOutlet = "file"

    private static func setDelivered(_ db: Database, _ sequence: Int64, to outlet: String) throws {
        try db.execute(
            sql: """
                INSERT INTO delivery (outlet, sequence) VALUES (?, ?)
                ON CONFLICT (outlet) DO UPDATE SET sequence = excluded.sequence
                """,
            arguments: [outlet, sequence])
    }
}
