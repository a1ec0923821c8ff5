extension Parser {
    /// The elements of a list that ends at token `close`. Repeated commas count as one.
    mutating func elements(until close: Int) -> [Expression] {
        let outer = end
        end = min(close, outer)
        defer { end = outer }
        var items: [Expression] = []
        while index < end {
            if isSeparator(index) {
                index += 1
                continue
            }
            let start = index
            items.append(expression())
            if index == start { index += 1 }
            if index < end, !isSeparator(index), !finishElement() {
                items[items.count - 1] = Expression(.unreadable, at: items[items.count - 1].offset)
            }
        }
        return items
    }

    private func isSeparator(_ position: Int) -> Bool {
        tokens[position].isSymbol(",") || tokens[position].isSymbol("=>") || brackets.strayTerminators.contains(position)
    }

    /// Something stands where a comma belongs: says what, and goes on with the list.
    ///
    /// - Returns: whether the element before it has a meaning.
    private mutating func finishElement() -> Bool {
        let found = tokens[index]
        if found.isSymbol("=") {
            complain(at: found.start, "'=' stands between a key and its value. Write '=>'.")
            index += 1
        } else if Self.startsValue(found) {
            return finishBeforeValue()
        } else {
            complain(at: found.start, notData(found))
            skipElement()
            return false
        }
        return true
    }

    /// Two values without a comma: it is missing, or the first one is a string that has swallowed what follows.
    private mutating func finishBeforeValue() -> Bool {
        let previous = tokens[index - 1]
        let line = source.place(at: previous.start).line
        guard case .quoted(let quoted) = previous.kind, !quoted.isHereDocument, quoted.style != .words,
            source.place(at: previous.end).line > line
        else {
            complain(at: previous.end, "a comma is missing after this value. Write ',' between two elements of a list.")
            return true
        }
        complain(
            at: previous.start,
            "the string that opens here ends on another line, in front of more text. Close it on line \(line).")
        skipElement()
        return false
    }

    private static func startsValue(_ token: Token) -> Bool {
        switch token.kind {
        case .quoted, .number, .variable, .cast: true
        case .word(let word): !operatorWords.contains(word)
        case .symbol(let symbol): ["{", "[", "("].contains(symbol)
        case .code: false
        }
    }

    /// Says that a token is no data, and what to write instead. Never shows text that could be a password.
    func notData(_ token: Token) -> String {
        switch token.kind {
        case .word(let word) where Self.modifiers.contains(word):
            "'\(word)' decides when the configuration runs, and Rollcall reads it without running it. Write the value alone."
        case .word(let word) where Self.operatorWords.contains(word):
            "'\(word)' computes a value, and Rollcall reads values without running Perl. Write the result."
        case .word where isCall(token):
            "this is a call, and Rollcall reads values without running Perl. Write the value, or $ENV{NAME}."
        case .word: "a bare word is no value. Put quotes around it."
        case .symbol("?"), .symbol(":"): "'?:' chooses between values, and Rollcall reads them without running Perl. Write one."
        case .symbol("\\"): "'\\' makes a reference to a variable. Write the value itself, with { } or [ ]."
        case .symbol(let symbol):
            "'\(symbol)' is not expected here. Rollcall reads plain values: strings, numbers, [ ] and { }."
        case .code(let what): "\(what) is no plain value. Write the value it is to have."
        case .variable, .cast: "this is a call or a computed variable. Write the value itself, or $ENV{NAME}."
        case .quoted: "a string is not expected here. Write an operator or ',' before it."
        case .number: "a number is not expected here. Write an operator or ',' before it."
        }
    }

    private func isCall(_ token: Token) -> Bool { token.end < source.bytes.count && followsCall(token.end) }

    private func followsCall(_ offset: Int) -> Bool {
        let next = source.bytes[offset...].first { !$0.isBlank }
        return next == UInt8(ascii: "(") || source.bytes[offset...].starts(with: Array("->".utf8))
    }

    private static let operatorWords: Set<String> = [
        "if", "unless", "while", "until", "for", "foreach", "and", "or", "not", "xor", "x", "eq", "ne", "lt", "gt", "le", "ge",
        "cmp", "map", "grep", "sort", "join", "do", "eval", "require", "sub", "lc", "uc", "ref", "defined", "exists", "keys",
        "values", "reverse", "sprintf", "shift", "local", "return", "my",
    ]
}
