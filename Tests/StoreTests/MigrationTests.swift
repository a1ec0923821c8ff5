import ChangeLog
import GRDB
import Support
import Testing

@testable import Store

/// Stores of earlier versions.
@Suite struct MigrationTests {
    @Test func `given a store of the first version, when it is opened, then all is kept and what is new is worked out`() throws
    {
        let folder = try TestFolder()
        let path = folder["store.sqlite"]
        try Self.makeFirst(path)
        let store = try Store(writingTo: path, form: Record.form)
        let lines = try DatabaseQueue(path: path).read { db in
            try Row.fetchAll(
                db, sql: "SELECT customer_id, people, gone, valid_id FROM customer ORDER BY customer_id"
            ).map { row in row.databaseValues.map(\.description).joined(separator: " ") }
        }
        #expect(lines == ["\"A\" 2 0 1", "\"B\" 1 0 1", "\"C\" 0 0 1"])
        #expect(try store.records(after: 0).map(\.sequence) == [1, 2])
        #expect(try store.status().backEnds.map(\.people) == [2])
        let people = try DatabaseQueue(path: path).read { db in
            try String.fetchAll(db, sql: "SELECT login FROM customer_user WHERE valid_id = 1 ORDER BY login")
        }
        #expect(people == ["anna", "ben"])
        var held: [HeldItem] = []
        try store.forEachHeld(of: nil) { held.append($0) }
        #expect(held.map(\.login) == ["ben"])
    }

    @Test func `given a store of the first version, when a command opens it, then it says what brings it up to date`() throws {
        let folder = try TestFolder()
        let path = folder["store.sqlite"]
        try Self.makeFirst(path)
        let problem = #expect(throws: StoreProblem.self) { try Store(commanding: path, form: Record.form) }
        #expect(
            problem?.description == "store \(path): it was made by an older Rollcall. "
                + "Restart the daemon, or run 'rollcall run --once', which brings it up to date.")
    }

    /// Three customers, two people, one of whom is held, one who is gone.
    private static func makeFirst(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try Schema.migrator.migrate(queue, upTo: "1 mirror, groups, change records")
        try queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO cycle (number, started, first_sequence) VALUES (1, 5, 1);
                    INSERT INTO back_end (slot, name, requires_groups, is_configured, people) VALUES (1, 'T', 0, 1, 2);
                    INSERT INTO customer (customer_id, name, valid_id, create_time, change_time)
                    VALUES ('A', 'A', 1, 1, 1), ('B', 'B', 1, 1, 1), ('C', 'C', 1, 1, 1);
                    INSERT INTO change_record (sequence, cycle, line) VALUES (1, 1, x'7b7d'), (2, 1, x'7b7d');
                    UPDATE counter SET value = 2 WHERE name = 'sequence';
                    """)
            for (id, login, customer, isGone) in [(1, "anna", "A", 0), (2, "ben", "A", 0), (3, "cara", "C", 1)] {
                try db.execute(
                    sql: """
                        INSERT INTO person (id, back_end, directory_id, fingerprint, gone, valid_id, login_key, login, email,
                            customer_id, customer_ids, title, first_name, last_name, phone, fax, mobile, street, zip, city,
                            country, comments, extra, missing, create_time, change_time)
                        VALUES (?1, 1, randomblob(16), randomblob(16), ?4, 1 + ?4, ?2, ?2, 'm', ?3, '', '', '', '', '', '', '',
                            '', '', '', '', '', '{}', '', 1, 1)
                        """, arguments: [id, login, customer, isGone])
            }
            try db.execute(
                sql: """
                    INSERT INTO person_customer (person, customer_id) VALUES (1, 'B'), (3, 'B');
                    INSERT INTO held_removal (person, back_end, since_cycle, reason) VALUES (2, 1, 1, 'why');
                    """)
        }
    }
}
