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
            if index < end, !isSeparator(index), let flaw = finishElement() {
                items[items.count - 1] = Expression(unreadable: flaw)
            }
        }
        return items
    }

    private func isSeparator(_ position: Int) -> Bool {
        tokens[position].isSymbol(",") || tokens[position].isSymbol("=>") || brackets.strayTerminators.contains(position)
    }

    /// To the next `,` or `=>` of this list, or its end.
    mutating func skipElement() {
        while !isEnd(at: index), !tokens[index].isSymbol(","), !tokens[index].isSymbol("=>") { index = after(index) }
    }

    /// Something stands where a comma belongs: says what, and goes on with the list. Nil if the element before it keeps its
    /// meaning, else why it has none.
    private mutating func finishElement() -> PerlFlaw? {
        let found = tokens[index]
        if found.isSymbol("=") {
            complain(at: found.start, "'=' stands between a key and its value. Write '=>'.")
            index += 1
            return nil
        }
        if startsValue(found) { return finishBeforeValue() }
        isPlain = false
        let start = index
        skipElement()
        unread.append(start..<index)
        return PerlFlaw(at: found.start, notData(found))
    }

    /// Two values without a comma: it is missing, or the first one is a string that has swallowed what follows.
    private mutating func finishBeforeValue() -> PerlFlaw? {
        let previous = tokens[index - 1]
        let line = source.line(at: previous.start)
        guard case .quoted(let quoted) = previous.kind, !quoted.isHereDocument, quoted.style != .words,
            source.line(at: previous.end) > line
        else {
            complain(at: previous.end, "a comma is missing after this value. Write ',' between two elements of a list.")
            return nil
        }
        complain(
            at: previous.start,
            "the string that opens here ends on another line, in front of more text. Close it on line \(line).")
        skipElement()
        return flaws[flaws.count - 1]
    }

    private func startsValue(_ token: Token) -> Bool {
        switch token.kind {
        case .quoted, .number, .variable, .cast: true
        case .word(let word): !Self.operatorWords.contains(word)
        case .symbol(let symbol): ["{", "[", "("].contains(symbol)
        case .code: false
        }
    }

    // MARK: - What is no data

    /// Says that a token is no data, and what to write instead. Never shows text that could be a password.
    func notData(_ token: Token) -> String {
        switch token.kind {
        case .word(let word): notData(word, token)
        case .symbol("?"), .symbol(":"): "'?:' chooses between values, and Rollcall reads them without running Perl. Write one."
        case .symbol("\\"): "'\\' makes a reference to a variable. Write the value itself, with { } or [ ]."
        case .symbol(let symbol):
            "'\(symbol)' is not expected here. Rollcall reads plain values: strings, numbers, [ ] and { }."
        case .code("a number with two points"):
            "a number with two points is a string of control characters for Perl. Put quotes around it."
        case .code(let what): "\(what) is no plain value. Write the value it is to have."
        case .variable, .cast: "this is a call or a computed variable. Write the value itself, or $ENV{NAME}."
        case .quoted: "a string is not expected here. Write an operator or ',' before it."
        case .number: "a number is not expected here. Write an operator or ',' before it."
        }
    }

    private func notData(_ word: String, _ token: Token) -> String {
        if Self.modifiers.contains(word) {
            return
                "'\(word)' decides when the configuration runs, and Rollcall reads it without running it. Write the value alone."
        }
        if Self.operatorWords.contains(word) {
            return "'\(word)' computes a value, and Rollcall reads values without running Perl. Write the result."
        }
        if isCall(token) {
            return "this is a call, and Rollcall reads values without running Perl. Write the value, or $ENV{NAME}."
        }
        return "a bare word is no value. Put quotes around it."
    }

    private func isCall(_ token: Token) -> Bool {
        guard token.end < source.end else { return false }
        let rest = source[token.end..<source.end]
        return rest.first { !$0.isBlank } == UInt8(ascii: "(") || rest.starts(with: Array("->".utf8))
    }

    static let operatorWords: Set<String> = [
        "if", "unless", "while", "until", "for", "foreach", "and", "or", "not", "xor", "x", "eq", "ne", "lt", "gt", "le", "ge",
        "cmp", "map", "grep", "sort", "do", "eval", "require", "sub", "ref", "defined", "exists", "keys", "values", "reverse",
        "sprintf", "local", "return", "my", "our", "open", "scalar", "wantarray",
    ]
}
