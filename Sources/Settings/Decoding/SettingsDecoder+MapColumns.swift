import Model

/// Columns of `Map` that only the ticket system reads, and variables that look like a slip of the pen.
extension SettingsDecoder {
    private struct Column {
        let index: Int
        let name: String
        let values: [String]
    }

    private static let columns = [
        Column(index: 3, name: "shown", values: ["0", "1", "2"]), Column(index: 4, name: "required", values: ["0", "1"]),
        Column(index: 5, name: "type", values: ["var", "int", "dynamic_field"]),
        Column(index: 7, name: "read-only", values: ["0", "1"]),
    ]

    /// Warns about columns that the ticket system would read otherwise than they are meant. Empty ones are fine.
    mutating func checkColumns(_ cells: [Value], variable: String, map: String) {
        for column in Self.columns where cells.indices.contains(column.index) {
            let cell = cells[column.index]
            if cell.isUndefined || cell.text.map({ $0.isEmpty || column.values.contains($0) }) == true { continue }
            let subject = "column \(column.index + 1) (\(column.name)) of \(variable) in \(map)"
            doubt(Setting(subject: subject, value: cell), expected: Self.listed(column.values))
        }
        checkDynamicField(cells, variable: variable, map: map)
    }

    private static func listed(_ values: [String]) -> String {
        let quoted = values.map { "'\($0)'" }
        return quoted.dropLast().joined(separator: ", ") + " or " + (quoted.last ?? "")
    }

    /// The ticket system knows a dynamic field by name and type together.
    private mutating func checkDynamicField(_ cells: [Value], variable: String, map: String) {
        guard cells.count > 5, let type = cells[5].text, ["var", "int", "dynamic_field"].contains(type) else { return }
        let isNamedSo = variable.hasPrefix(Self.dynamicField)
        if isNamedSo == (type == "dynamic_field") { return }
        let remedy = isNamedSo ? "Write 'dynamic_field'" : "Write 'var', or begin the variable with '\(Self.dynamicField)'"
        findings.warning(
            at: cells[5].offset,
            "column 6 (type) of \(variable) in \(map) is '\(type)', which does not go with the variable. \(remedy).")
    }

    private static let dynamicField = "DynamicField_"

    /// Any name may be a variable, so only one that misses a known one by a letter is doubted, if that has no row.
    mutating func checkVariables(_ rows: [(row: Mapping.Row, offset: Int)], map: String) {
        let taken = Set(rows.map(\.row.target.variable))
        let known = (Field.allCases.map(\.variable) + ["UserManager", "UserAddress", "ValidID"]).filter { !taken.contains($0) }
        for (row, offset) in rows {
            guard case .extra(let variable) = row.target, variable.utf8.last?.isASCIIDigit != true,
                !["UserManager", "UserAddress"].contains(variable),
                let nearest = Keys.nearest(to: variable, among: known, within: 1)
            else { continue }
            findings.warning(
                at: offset,
                "\(map) has a row for \(variable), which the ticket system gives no meaning. Is '\(nearest)' meant?")
        }
    }
}
