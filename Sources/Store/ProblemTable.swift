import Foundation
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

    /// - Parameter id: whose problem it is; only kept where it has to be looked at again.
    func report(_ problem: Problem, of id: DirectoryID? = nil) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO problem (slot, kind, subject, message, first_cycle, last_cycle, directory_id, login_key)
                VALUES (?, ?, ?, ?, ?5, ?5, ?6, ?7)
                ON CONFLICT (ifnull(slot, -1), kind, subject)
                DO UPDATE SET message = excluded.message, last_cycle = excluded.last_cycle,
                    directory_id = excluded.directory_id, login_key = excluded.login_key
                """
        ).execute(arguments: [
            slot?.number, problem.kind, problem.subject, problem.message, cycle,
            id.map(\.data), problem.login.map(PersonTable.loginKey),
        ])
    }

    /// Forgets what an earlier cycle reported and this one did not.
    func forgetOthers() throws {
        try db.execute(
            sql: "DELETE FROM problem WHERE slot IS ? AND last_cycle < ?", arguments: [slot?.number, cycle])
    }

    /// The same, of what concerns the back end as a whole.
    func forgetOthersOfBackEnd() throws {
        try db.execute(
            sql:
                "DELETE FROM problem WHERE slot IS ? AND last_cycle < ? AND kind IN ('unreadable-group', 'strategy-refused', 'deletions-hidden')",
            arguments: [slot?.number, cycle])
    }

    /// Forgets what was reported of an entry that is in order now.
    func forget(dn: String, _ id: DirectoryID) throws {
        try db.cachedStatement(
            sql: """
                DELETE FROM problem
                WHERE slot IS ?1 AND (subject = ?2 AND kind <> 'unreadable-group' OR directory_id = ?3)
                """
        ).execute(arguments: [slot?.number, dn, id.data])
    }

    /// Whether some entry could not be mirrored because somebody else has its login.
    func hasClaimants() throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM problem WHERE slot IS ? AND login_key IS NOT NULL)",
            arguments: [slot?.number]
        ) ?? false
    }

    /// The ids of those whose login nobody has any more.
    func heirs() throws -> [DirectoryID] {
        try Data.fetchAll(
            db,
            sql: """
                SELECT directory_id FROM problem
                WHERE slot IS ? AND login_key IS NOT NULL AND directory_id IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM person WHERE person.login_key = problem.login_key AND NOT person.gone)
                """, arguments: [slot?.number]
        ).map { DirectoryID($0) }
    }
}

extension Problem {
    /// The login that somebody else has.
    fileprivate var login: String? { if case .loginClaimed(let login, _, _) = self { login } else { nil } }

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
