extension DistinguishedName {
    /// Reads one DN byte by byte.
    struct Parser {
        /// The types as they are compared, and where each stands.
        private(set) var types: [(name: String, position: Int)] = []
        /// Where the first `=` without a backslash stands in a value.
        private(set) var bareAssignment: Int?
        private let bytes: [UInt8]
        private var position = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        /// The relative names, each canonical.
        mutating func parse() throws(Flaw) -> [String] {
            var names: [String] = []
            skipSpaces()
            while next != nil {
                names.append(try parseRelativeName())
                guard let separator = next else { break }
                guard separator == UInt8(ascii: ",") || separator == UInt8(ascii: ";") else {
                    throw flaw(position, "text follows the closing quote", "Write ',' before the next part.")
                }
                position += 1
                skipSpaces()
                if next == nil { throw flaw(position - 1, "the name ends in a comma", "Remove it, or write the next part.") }
            }
            return names
        }

        /// One or more `type=value` joined by `+`, in an order of our own.
        private mutating func parseRelativeName() throws(Flaw) -> String {
            var parts: [String] = []
            while true {
                parts.append(try parseTypeAndValue())
                guard next == UInt8(ascii: "+") else { break }
                position += 1
            }
            return parts.sorted().joined(separator: "+")
        }

        private mutating func parseTypeAndValue() throws(Flaw) -> String {
            skipSpaces()
            let start = position
            while let byte = next, byte != UInt8(ascii: "="), byte != UInt8(ascii: ",") { position += 1 }
            let type = String(decoding: bytes[start..<position], as: UTF8.self).lowercased()
                .trimmingSpaces().removingPrefix("oid.")
            guard next == UInt8(ascii: "="), !type.isEmpty else {
                throw flaw(start, "a part is no type=value", "Write each part as in 'ou=people', with ',' between two.")
            }
            types.append((type, start))
            position += 1
            skipSpaces()
            return type + "=" + Self.prepared(next == UInt8(ascii: "\"") ? try parseQuoted() : try parseValue())
        }

        private mutating func parseValue() throws(Flaw) -> [UInt8] {
            var value: [UInt8] = []
            var significant = 0
            while let byte = next, ![UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: ";")].contains(byte) {
                if byte == UInt8(ascii: "=") { bareAssignment = bareAssignment ?? position }
                position += 1
                if byte == UInt8(ascii: "\\") {
                    value.append(try parseEscaped())
                    significant = value.count
                } else {
                    value.append(byte)
                    if byte != UInt8(ascii: " ") { significant = value.count }
                }
            }
            return Array(value.prefix(significant))
        }

        private mutating func parseQuoted() throws(Flaw) -> [UInt8] {
            let start = position
            var value: [UInt8] = []
            position += 1
            while let byte = next, byte != UInt8(ascii: "\"") {
                position += 1
                value.append(byte == UInt8(ascii: "\\") ? try parseEscaped() : byte)
            }
            guard next != nil else {
                throw flaw(
                    start, "the quote is never closed", #"Close it, or write \22 for one that belongs to the value."#)
            }
            position += 1
            skipSpaces()
            return value
        }

        /// After a backslash: two hexadecimal digits, or the character itself.
        private mutating func parseEscaped() throws(Flaw) -> UInt8 {
            guard let first = next else {
                throw flaw(position - 1, "a backslash stands at the end", #"Remove it, or write \5c for a backslash."#)
            }
            position += 1
            guard let high = first.hexadecimalValue, let low = next?.hexadecimalValue else { return first }
            position += 1
            return high << 4 | low
        }

        private mutating func skipSpaces() { while next == UInt8(ascii: " ") { position += 1 } }

        private func flaw(_ position: Int, _ reason: String, _ remedy: String) -> Flaw {
            Flaw(atByte: position, of: bytes, reason, remedy: remedy)
        }
    }
}

extension String {
    fileprivate func removingPrefix(_ prefix: String) -> String { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self }
}
