import Foundation

/// Cells of a table in CSV (RFC 4180).
enum CSVCell {
    /// A cell that a spreadsheet would take for a formula gets an apostrophe, as OWASP advises ("CSV Injection").
    static func quoted(_ text: String) -> String {
        let text = isFormula(text) ? "'" + text : text
        guard text.contains(where: { ",\"\n\r;".contains($0) }) else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    /// Whether it would be taken for a formula, without the apostrophes that it may begin with.
    static func isFormula(_ text: String) -> Bool {
        text.first { $0 != "'" }.map { "=+-@\t\r".contains($0) } == true
    }
}
