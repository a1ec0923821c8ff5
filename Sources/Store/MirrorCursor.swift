import GRDB
import Model

/// Runs over the people of one back end who are present, in row order, a few thousand at a time.
///
/// A directory sends its entries in much the same order every time, so the next entry is nearly always the cursor's
/// next row, and comparing the two costs almost nothing. When it is not, the row is looked up and the cursor follows.
struct MirrorCursor {
    private struct Item {
        let row: Int64
        let id: DirectoryID
        let fingerprint: Fingerprint
    }

    private static let windowCount: Int64 = 4096
    private let selection: RowStatement
    private let backEnd: Slot
    /// Rows that were there when the reading began end here.
    private let lastRow: Int64
    /// The back end had nobody when the reading began, present or gone.
    let isFirstReading: Bool
    /// Nor had any other back end.
    var isEmptyStore: Bool { lastRow == 0 }
    private var window: [Item] = []
    private var position = 0
    private var isAtEnd = false
    /// The row that was found by another way last.
    private var lastFound = Int64.min / 2

    init(_ db: Database, backEnd: Slot) throws {
        self.backEnd = backEnd
        lastRow = try Int64.fetchOne(db, sql: "SELECT max(id) FROM person") ?? 0
        isFirstReading = try !PersonTable.hasPeople(db, of: backEnd)
        selection = try RowStatement(
            db,
            """
            SELECT id, directory_id, fingerprint FROM person INDEXED BY person_cursor
            WHERE id > ? AND id <= ? AND back_end = ? AND NOT gone ORDER BY id LIMIT ?
            """)
    }

    /// If the next row is `header`'s, moves on and tells the row and whether it needs nothing.
    mutating func match(_ header: EntryHeader) throws -> (row: Int64, isEqual: Bool)? {
        if position == window.count, !isAtEnd { try load(after: window.last?.row ?? 0) }
        guard position < window.count, window[position].id == header.id else { return nil }
        defer { position += 1 }
        return (window[position].row, window[position].fingerprint == header.fingerprint)
    }

    /// `row` was found by another way: goes on behind it, if it is near, or if the row that was found before was. A single
    /// entry that is out of its place must not lead away from where the others are.
    mutating func follow(to row: Int64) throws {
        defer { lastFound = row }
        guard row <= lastRow else { return }
        if position < window.count, isNear(row, after: window[position].row) {
            let index = window[position...].firstIndex { $0.row >= row } ?? window.count
            position = index < window.count && window[index].row == row ? index + 1 : index
        } else if isNear(row, after: lastFound) {
            try load(after: row)
        }
    }

    private func isNear(_ row: Int64, after other: Int64) -> Bool { row > other && row - other <= 64 }

    private mutating func load(after row: Int64) throws {
        window.removeAll(keepingCapacity: true)
        position = 0
        selection.bind(row, at: 1)
        selection.bind(lastRow, at: 2)
        selection.bind(Int64(backEnd.number), at: 3)
        selection.bind(Self.windowCount, at: 4)
        defer { selection.reset() }
        while try selection.step() {
            window.append(
                Item(
                    row: selection.integer(0), id: DirectoryID(bits: selection.bits(1)),
                    fingerprint: Fingerprint(bits: selection.bits(2))))
        }
        isAtEnd = window.count < Self.windowCount
    }
}
