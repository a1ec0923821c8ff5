import Foundation

/// A Markdown document of this checkout, for tests of what it promises.
struct Document {
    struct Block {
        /// Of its first line.
        let line: Int
        let text: String
    }

    /// A row of a table, by its column's title.
    struct Row {
        let line: Int
        let cells: [String: String]
        /// The heading above the table, and how many tables stand between the two.
        let heading: String
        let table: Int
    }

    private let lines: [String]

    init(_ path: String) throws {
        let text = try String(contentsOfFile: DemoTests.root + "/" + path, encoding: .utf8)
        lines = text.components(separatedBy: "\n")
    }

    /// The blocks that are Perl.
    var perl: [Block] { blocks("perl") }

    /// The blocks in a language.
    func blocks(_ language: String) -> [Block] {
        var found: [Block] = []
        var start: Int?
        for (number, line) in lines.enumerated() {
            if let first = start, line == "```" {
                found.append(Block(line: first + 1, text: lines[first..<number].joined(separator: "\n") + "\n"))
                start = nil
            } else if line == "```" + language {
                start = number + 1
            }
        }
        return found
    }

    var rows: [Row] {
        var found: [Row] = []
        var (heading, table, titles) = ("", -1, [String]())
        for (number, line) in lines.enumerated() {
            if line.hasPrefix("#") {
                (heading, table) = (line.drop { $0 == "#" || $0 == " " }.description, -1)
            } else if !line.hasPrefix("|") {
                titles = []
            } else if titles.isEmpty {
                (titles, table) = (Self.cells(line), table + 1)
            } else if !line.hasPrefix("| ---") {
                let cells = Dictionary(zip(titles, Self.cells(line))) { first, _ in first }
                found.append(Row(line: number + 1, cells: cells, heading: heading, table: table))
            }
        }
        return found
    }

    /// What stands below a heading, up to the next.
    func section(_ heading: String) -> String {
        let below = lines.drop { $0 != heading }.dropFirst()
        return below.prefix { !$0.hasPrefix("#") }.joined(separator: "\n")
    }

    private static func cells(_ line: String) -> [String] {
        line.replacingOccurrences(of: "\\|", with: "\u{1}").split(separator: "|")
            .map { $0.trimmingCharacters(in: .whitespaces).replacingOccurrences(of: "\u{1}", with: "|") }
    }
}

extension String {
    /// The pieces between backticks.
    var code: [String] {
        components(separatedBy: "`").enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
    }
}
