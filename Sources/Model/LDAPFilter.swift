/// A search filter (RFC 4515, with the empty lists of RFC 4526) that has been checked.
///
/// White space is allowed where the ticket system's library passes over it. `text` is without it, because libldap does not
/// pass over all of it.
package struct LDAPFilter: Sendable, Hashable, CustomStringConvertible {
    /// The filter as it is sent.
    package let text: String
    /// The attributes that it compares, with their options, as they are written; each once, in that order.
    package let attributes: [String]
    /// Its comparisons for equality, in that order.
    package let equalities: [Equality]
    /// The attribute of each comparison.
    private let comparisons: [String]

    /// `attribute=value` without wildcards.
    package struct Equality: Sendable, Hashable {
        package let attribute: String
        /// Without the escapes of RFC 4515.
        package let value: String
    }

    /// How deep `&`, `|` and `!` may be nested. Directories have limits of their own, libldap has none and may overflow.
    package static let depthLimit = 100

    /// - Throws: the first thing that is wrong.
    package init(_ text: String) throws(Flaw) {
        var parser = Parser(Array(text.utf8))
        try parser.parse()
        self.text = String(decoding: parser.output, as: UTF8.self)
        equalities = parser.equalities
        var seen: Set<String> = []
        attributes = parser.attributes.filter { seen.insert($0.lowercased()).inserted }
        comparisons = parser.attributes
    }

    /// How many of its comparisons are of `attribute`, which is in lower case.
    package func comparisonCount(of attribute: String) -> Int { comparisons.count { $0.lowercased() == attribute } }

    package var description: String { text }

    /// A value as it stands in a filter (RFC 4515 section 3).
    package static func escaped(_ value: String) -> String {
        value.utf8.reduce(into: "") { text, byte in
            switch byte {
            case 0, UInt8(ascii: "*"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\\"):
                text += "\\" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            case 0x80...: text += "\\" + String(byte, radix: 16)
            default: text.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
    }
}

extension LDAPFilter {
    /// Reads one filter without recursion: the lists that are open are a stack.
    struct Parser {
        /// `(&`, `(|` or `(!` whose `)` has not come yet.
        private struct OpenList {
            let sign: UInt8
            let start: Int
            var count = 0
        }

        /// What has been read, without the white space that means nothing.
        var output: [UInt8] = []
        /// The attributes of the items so far.
        var attributes: [String] = []
        var equalities: [LDAPFilter.Equality] = []
        let bytes: [UInt8]
        var position = 0
        private var open: [OpenList] = []

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func parse() throws(Flaw) {
            skipSpaces()
            guard next == UInt8(ascii: "(") else {
                throw flaw(position, "it is not in parentheses", "Write it as in '(objectClass=person)'.")
            }
            repeat {
                try beginFilter()
                try endLists()
            } while !open.isEmpty
            try checkEnd()
        }

        /// At a `(`: reads an item up to its `)`, or opens a list.
        private mutating func beginFilter() throws(Flaw) {
            let start = position
            position += 1
            skipSpaces()
            guard let sign = next, "&|!".utf8.contains(sign) else { return try readItem(from: start) }
            guard open.count < LDAPFilter.depthLimit else {
                throw flaw(start, "it is nested deeper than \(LDAPFilter.depthLimit) levels", "Write it flatter.")
            }
            position += 1
            output += [UInt8(ascii: "("), sign]
            open.append(OpenList(sign: sign, start: start))
        }

        /// Closes the lists that end here. Stands before the next filter of the innermost open one afterwards.
        private mutating func endLists() throws(Flaw) {
            while let list = open.last {
                skipSpaces()
                switch next {
                case UInt8(ascii: ")"):
                    try check(list)
                    position += 1
                    output.append(UInt8(ascii: ")"))
                    open.removeLast()
                case UInt8(ascii: "("):
                    if list.sign == UInt8(ascii: "!"), list.count == 1 {
                        throw flaw(position, "'!' has a second filter", "Put both into one, as in '(!(|(a=1)(b=2)))'.")
                    }
                    open[open.count - 1].count += 1
                    return
                case nil: throw neverClosed(list.start)
                default:
                    throw flaw(position, "text stands where '(' or ')' belongs", "Put every filter of a list into ( ).")
                }
            }
        }

        private func check(_ list: OpenList) throws(Flaw) {
            if list.sign == UInt8(ascii: "!"), list.count == 0 {
                throw flaw(position, "'!' has no filter", "Write what must not match, as in '(!(a=1))'.")
            }
        }

        private mutating func checkEnd() throws(Flaw) {
            skipSpaces()
            switch next {
            case nil: return
            case UInt8(ascii: "("): throw flaw(position, "a second filter begins", "Join both, as in '(&(a=1)(b=2))'.")
            case UInt8(ascii: ")"): throw flaw(position, "this ')' closes nothing", "Remove it, or add the '(' that it closes.")
            default: throw flaw(position, "text follows the last ')'", "Remove it, or put it into the parentheses.")
            }
        }

        mutating func skipSpaces() { while next.map(Self.isSpace) == true { position += 1 } }

        static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

        func neverClosed(_ start: Int) -> Flaw { flaw(start, "this '(' is never closed", "Add the ')' where its filter ends.") }

        func flaw(_ position: Int, _ reason: String, _ remedy: String) -> Flaw {
            Flaw(atByte: position, of: bytes, reason, remedy: remedy)
        }
    }
}
