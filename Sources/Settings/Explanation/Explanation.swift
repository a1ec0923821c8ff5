import Model

/// A configuration as Rollcall understood it, in words, each with the place where it was written. Shows no password.
package struct Explanation: Sendable, Hashable {
    /// One back end, or one subject that concerns them all.
    package struct Section: Sendable, Hashable {
        package let title: String
        package var lines: [Line] = []

        init(_ title: String) { self.title = title }

        mutating func add(_ label: String, _ text: String, _ offset: Int?) {
            lines.append(Line(label: label, text: text, offset: offset))
        }
    }

    /// One setting.
    package struct Line: Sendable, Hashable {
        package let label: String
        package let text: String
        /// Where the value begins in the bytes of the configuration. Nil for a default.
        package let offset: Int?
    }

    /// Back ends in slot order, those that Rollcall does not read, then groups, then Rollcall itself.
    package let sections: [Section]

    /// - Parameter settings: the hash that `configuration` was decoded from.
    init(_ configuration: Configuration, settings: Hash) {
        let written = Written(settings)
        sections =
            configuration.backEnds.map { BackEndExplanation($0, configuration.groups, written).section }
            + Self.unread(configuration, written)
            + [Self.groups(configuration.groups, written), Self.daemon(configuration, written)]
    }

    /// One line of text a setting, aligned, with its place in brackets; a line with the title before each section.
    package func lines(place: (Int) -> String) -> [String] {
        let width = sections.flatMap(\.lines).map(\.label.count).max() ?? 0
        return sections.flatMap { section in
            [section.title]
                + section.lines.map { line in
                    let label = line.label + String(repeating: " ", count: width - line.label.count)
                    return "  \(label)  \(line.text)  [\(line.offset.map(place) ?? "default")]"
                }
        }
    }
}

extension Explanation {
    /// The same for machines. `place` is absent where a default counts.
    package struct Document: Encodable, Sendable, Hashable {
        package struct Section: Encodable, Sendable, Hashable {
            package let title: String
            package let lines: [Line]
        }

        package struct Line: Encodable, Sendable, Hashable {
            package let label: String
            package let text: String
            package let place: String?
        }

        package let sections: [Section]
    }

    package func document(place: (Int) -> String) -> Document {
        Document(
            sections: sections.map { section in
                Document.Section(
                    title: section.title,
                    lines: section.lines.map {
                        Document.Line(label: $0.label, text: $0.text, place: $0.offset.map(place))
                    })
            })
    }
}
