import Foundation
import GRDB
import Model

/// The salts of people, for records that tell digests. They are in the rows of the mirror, so that they go with them.
///
/// A class because it remembers whose was asked for last: records of one person follow each other.
final class PersonSalts {
    private let db: Database
    private var last: (identity: EntryIdentity, salt: PersonSalt)?

    init(_ db: Database) { self.db = db }

    /// Makes one for somebody whose row is not there yet.
    func make(for identity: EntryIdentity) -> PersonSalt {
        let salt = PersonSalt()
        last = (identity, salt)
        return salt
    }

    /// That of somebody who has a row; made now, if the row is from before.
    func salt(of identity: EntryIdentity) throws -> PersonSalt {
        if let last, last.identity == identity { return last.salt }
        if let known = try Self.known(db, identity) {
            last = (identity, known)
            return known
        }
        let salt = make(for: identity)
        try db.cachedStatement(sql: "UPDATE person SET salt = ? WHERE back_end = ? AND directory_id = ?")
            .execute(arguments: [Data(salt.bytes), identity.slot.number, identity.id.data])
        return salt
    }

    /// Nil where no digest was made yet.
    static func known(_ db: Database, _ identity: EntryIdentity) throws -> PersonSalt? {
        let statement = try db.cachedStatement(sql: "SELECT salt FROM person WHERE back_end = ? AND directory_id = ?")
        guard let data = try Data?.fetchOne(statement, arguments: [identity.slot.number, identity.id.data]) else { return nil }
        return data.flatMap { PersonSalt(Array($0)) }
    }
}

extension Store {
    /// The salts that the digests of a person's values are made with; none where no digest was made yet.
    ///
    /// - Parameter name: a login, or an immutable id.
    /// - Throws: `CommandRefusal` when there is nobody.
    package func salts(of name: String) throws -> [(id: DirectoryID, backEnd: Slot, salt: PersonSalt)] {
        try plan { db in
            try GranteeFinder(db: db).people(name).compactMap { row in
                let salt = try PersonSalts.known(db, EntryIdentity(id: row.directoryID, slot: row.backEnd))
                return salt.map { (row.directoryID, row.backEnd, $0) }
            }
        }
    }
}

extension DirectoryID {
    /// As the store has it.
    var data: Data { withUnsafeBytes(of: bits.bigEndian) { Data($0) } }

    /// - Parameter data: 16 bytes.
    init(_ data: Data) { self.init(bits: data.reduce(into: UInt128(0)) { $0 = $0 << 8 | UInt128($1) }) }
}
