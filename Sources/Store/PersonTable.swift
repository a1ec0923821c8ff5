import Foundation
import GRDB
import Model

/// The statements on `person` that a merge needs, prepared once for a transaction or more.
///
/// A class because there are many of them, and they are passed about for every person.
final class PersonTable {
    private let byID: RowStatement
    private let byDirectoryID: RowStatement
    private let fingerprintByDirectoryID: RowStatement
    private let presentByLogin: RowStatement
    private let goneByLogin: RowStatement
    private let newcomers: RowBatch<Newcomer>
    private let nextID: NextID
    private let replacement: RowStatement
    private let fingerprintUpdate: RowStatement
    private let customerInsertion: RowStatement
    private let db: Database

    private static let columns = Field.allCases.map(\.column)

    init(_ db: Database) throws {
        self.db = db
        let list = Self.columns.joined(separator: ", ")
        let whole =
            "SELECT id, back_end, directory_id, gone, valid_id, extra, missing, lacks_group, dn_key, \(list) FROM person WHERE"
        byID = try RowStatement(db, "\(whole) id = ?")
        byDirectoryID = try RowStatement(db, "\(whole) back_end = ? AND directory_id = ?")
        fingerprintByDirectoryID = try RowStatement(
            db, "SELECT id, fingerprint, gone FROM person WHERE back_end = ? AND directory_id = ?")
        presentByLogin = try RowStatement(db, "SELECT id, back_end FROM person WHERE login_key = ? AND NOT gone")
        goneByLogin = try RowStatement(
            db, "SELECT id, back_end FROM person WHERE login_key = ? AND gone ORDER BY id DESC LIMIT 1")
        let all =
            [
                "back_end", "directory_id", "fingerprint", "gone", "valid_id", "login_key", "extra", "missing", "change_time",
                "dn_key",
            ]
            + Self.columns
        newcomers = try RowBatch(db, into: "person", all + ["create_time", "id", "expires", "salt"])
        nextID = NextID(db)
        replacement = try RowStatement(
            db, "UPDATE person SET \(all.map { "\($0) = ?" }.joined(separator: ", ")) WHERE id = ?")
        fingerprintUpdate = try RowStatement(db, "UPDATE person SET fingerprint = ?, dn_key = ? WHERE id = ?")
        customerInsertion = try RowStatement(
            db,
            """
            INSERT INTO customer (customer_id, name, valid_id, create_time, change_time) VALUES (?1, ?1, 1, ?2, ?2)
            ON CONFLICT (customer_id) DO NOTHING
            """)
    }

    /// What two logins have in common when a directory takes them for one: they differ in case only.
    static func loginKey(_ login: String) -> String { login.lowercased() }

    // MARK: Looking up

    /// Whether the back end has anybody, present or gone.
    static func hasPeople(_ db: Database, of backEnd: Slot) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM person WHERE back_end = ?)", arguments: [backEnd.number]) ?? false
    }

    /// - Parameter user: what the row very likely holds: texts that are the same need not be made again.
    func row(_ id: Int64, guess user: CustomerUser? = nil) throws -> PersonRow? {
        try insertNewcomers()
        byID.bind(id, at: 1)
        return try fetch(byID, guess: user)
    }

    func row(_ id: DirectoryID, of backEnd: Slot) throws -> PersonRow? {
        try insertNewcomers()
        byDirectoryID.bind(Int64(backEnd.number), at: 1)
        byDirectoryID.bind(id.bits, at: 2)
        return try fetch(byDirectoryID)
    }

    /// Whether the row is of somebody who is there, and of this back end.
    func isPresent(_ id: Int64, in backEnd: Slot) throws -> Bool {
        try insertNewcomers()
        return try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM person WHERE id = ? AND back_end = ? AND NOT gone)"),
            arguments: [id, backEnd.number]) ?? false
    }

    /// A row, as far as it takes to see whether it is up to date.
    struct Found {
        let row: Int64
        let fingerprint: Fingerprint
        let isGone: Bool
    }

    func fingerprint(_ id: DirectoryID, of backEnd: Slot) throws -> Found? {
        let statement = fingerprintByDirectoryID
        statement.bind(Int64(backEnd.number), at: 1)
        statement.bind(id.bits, at: 2)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        return Found(
            row: statement.integer(0), fingerprint: Fingerprint(bits: statement.bits(1)), isGone: statement.integer(2) != 0)
    }

    /// Who has the login: somebody who is there before somebody who is gone.
    func holder(of login: String, amongGone: Bool = true) throws -> LoginHolder? {
        try insertNewcomers()
        let key = Self.loginKey(login)
        if let present = try holder(presentByLogin, key, isGone: false) { return present }
        return amongGone ? try holder(goneByLogin, key, isGone: true) : nil
    }

    private func holder(_ statement: RowStatement, _ key: String, isGone: Bool) throws -> LoginHolder? {
        statement.bind(key, at: 1)
        defer { statement.reset() }
        guard try statement.step(), let slot = Slot(Int(statement.integer(1))) else { return nil }
        return LoginHolder(id: statement.integer(0), backEnd: slot, isGone: isGone)
    }

    private func fetch(_ statement: RowStatement, guess: CustomerUser? = nil) throws -> PersonRow? {
        defer { statement.reset() }
        guard try statement.step(), let slot = Slot(Int(statement.integer(1))) else { return nil }
        let lacksGroup = statement.integer(7) != 0
        var user = guess ?? CustomerUser()
        user.isValid = statement.integer(4) == 1 || lacksGroup
        user.account = nil
        user.extra = Self.decodeExtra(statement.text(5))
        user.missing = statement.utf8(6).isEmpty ? [] : statement.text(6).split(separator: " ").map(String.init)
        for field in Field.allCases {
            let column = Int32(9 + field.rawValue)
            if !statement.utf8(column).isSame(as: user[field]) { user[field] = statement.text(column) }
        }
        return PersonRow(
            id: statement.integer(0), backEnd: slot, directoryID: DirectoryID(bits: statement.bits(2)),
            isGone: statement.integer(3) != 0, dnKey: statement.optionalBits(8), lacksGroup: lacksGroup, user: user)
    }

    // MARK: Writing

    private struct Newcomer {
        let id: Int64
        let content: Content
    }

    /// The ids of new rows, which only the transaction in hand gives.
    private final class NextID {
        private let db: Database
        private var next: Int64?

        init(_ db: Database) { self.db = db }

        func take() throws -> Int64 {
            let id = try next ?? (Int64.fetchOne(db, sql: "SELECT max(id) FROM person") ?? 0) + 1
            next = id + 1
            return id
        }
    }

    /// What a row is to hold. Nobody who is described is gone.
    struct Content {
        var backEnd: Slot
        var header: EntryHeader
        var user: CustomerUser
        var now: Int64
        /// Of somebody new, where records tell digests.
        var salt: PersonSalt?
    }

    /// Somebody new. They are inserted before anybody is looked up, or with `insertNewcomers`.
    ///
    /// - Returns: the new row's id.
    func add(_ content: Content) throws -> Int64 {
        let id = try nextID.take()
        if newcomers.append(Newcomer(id: id, content: content)) { try insertNewcomers() }
        return id
    }

    func insertNewcomers() throws {
        try newcomers.insert { newcomer, statement, index in
            let next = bind(newcomer.content, to: statement, from: index)
            statement.bind(newcomer.content.now, at: next)
            statement.bind(newcomer.id, at: next + 1)
            if let expires = newcomer.content.user.account?.expires {
                statement.bind(expires, at: next + 2)
            } else {
                statement.bindNull(at: next + 2)
            }
            guard let salt = newcomer.content.salt else { return statement.bindNull(at: next + 3) }
            statement.bind(copying: salt.bytes, at: next + 3)
        }
    }

    func replace(_ row: PersonRow, with content: Content) throws {
        let next = bind(content, to: replacement, from: 1)
        replacement.bind(row.id, at: next)
        try replacement.run()
        guard row.lacksGroup else { return }
        try db.cachedStatement(sql: "UPDATE person SET lacks_group = ?, valid_id = 2 WHERE id = ?")
            .execute(arguments: [content.user.isValid, row.id])
    }

    /// Notes the form of an entry that says the same as the row.
    func setForm(_ header: EntryHeader, of id: Int64) throws {
        fingerprintUpdate.bind(header.fingerprint.bits, at: 1)
        fingerprintUpdate.bind(header.dnKey, at: 2)
        fingerprintUpdate.bind(id, at: 3)
        try fingerprintUpdate.run()
    }

    /// Until when the account is good: microseconds since 1970 (UTC), nil for ever.
    func setExpiry(_ time: Int64?, of id: Int64) throws {
        try insertNewcomers()
        try db.cachedStatement(sql: "UPDATE person SET expires = ? WHERE id = ?").execute(arguments: [time, id])
    }

    /// Those of a back end who are valid and whose accounts have expired by `now`.
    func expired(_ backEnd: Slot, now: Int64) throws -> [Int64] {
        try Int64.fetchAll(
            db,
            sql: "SELECT id FROM person WHERE back_end = ? AND expires <= ? AND valid_id = 1 AND expires IS NOT NULL",
            arguments: [backEnd.number, now])
    }

    /// Somebody who was gone is there again.
    func setReturned(_ id: Int64, now: Int64) throws {
        try db.execute(sql: "UPDATE person SET returned = ? WHERE id = ?", arguments: [now, id])
    }

    /// Makes sure that a customer is there.
    ///
    /// - Returns: whether it is new.
    func addCustomer(_ id: String, now: Int64) throws -> Bool {
        customerInsertion.bind(id, at: 1)
        customerInsertion.bind(now, at: 2)
        let before = db.totalChangesCount
        try customerInsertion.run()
        return db.totalChangesCount > before
    }

    /// The customers of a person beside the primary one.
    func setFurtherCustomers(_ ids: [String], of person: Int64) throws {
        try insertNewcomers()
        try db.execute(sql: "DELETE FROM person_customer WHERE person = ?", arguments: [person])
        for id in ids {
            try db.execute(sql: "INSERT INTO person_customer (person, customer_id) VALUES (?, ?)", arguments: [person, id])
        }
    }

    /// - Returns: the index of the argument after the content's.
    private func bind(_ content: Content, to statement: RowStatement, from first: Int32) -> Int32 {
        statement.bind(Int64(content.backEnd.number), at: first)
        statement.bind(content.header.id.bits, at: first + 1)
        statement.bind(content.header.fingerprint.bits, at: first + 2)
        statement.bind(Int64(0), at: first + 3)
        statement.bind(Int64(content.user.isValid ? 1 : 2), at: first + 4)
        statement.bind(Self.loginKey(content.user.login), at: first + 5)
        statement.bind(Self.encodeExtra(content.user.extra), at: first + 6)
        statement.bind(content.user.missing.isEmpty ? "" : content.user.missing.joined(separator: " "), at: first + 7)
        statement.bind(content.now, at: first + 8)
        statement.bind(content.header.dnKey, at: first + 9)
        for field in Field.allCases { statement.bind(content.user[field], at: first + 10 + Int32(field.rawValue)) }
        return first + 10 + Int32(Field.allCases.count)
    }

    private static func encodeExtra(_ extra: [String: String]) -> String {
        guard !extra.isEmpty else { return "{}" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(extra)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    private static func decodeExtra(_ text: String) -> [String: String] {
        guard text != "{}" else { return [:] }
        return (try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))) ?? [:]
    }
}
