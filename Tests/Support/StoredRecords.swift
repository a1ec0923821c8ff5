import Foundation
import GRDB

/// The change records of all tests, which `script/test` validates at the end: each store that a test leaves puts its own into the
/// folder that `ROLLCALL_RECORDS` names.
enum StoredRecords {
    static func collect(from folder: String) {
        guard let records = ProcessInfo.processInfo.environment["ROLLCALL_RECORDS"],
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
        else { return }
        for name in names where name.hasSuffix(".sqlite") {
            // What a test has damaged or locked is not what this is about.
            try? copy("\(folder)/\(name)", to: "\(records)/\(UUID().uuidString).jsonl")
        }
    }

    private static func copy(_ store: String, to path: String) throws {
        let database = try DatabaseQueue(path: store)
        defer { try? database.close() }
        try database.read { db in
            guard try db.tableExists("change_record") else { return }
            guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
            else { return }
            defer { try? file.close() }
            // Those from before the chain had another schema.
            let lines = try Data.fetchCursor(
                db, sql: "SELECT line FROM change_record WHERE instr(line, '\"hash\":\"') > 0 ORDER BY sequence")
            while let line = try lines.next() { try file.write(contentsOf: line + [0x0A]) }
        }
    }
}
