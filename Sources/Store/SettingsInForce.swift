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
