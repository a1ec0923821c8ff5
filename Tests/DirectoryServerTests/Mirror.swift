import Foundation
import Support

/// A Rollcall that mirrors a scene with one strategy.
struct Mirror: Sendable {
    /// The value of the back end's key `Strategy`; nil leaves the key out.
    let strategy: String?
    let rollcall: Rollcall

    /// What one cycle has said and done.
    struct Cycle: Sendable {
        var outcome: Outcome
        /// The change records, such as `grant-added anna by-member`.
        var records: [String]
        var state: State
    }

    /// The back end's part of `rollcall status --json`.
    struct State: Sendable, Decodable {
        var strategy: String?
        var coverage: String?
        /// Why everybody was read; nil or empty when only what has changed was.
        var reason: String?
        var failure: String?
        var held: Int

        var readsEverybody: Bool { reason ?? "" != "" }
    }

    private struct Status: Decodable {
        var backEnds: [State]
    }

    func cycle() throws -> Cycle {
        let before = try rollcall.log().count
        let outcome = try rollcall.cycle()
        return Cycle(outcome: outcome, records: try rollcall.log().dropFirst(before).map(\.description), state: try state())
    }

    func state() throws -> State {
        let outcome = try rollcall("status", "--json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let state = try decoder.decode(Status.self, from: Data(outcome.output.utf8)).backEnds.first else {
            throw TestFailure("no back end in \(outcome.output)\(outcome.errors)")
        }
        return state
    }

    /// People and grants, as text.
    func picture() throws -> String {
        let people =
            "SELECT login, email, customer_id, last_name, phone, comments, valid_id FROM customer_user ORDER BY 1, 2, 7"
        let grants = "SELECT user_id, group_id, permission_key FROM group_customer_user ORDER BY 1, 2, 3"
        return try succeed("/usr/bin/sqlite3", ["-readonly", rollcall.store, people, grants])
    }

    /// Where the next reading goes on, in hexadecimal digits.
    func cookie() throws -> String { try rollcall.query("SELECT hex(cookie) FROM reading_state").first?.first ?? "" }

    /// The id of the person whose time stamp is the mark of the strategy `changed`; nil with other marks.
    func lastChanged() throws -> String? {
        guard FileManager.default.fileExists(atPath: rollcall.store) else { return nil }
        let marks = try rollcall.query("SELECT CAST(cookie AS TEXT) FROM reading_state WHERE strategy = 'changed'")
        let words = marks.first?.first?.split(separator: " ") ?? []
        return words.count == 2 ? String(words[1]) : nil
    }

    /// - Parameter cookie: hexadecimal digits.
    func setCookie(_ cookie: String) throws { try change("UPDATE reading_state SET cookie = x'\(cookie)'") }

    /// Has the next cycle find that `FullEvery` has passed.
    func letFullEveryPass() throws {
        try change("UPDATE reading_state SET last_complete = last_complete - 200000000000")
    }

    /// Changes the store, while no Rollcall runs.
    func change(_ sql: String) throws { try succeed("/usr/bin/sqlite3", ["-cmd", ".timeout 10000", rollcall.store, sql]) }
}
