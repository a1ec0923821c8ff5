import GRDB
import Model

/// Problems of the last reading of each back end, each once.
struct ProblemTable {
    private let db: Database
    private let cycle: Int64
    private let slot: Slot?

    init(_ db: Database, cycle: Int64, slot: Slot?) {
        self.db = db
        self.cycle = cycle
        self.slot = slot
    }

    func report(_ problem: Problem) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO problem (slot, kind, subject, message, first_cycle, last_cycle) VALUES (?, ?, ?, ?, ?5, ?5)
                ON CONFLICT (ifnull(slot, -1), kind, subject)
                DO UPDATE SET message = excluded.message, last_cycle = excluded.last_cycle
                """
        ).execute(arguments: [slot?.number, problem.kind, problem.subject, problem.message, cycle])
    }

    /// Forgets what an earlier cycle reported and this one did not.
    func forgetOthers() throws {
        try db.execute(
            sql: "DELETE FROM problem WHERE slot IS ? AND last_cycle < ?", arguments: [slot?.number, cycle])
    }
}

extension Problem {
    /// What tells two problems of one kind apart.
    fileprivate var subject: String {
        switch self {
        case .unknownGroup(let name, let usedBy): "\(usedBy) \(name)"
        default: dn ?? ""
        }
    }
}

extension Store {
    /// Messages of problems that `cycle` was the first to see.
    package func newProblems(of slot: Slot, cycle: Int64) throws(StoreProblem) -> [String] {
        try read { db in
            try String.fetchAll(
                db, sql: "SELECT message FROM problem WHERE slot = ? AND first_cycle = ? ORDER BY rowid LIMIT 1000",
                arguments: [slot.number, cycle])
        }
    }
}
