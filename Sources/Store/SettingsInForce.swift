import Foundation
import GRDB
import Model

/// The group settings that count now, and from where each comes.
struct SettingsInForce {
    let db: Database

    /// Nil before the first cycle.
    func names(of key: SettingKey) throws -> [String]? {
        try String.fetchOne(db, sql: "SELECT value FROM setting_in_force WHERE key = ?", arguments: [key.rawValue])
            .map(Self.decode)
    }

    /// Why customers are given nothing in `context`; nil where it is on.
    func objection(to context: PermissionContext) throws -> String? {
        let contexts = try names(of: .contexts) ?? [PermissionContext.same.rawValue]
        guard context == .other, !contexts.contains(PermissionContext.other.rawValue) else { return nil }
        return "the context Other is off. Set CustomerGroupPermissionContext in the configuration, as "
            + "{ '100-CustomerID-other' => { Value => 'Ticket::CustomerID::Other' } }, and let a cycle run."
    }

    func set(_ key: SettingKey, _ names: [String], origin: String) throws {
        try db.execute(
            sql: """
                INSERT INTO setting_in_force (key, value, origin) VALUES (?, ?, ?)
                ON CONFLICT (key) DO UPDATE SET value = excluded.value, origin = excluded.origin
                """, arguments: [key.rawValue, Self.encode(names), origin])
    }

    static func encode(_ names: [String]) -> String {
        (try? JSONEncoder().encode(names)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }

    static func decode(_ text: String) -> [String] {
        (try? JSONDecoder().decode([String].self, from: Data(text.utf8))) ?? []
    }
}
