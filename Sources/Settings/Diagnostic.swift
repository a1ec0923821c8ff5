/// A position in a file. Both numbers start at 1; the column counts characters, not bytes.
package struct Place: Sendable, Hashable, Comparable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (left: Place, right: Place) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// One finding in a configuration file.
package struct Diagnostic: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Severity: String, Sendable, Hashable {
        /// The configuration cannot be used.
        case error
        /// It can, but somebody should look.
        case warning
    }

    package var severity: Severity
    package var file: String
    /// Nil for what concerns the file as a whole.
    package var place: Place?
    package var message: String

    package init(_ severity: Severity, file: String, place: Place? = nil, message: String) {
        self.severity = severity
        self.file = file
        self.place = place
        self.message = message
    }

    /// `FILE:LINE:COLUMN: error: message`, as compilers write it.
    package var description: String {
        let position = place.map { ":\($0.line):\($0.column)" } ?? ""
        return "\(file)\(position): \(severity.rawValue): \(message)"
    }
}
