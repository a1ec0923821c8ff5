import GRDB

/// Rows of one table on their way into it, many a statement: beginning and ending a statement is a good part of what it costs
/// to insert a single row.
///
/// A class because those who append and those who have to see every row inserted share it.
final class RowBatch<Row> {
    /// Binds a row's values, the first one at the index.
    typealias Binding = (Row, RowStatement, Int32) -> Void

    private let db: Database
    private let beginning: String
    private let columnCount: Int
    private let one: RowStatement
    /// Made when there are enough rows.
    private var many: RowStatement?
    private var rows: [Row] = []

    init(_ db: Database, into table: String, _ columns: [String]) throws {
        self.db = db
        beginning = "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES"
        columnCount = columns.count
        one = try RowStatement(db, "\(beginning) \(Self.marks(columnCount))")
    }

    /// - Returns: whether there are enough rows for a statement: `insert` has to be called then.
    func append(_ row: Row) -> Bool {
        rows.append(row)
        return rows.count == Self.size
    }

    /// Inserts the rows that wait.
    func insert(_ bind: Binding) throws {
        if rows.isEmpty { return }
        defer { rows.removeAll(keepingCapacity: true) }
        guard rows.count == Self.size else {
            for row in rows {
                bind(row, one, 1)
                try one.run()
            }
            return
        }
        let statement = try many ?? manyRows()
        many = statement
        for (index, row) in rows.enumerated() { bind(row, statement, Int32(1 + index * columnCount)) }
        try statement.run()
    }

    private static var size: Int { 40 }

    private func manyRows() throws -> RowStatement {
        let marks = repeatElement(Self.marks(columnCount), count: Self.size).joined(separator: ", ")
        return try RowStatement(db, "\(beginning) \(marks)", textBytes: 1 << 16)
    }

    private static func marks(_ count: Int) -> String {
        "(\(repeatElement("?", count: count).joined(separator: ", ")))"
    }
}
