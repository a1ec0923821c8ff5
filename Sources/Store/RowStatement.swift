import Foundation
import GRDB
import GRDBSQLite
import Model

/// A prepared statement whose arguments are bound and whose columns are read without an object for each value: for the
/// few statements that run once for every person.
///
/// A class because the address of its memory for texts must stay, and because it is passed about for every row.
final class RowStatement {
    private let statement: Statement
    private let raw: OpaquePointer
    /// Memory for the texts that are bound, so that SQLite need not allocate a copy of each.
    private let texts: UnsafeMutableRawBufferPointer
    private var usedTextBytes = 0

    /// - Parameter textBytes: what the texts of one run are likely to need; those beyond it are copied by SQLite.
    init(_ db: Database, _ sql: String, textBytes: Int = 4096) throws {
        statement = try db.makeStatement(sql: sql)
        raw = statement.sqliteStatement
        texts = .allocate(byteCount: textBytes, alignment: 1)
    }

    deinit { texts.deallocate() }

    /// Copied by SQLite at once: SQLITE_TRANSIENT, which is not imported.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    func bind(_ value: Int64, at index: Int32) { sqlite3_bind_int64(raw, index, value) }

    func bindNull(at index: Int32) { sqlite3_bind_null(raw, index) }

    /// Holds until the next `reset`.
    func bind(_ text: String, at index: Int32) {
        var text = text
        text.withUTF8 { utf8 in
            if let source = utf8.baseAddress, let start = texts.baseAddress, usedTextBytes + utf8.count <= texts.count {
                let place = start + usedTextBytes
                place.copyMemory(from: source, byteCount: utf8.count)
                usedTextBytes += utf8.count
                sqlite3_bind_text(raw, index, place.assumingMemoryBound(to: CChar.self), Int32(utf8.count), nil)
                return
            }
            utf8.withMemoryRebound(to: CChar.self) { characters in
                // A nil address would bind NULL.
                _ =
                    characters.baseAddress.map {
                        sqlite3_bind_text(raw, index, $0, Int32(characters.count), Self.transient)
                    } ?? sqlite3_bind_text(raw, index, "", 0, Self.transient)
            }
        }
    }

    func bind(_ bits: UInt128, at index: Int32) {
        withUnsafeBytes(of: bits.bigEndian) { _ = sqlite3_bind_blob(raw, index, $0.baseAddress, 16, Self.transient) }
    }

    func bind(_ bits: UInt128?, at index: Int32) {
        if let bits { bind(bits, at: index) } else { bindNull(at: index) }
    }

    /// A blob that is not copied: it has to stay where it is until the statement has run.
    func bind(_ bytes: UnsafeRawBufferPointer, at index: Int32) {
        sqlite3_bind_blob(raw, index, bytes.baseAddress, Int32(bytes.count), nil)
    }

    /// A blob that is copied.
    func bind(copying bytes: [UInt8], at index: Int32) {
        sqlite3_bind_blob(raw, index, bytes, Int32(bytes.count), Self.transient)
    }

    /// - Returns: whether there is a row.
    func step() throws -> Bool {
        switch sqlite3_step(raw) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let handle = sqlite3_db_handle(raw)
            throw DatabaseError(
                resultCode: ResultCode(rawValue: sqlite3_extended_errcode(handle)),
                message: String(cString: sqlite3_errmsg(handle)))
        }
    }

    /// Runs a statement that has no rows, and makes it ready for the next time.
    func run() throws {
        defer { reset() }
        _ = try step()
    }

    func reset() {
        sqlite3_reset(raw)
        usedTextBytes = 0
    }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(raw, column) }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(raw, column) else { return "" }
        let count = Int(sqlite3_column_bytes(raw, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// The text's bytes, until the statement is moved on or reset.
    func utf8(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: sqlite3_column_text(raw, column), count: Int(sqlite3_column_bytes(raw, column)))
    }

    /// A blob of 16 bytes.
    func bits(_ column: Int32) -> UInt128 {
        guard let start = sqlite3_column_blob(raw, column), sqlite3_column_bytes(raw, column) == 16 else { return 0 }
        return UInt128(bigEndian: start.loadUnaligned(as: UInt128.self))
    }

    /// A blob of 16 bytes, or NULL.
    func optionalBits(_ column: Int32) -> UInt128? {
        sqlite3_column_type(raw, column) == SQLITE_NULL ? nil : bits(column)
    }

    func bytes(_ column: Int32) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: sqlite3_column_blob(raw, column), count: Int(sqlite3_column_bytes(raw, column))))
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether these are the text's bytes.
    func isSame(as text: String) -> Bool {
        var text = text
        return text.withUTF8 { utf8 in
            guard utf8.count == count else { return false }
            guard let one = baseAddress, let other = utf8.baseAddress else { return true }
            return memcmp(one, other, count) == 0
        }
    }
}
