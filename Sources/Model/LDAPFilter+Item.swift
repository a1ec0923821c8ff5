/// Items: `attribute=value` and its kin.
extension LDAPFilter.Parser {
    /// How an item compares, by what stands before its `=`.
    private enum Comparison {
        /// Equality, presence or substrings.
        case equal
        /// `>=`, `<=` or `~=`.
        case ordered(sign: UInt8)
        /// `:=`
        case extensible
    }

    /// Reads what follows the `(` at `start`, and the `)` after it.
    mutating func readItem(from start: Int) throws(Flaw) {
        output.append(UInt8(ascii: "("))
        let comparison = try readLeftSide(from: start)
        let begin = position
        try readValue(comparison, from: start)
        if case .equal = comparison { noteEquality(bytes[begin..<position]) }
        position += 1
        output.append(UInt8(ascii: ")"))
    }

    private mutating func readLeftSide(from start: Int) throws(Flaw) -> Comparison {
        let begin = position
        while let byte = next, !"=()".utf8.contains(byte) { position += 1 }
        switch next {
        case nil: throw neverClosed(start)
        case UInt8(ascii: "("):
            throw flaw(position, "this '(' stands where an attribute belongs", "Remove it, or write '&' or '|' before it.")
        case UInt8(ascii: ")"):
            throw flaw(begin, "this is no comparison", "Write attribute=value; LDAP has =, >=, <=, ~= and := only.")
        default: break
        }
        var left = bytes[begin..<position]
        position += 1
        let comparison: Comparison
        switch left.last {
        case UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "~"): comparison = .ordered(sign: left.removeLast())
        case UInt8(ascii: ":"):
            left.removeLast()
            comparison = .extensible
        default: comparison = .equal
        }
        while left.last.map(Self.isSpace) == true { left.removeLast() }
        try check(left, comparison)
        note(left)
        output += left + Self.sign(of: comparison)
        return comparison
    }

    /// An extensible match may name a rule only, and then has no attribute.
    private mutating func note(_ left: ArraySlice<UInt8>) {
        let attribute = left.prefix { $0 != UInt8(ascii: ":") }
        if !attribute.isEmpty { attributes.append(String(decoding: attribute, as: UTF8.self)) }
    }

    /// Of the attribute that was noted last. A presence or substring match is no equality.
    private mutating func noteEquality(_ value: ArraySlice<UInt8>) {
        guard let attribute = attributes.last, !value.contains(UInt8(ascii: "*")) else { return }
        equalities.append(
            LDAPFilter.Equality(attribute: attribute, value: String(decoding: Self.unescaped(value), as: UTF8.self)))
    }

    private static func unescaped(_ value: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = value
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap(\.hexadecimalValue)
            if byte == UInt8(ascii: "\\"), digits.count == 2 {
                result.append(digits[0] << 4 | digits[1])
                rest.removeFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }

    private static func sign(of comparison: Comparison) -> [UInt8] {
        switch comparison {
        case .equal: Array("=".utf8)
        case .ordered(let sign): [sign, UInt8(ascii: "=")]
        case .extensible: Array(":=".utf8)
        }
    }

    private func check(_ left: ArraySlice<UInt8>, _ comparison: Comparison) throws(Flaw) {
        if case .extensible = comparison { return try checkExtensible(left) }
        guard !AttributeName.isValidDescription(left) else { return }
        if left.isEmpty { throw flaw(left.startIndex, "the attribute is missing", "Write it before the '='.") }
        throw flaw(left.startIndex, "this is no attribute", "Write a name such as 'mail' or 'cn;lang-de', or an OID.")
    }

    /// `attribute:dn:rule`, of which `:dn` may be absent, and the attribute or the rule (RFC 4511 section 4.5.1.7.7).
    private func checkExtensible(_ left: ArraySlice<UInt8>) throws(Flaw) {
        var parts = left.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)[...]
        let attribute = parts.popFirst() ?? []
        if let part = parts.first, part.map(\.asciiLowercased).elementsEqual("dn".utf8) { parts.removeFirst() }
        let rule = parts.popFirst()
        let isComplete = !attribute.isEmpty || rule != nil
        guard isComplete, parts.isEmpty, attribute.isEmpty || AttributeName.isValidDescription(attribute),
            rule.map(AttributeName.isValid) != false
        else {
            throw flaw(
                left.startIndex, "this is no extensible match",
                "Write it as in 'cn:caseExactMatch:=Anna' or 'ou:dn:=people', with names or OIDs.")
        }
    }

    private mutating func readValue(_ comparison: Comparison, from start: Int) throws(Flaw) {
        let begin = position
        while let byte = next, byte != UInt8(ascii: ")") {
            switch byte {
            case UInt8(ascii: "("):
                throw flaw(
                    position, "this '(' stands in a value", #"Write it as \28, or close the filter before it."#)
            case 0: throw flaw(position, "a NUL stands in a value", #"Write it as \00."#)
            case UInt8(ascii: "*"): try checkAsterisk(comparison, valueStart: begin)
            case UInt8(ascii: "\\"): try checkEscape()
            default: break
            }
            position += 1
        }
        if next == nil { throw neverClosed(start) }
        output += bytes[begin..<position]
    }

    private func checkAsterisk(_ comparison: Comparison, valueStart: Int) throws(Flaw) {
        guard case .equal = comparison else {
            throw flaw(position, "this '*' is no wildcard: only '=' knows them", #"Write it as \2a, or compare with '='."#)
        }
        if position > valueStart, bytes[position - 1] == UInt8(ascii: "*") {
            throw flaw(position, "two '*' stand side by side", "Write one.")
        }
    }

    /// RFC 4515 has no other escapes than two hexadecimal digits.
    private func checkEscape() throws(Flaw) {
        let digits = bytes[(position + 1)...].prefix(2)
        if digits.count == 2, digits.allSatisfy({ $0.hexadecimalValue != nil }) { return }
        throw flaw(
            position, "no two hexadecimal digits follow this backslash",
            #"Write \5c for a backslash, \2a for '*', \28 and \29 for parentheses."#)
    }
}
