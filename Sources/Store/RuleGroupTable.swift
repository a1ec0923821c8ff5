import Foundation
import GRDB
import Model

/// The LDAP groups that decide about the grants of each back end's people.
enum RuleGroupTable {
    static func groups(_ db: Database, of slot: Slot) throws -> [DecidingGroup: KnownGroup] {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT dn, counts_nested, is_settled, count, dns, logins, stamps FROM rule_group WHERE back_end = ?",
            arguments: [slot.number])
        var groups: [DecidingGroup: KnownGroup] = [:]
        while let row = try rows.next() {
            let members = row[2] ? try self.members(row) : nil
            let stamps = try (row[6] as String?).map { try JSONDecoder().decode(GroupStamps.self, from: Data($0.utf8)) }
            groups[DecidingGroup(dn: row[0], countsNested: row[1])] = KnownGroup(
                count: row[3], members: members, stamps: stamps)
        }
        return groups
    }

    private static func members(_ row: Row) throws -> GroupMembers {
        let dns = (row[4] as Data).withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 16).map {
                UInt128(bigEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt128.self))
            }
        }
        return GroupMembers(dns: dns, logins: try JSONDecoder().decode([String].self, from: Data((row[5] as String).utf8)))
    }

    /// Keeps what was read of the groups, in the transaction that makes the mirror agree with it, and forgets groups that no
    /// longer decide about anything.
    static func set(_ db: Database, _ groups: [DecidingGroup: KnownGroup], of backEnd: BackEnd) throws {
        let deciding = Set(backEnd.decidingGroups)
        for group in try keys(db, of: backEnd.slot) where !deciding.contains(group) {
            try db.execute(
                sql: "DELETE FROM rule_group WHERE back_end = ? AND dn = ? AND counts_nested = ?",
                arguments: [backEnd.slot.number, group.dn, group.countsNested])
        }
        for (group, known) in groups { try set(db, group, known, backEnd.slot) }
    }

    private static func keys(_ db: Database, of slot: Slot) throws -> [DecidingGroup] {
        try Row.fetchAll(db, sql: "SELECT dn, counts_nested FROM rule_group WHERE back_end = ?", arguments: [slot.number])
            .map { DecidingGroup(dn: $0[0], countsNested: $0[1]) }
    }

    /// Writes nothing where nothing is different.
    private static func set(_ db: Database, _ group: DecidingGroup, _ known: KnownGroup, _ slot: Slot) throws {
        let members = known.members ?? GroupMembers()
        let dns = members.dns.withUnsafeBufferPointer { keys in
            var bytes = Data(capacity: keys.count * 16)
            for key in keys { withUnsafeBytes(of: key.bigEndian) { bytes.append(contentsOf: $0) } }
            return bytes
        }
        try db.cachedStatement(
            sql: """
                INSERT INTO rule_group (back_end, dn, counts_nested, is_settled, count, dns, logins, stamps)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (back_end, dn, counts_nested) DO UPDATE SET is_settled = excluded.is_settled,
                    count = excluded.count, dns = excluded.dns, logins = excluded.logins, stamps = excluded.stamps
                WHERE is_settled IS NOT excluded.is_settled OR count IS NOT excluded.count OR dns IS NOT excluded.dns
                    OR logins IS NOT excluded.logins OR stamps IS NOT excluded.stamps
                """
        ).execute(arguments: [
            slot.number, group.dn, group.countsNested, known.members != nil, known.count, dns, try text(members.logins),
            try known.stamps.map { try text($0) },
        ])
    }

    private static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

extension Merge {
    /// Notes that the mirror does not agree with the members of these groups until the reading has come to its end: if it does
    /// not, everybody has to be read. To be called before anything is merged that follows from their members.
    package func unsettle(_ groups: [DecidingGroup]) throws(StoreProblem) {
        guard !groups.isEmpty else { return }
        try store.write { db in
            for group in groups {
                try db.execute(
                    sql: "UPDATE rule_group SET is_settled = 0 WHERE back_end = ? AND dn = ? AND counts_nested = ?",
                    arguments: [backEnd.slot.number, group.dn, group.countsNested])
            }
        }
    }

    /// Ids of the back end's people whom LDAP groups name in one of these ways.
    package func people(among members: GroupMembers) throws(StoreProblem) -> [DirectoryID] {
        guard !members.isEmpty else { return [] }
        return try Store.translating(store.path) {
            try store.pool.writeWithoutTransaction { db in
                var ids: Set<DirectoryID> = []
                let columns = "SELECT directory_id FROM person WHERE back_end = ?1 AND NOT gone"
                let byName = try RowStatement(db, "\(columns) AND dn_key = ?2")
                for key in members.dns {
                    byName.bind(key, at: 2)
                    try collect(byName, &ids)
                }
                let byLogin = try RowStatement(db, "\(columns) AND login_key = ?2")
                for login in members.logins {
                    byLogin.bind(PersonTable.loginKey(login), at: 2)
                    try collect(byLogin, &ids)
                }
                return ids.sorted { $0.bits < $1.bits }
            }
        }
    }

    private func collect(_ statement: RowStatement, _ ids: inout Set<DirectoryID>) throws {
        statement.bind(Int64(backEnd.slot.number), at: 1)
        defer { statement.reset() }
        while try statement.step() { ids.insert(DirectoryID(bits: statement.bits(0))) }
    }
}
