import Foundation

/// A syslog message, taken apart as strictly as RFC 5424 section 6 writes it down.
package struct ReceivedSyslog: Sendable, CustomStringConvertible {
    package let facility: Int
    package let severity: Int
    package let timestamp: String
    package let hostName: String
    package let appName: String
    package let processID: String
    package let messageID: String
    /// `SD-ID`, and parameters in their order, without escapes.
    package let elements: [Element]
    /// Without the byte order mark.
    package let message: [UInt8]
    /// The message began with a byte order mark, and is UTF-8.
    package let isMarkedUTF8: Bool

    package struct Element: Sendable, Equatable {
        package let id: String
        package let names: [String]
        package let values: [String]
    }

    package var description: String { "\(messageID) \(elements) \(String(decoding: message, as: UTF8.self))" }

    /// - Throws: what is wrong with it.
    package init(_ bytes: [UInt8]) throws {
        var reader = Reader(bytes: bytes)
        let priority = try reader.priority()
        (facility, severity) = (priority / 8, priority % 8)
        try reader.expect("1 ")
        timestamp = try Self.time(try reader.word(64))
        hostName = try reader.word(255)
        appName = try reader.word(48)
        processID = try reader.word(128)
        messageID = try reader.word(32)
        elements = try reader.elements()
        guard reader.place < bytes.count else {
            (message, isMarkedUTF8) = ([], false)
            return
        }
        try reader.expect(" ")
        let rest = Array(bytes[reader.place...])
        isMarkedUTF8 = rest.starts(with: [0xEF, 0xBB, 0xBF])
        message = isMarkedUTF8 ? Array(rest.dropFirst(3)) : rest
        guard !isMarkedUTF8 || String(validating: message, as: UTF8.self) != nil else {
            throw TestFailure("a message that is no UTF-8")
        }
    }

    /// `FULL-DATE "T" FULL-TIME` with up to six digits of a second, or nothing.
    private static func time(_ word: String) throws -> String {
        let form = #/\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)/#
        guard try word == "-" || form.wholeMatch(in: word) != nil else { throw TestFailure("'\(word)' is no TIMESTAMP") }
        return word
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        mutating func next() throws -> UInt8 {
            guard place < bytes.count else { throw TestFailure("a message that ends early") }
            place += 1
            return bytes[place - 1]
        }

        mutating func expect(_ text: String) throws {
            for byte in text.utf8 {
                guard try next() == byte else {
                    throw TestFailure(
                        "no '\(text)' before byte \(place): \(String(decoding: bytes.prefix(300), as: UTF8.self))")
                }
            }
        }

        private mutating func text(until isEnd: (UInt8) -> Bool) -> String {
            let end = bytes[place...].firstIndex(where: isEnd) ?? bytes.count
            defer { place = end }
            return String(decoding: bytes[place..<end], as: UTF8.self)
        }

        mutating func priority() throws -> Int {
            try expect("<")
            let digits = text { $0 < 0x30 || $0 > 0x39 }
            try expect(">")
            guard let number = Int(digits), String(number) == digits, number <= 191 else {
                throw TestFailure("PRI '\(digits)'")
            }
            return number
        }

        /// Visible ASCII and the space behind it.
        mutating func word(_ limit: Int) throws -> String {
            let word = text { $0 == 0x20 }
            guard (1...limit).contains(word.utf8.count), word.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw TestFailure("'\(word)' is no word of the header")
            }
            try expect(" ")
            return word
        }

        mutating func elements() throws -> [Element] {
            if place < bytes.count, bytes[place] == UInt8(ascii: "-") {
                place += 1
                return []
            }
            var elements: [Element] = []
            repeat { elements.append(try element()) } while place < bytes.count && bytes[place] == UInt8(ascii: "[")
            return elements
        }

        private mutating func element() throws -> Element {
            try expect("[")
            let id = try name()
            var (names, values): ([String], [String]) = ([], [])
            while place < bytes.count, bytes[place] == 0x20 {
                place += 1
                names.append(try name())
                try expect("=\"")
                values.append(try value())
            }
            try expect("]")
            return Element(id: id, names: names, values: values)
        }

        private mutating func name() throws -> String {
            let name = text { $0 == 0x3D || $0 == 0x20 || $0 == 0x5D || $0 == 0x22 }
            guard (1...32).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw TestFailure("'\(name)' is no SD-NAME")
            }
            return name
        }

        /// Up to the quote that ends it: section 6.3.3.
        private mutating func value() throws -> String {
            var value: [UInt8] = []
            while true {
                switch try next() {
                case UInt8(ascii: "\""):
                    guard let text = String(validating: value, as: UTF8.self) else { throw TestFailure("a value not in UTF-8") }
                    return text
                case UInt8(ascii: "]"): throw TestFailure("a bracket that is not escaped")
                case UInt8(ascii: "\\"):
                    let escaped = try next()
                    guard "\"\\]".utf8.contains(escaped) else { throw TestFailure("an escape of nothing special") }
                    value.append(escaped)
                case let byte: value.append(byte)
                }
            }
        }
    }
}

/// Takes a stream apart in which each message is preceded by its length (RFC 6587 section 3.4.1).
struct OctetCounting {
    private var bytes: [UInt8] = []

    /// - Returns: the messages that `more` completes.
    mutating func take(_ more: ArraySlice<UInt8>) throws -> [[UInt8]] {
        bytes += more
        var (messages, start): ([[UInt8]], Int) = ([], 0)
        while let space = bytes[start...].firstIndex(of: 0x20) {
            let digits = String(decoding: bytes[start..<space], as: UTF8.self)
            guard let length = Int(digits), length > 0, String(length) == digits else {
                throw TestFailure("MSG-LEN '\(digits)'")
            }
            guard bytes.count - space - 1 >= length else { break }
            messages.append(Array(bytes[space + 1..<space + 1 + length]))
            start = space + 1 + length
        }
        bytes.removeFirst(start)
        return messages
    }
}
