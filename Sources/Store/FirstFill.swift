import GRDB
import Model

/// The filling of a store that has nobody: everybody is new, so nobody is looked up, and the indexes of `person` are made at
/// the end instead of with every row. With ids as random as those of Active Directory that is a quarter of the work.
///
/// What the indexes would have made sure of is made sure of here: only somebody whose id and login were certainly not there
/// before (`RecentKeys`) is added; whoever may have been is kept until the indexes are there. Nobody else writes people
/// meanwhile, because back ends that have none are read one after the other.
///
/// A mark in the store, set and removed in the transactions that drop the indexes and make the last of them, tells that a
/// filling is under way. When it ends halfway, the next cycle finds the mark before it does anything else (`complete`).
///
/// A class because it lives as long as the filling.
final class FirstFill {
    /// Ids and logins, in one filter.
    private(set) var keys = RecentKeys()
    private(set) var kept = KeptPeople()
    var hasBegun = false

    /// With more than this the indexes are due.
    private static let keptLimit = 20_000
    var isOver: Bool { kept.headers.count > Self.keptLimit }

    /// - Returns: whether neither id nor login have been here before, for certain.
    func isNew(_ id: DirectoryID, _ login: String) -> Bool {
        let isKnown = keys.insert(id.bits)
        let isTaken = keys.insert(PersonTable.loginKey(login))
        return !isKnown && !isTaken
    }

    func keep(_ header: EntryHeader, _ person: MappedPerson, dn: String) { kept.append(header, person, dn) }

    // MARK: In the store

    private static let mark = "first_fill"

    static func begin(_ db: Database) throws {
        // Rows are only appended: there is little to keep in memory but what the transaction in hand has written.
        try db.execute(sql: "PRAGMA cache_size = -4096")
        try db.execute(sql: "INSERT INTO counter (name, value) VALUES (?, 1)", arguments: [mark])
        for index in Schema.personIndexes { try db.execute(sql: "DROP INDEX \(index.name)") }
    }

    /// Makes the indexes that are missing, one transaction each, which other connections and the write-ahead log can bear.
    ///
    /// - Parameter body: what belongs into the last one.
    static func end(_ db: Database, _ body: () throws -> Void) throws {
        // What it takes to sort is bounded by the cache. What the reading needed is not needed any more.
        try db.execute(sql: "PRAGMA cache_size = -2048; PRAGMA shrink_memory")
        defer { try? db.execute(sql: Store.cacheSize) }
        for index in Schema.personIndexes {
            try db.inTransaction(.immediate) {
                try db.execute(sql: index.sql)
                return .commit
            }
        }
        try db.inTransaction(.immediate) {
            try body()
            try db.execute(sql: "DELETE FROM counter WHERE name = ?", arguments: [mark])
            return .commit
        }
    }

    /// Ends a filling that ended halfway, if there was one: its people stay, and the next reading goes on with them.
    static func complete(_ db: Database) throws {
        let isMarked = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM counter WHERE name = ?)", arguments: [mark])
        if isMarked == true { try end(db) { try CustomerTable.count(db) } }
    }
}

/// Entries that were kept back, as a batch of their own.
struct KeptPeople: MappedBatch {
    private(set) var headers: [EntryHeader] = []
    private var people: [MappedPerson] = []
    private var dns: [String] = []
    var problems: [Problem] { [] }

    mutating func append(_ header: EntryHeader, _ person: MappedPerson, _ dn: String) {
        headers.append(header)
        people.append(person)
        dns.append(dn)
    }

    func dn(at index: Int) -> String { dns[index] }

    func person(at index: Int) throws(Problem) -> MappedPerson { people[index] }
}
