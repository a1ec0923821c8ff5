import GRDB
import Model

/// Settings that were made by command and put in force.
struct Deployments {
    let db: Database

    /// The number of the last deployment; nil when there was none.
    func last() throws -> Int64? { try Int64.fetchOne(db, sql: "SELECT max(number) FROM deployment") }

    /// What the last deployment says.
    func inForce() throws -> [SettingKey: [String]] {
        guard let last = try last() else { return [:] }
        return try values(of: last)
    }

    func values(of number: Int64) throws -> [SettingKey: [String]] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT key, value FROM deployed_setting WHERE deployment = ?", arguments: [number])
        return rows.reduce(into: [:]) { values, row in
            if let key = SettingKey(rawValue: row[0]) { values[key] = SettingsInForce.decode(row[1]) }
        }
    }

    /// From where the value of a setting comes that the configuration does not make.
    func origin(of key: SettingKey) throws -> String {
        guard let last = try last(), try values(of: last)[key] != nil else { return "default" }
        return "deployment \(last)"
    }
}
