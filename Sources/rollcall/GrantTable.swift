import ArgumentParser
import Foundation
import Model
import Store
import SwiftCSV

/// Grants as a table: CSV (RFC 4180), or one JSON object a line.
enum GrantTable {
    private static let columns = ["login", "customer_id", "context", "group", "permission", "source", "rule", "since"]

    static let header = columns.joined(separator: ",")

    static func row(_ grant: ListedGrant) -> String {
        [
            grant.login ?? "", grant.customerID ?? "", grant.context ?? "", grant.group, grant.permission, grant.source,
            grant.rule ?? "", "\(grant.since)",
        ].map(CSVCell.quoted).joined(separator: ",")
    }

    private static func unquoted(_ text: String) -> String {
        text.first == "'" && CSVCell.isFormula(text) ? String(text.dropFirst()) : text
    }

    // MARK: Reading

    /// - Throws: exit code 2, after saying what is wrong.
    static func read(_ path: String, _ format: Grants.Format?) throws -> [ImportRow] {
        let isJSON = format.map { $0 == .json } ?? [".json", ".jsonl", ".ndjson"].contains { path.hasSuffix($0) }
        let name = path == "-" ? "standard input" : path
        let text = try contents(path, name)
        return isJSON ? try readJSON(text, name) : try readCSV(text, name)
    }

    private static func contents(_ path: String, _ name: String) throws -> String {
        do {
            let data = path == "-" ? FileHandle.standardInput.readDataToEndOfFile() : try Data(contentsOf: URL(filePath: path))
            if let text = String(data: data, encoding: .utf8) { return text }
            throw refusal("\(name) is not UTF-8. Save it as UTF-8.")
        } catch let code as ExitCode {
            throw code
        } catch {
            throw refusal("\(name) cannot be read: \(error.localizedDescription)")
        }
    }

    private static func readCSV(_ text: String, _ name: String) throws -> [ImportRow] {
        let table: CSV<Named>
        do {
            table = try CSV<Named>(string: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text, loadColumns: false)
        } catch {
            throw refusal("\(name) is no CSV: \(error). Expected a header such as '\(header)'.")
        }
        for needed in ["group", "permission"] where !table.header.contains(needed) {
            throw refusal("\(name) has no column '\(needed)'. Expected a header such as '\(header)'.")
        }
        for column in table.header where !columns.contains(column) {
            throw refusal("\(name) has a column '\(column)', which is not known. There are \(header).")
        }
        return table.rows.enumerated().map { index, row in
            let cell = { (column: String) in (row[column].map(unquoted)).flatMap { $0.isEmpty ? nil : $0 } }
            return ImportRow(
                ListedGrant(
                    login: cell("login"), customerID: cell("customer_id"), context: cell("context"), group: cell("group") ?? "",
                    permission: cell("permission") ?? "", source: cell("source") ?? GrantSource.manual.rawValue),
                place: "\(name), row \(index + 2)")
        }
    }

    private struct Line: Decodable {
        let login: String?
        let customer_id: String?
        let context: String?
        let group: String
        let permission: String
        let source: String?
    }

    private static func readJSON(_ text: String, _ name: String) throws -> [ImportRow] {
        var isGood = true
        let rows: [ImportRow] = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
            index, line in
            guard !line.allSatisfy(\.isWhitespace) else { return nil }
            guard let row = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else {
                isGood = false
                _ = refusal(
                    "\(name), line \(index + 1) is no grant. Expected an object such as "
                        + #"{"login":"anna","group":"vip","permission":"ro"} on one line."#)
                return nil
            }
            return ImportRow(
                ListedGrant(
                    login: row.login, customerID: row.customer_id, context: row.context, group: row.group,
                    permission: row.permission, source: row.source ?? GrantSource.manual.rawValue),
                place: "\(name), line \(index + 1)")
        }
        if !isGood { throw ExitCode(ExitStatus.usage.rawValue) }
        return rows
    }

    private static func refusal(_ message: String) -> ExitCode {
        Exit.printError(TerminalText.safe("rollcall: error: \(message)"))
        return ExitCode(ExitStatus.usage.rawValue)
    }
}
