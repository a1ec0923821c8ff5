extension Parser {
    /// `target = value;`, `(targets) = (values);`, also after `my`.
    mutating func assignment(isNew: Bool) -> Statement {
        let start = index
        guard let place = place() else { return restart(start) }
        guard !isEnd(at: index), let sign = tokens[index].symbol, Self.assignments.contains(sign), !isNew || sign == "=" else {
            return isNew && isEnd(at: index) ? declaration(start) : restart(start)
        }
        let assignment = assignment(to: place, sign, isNew: isNew, from: tokens[start].start)
        return Statement(offset: assignment.offset, kind: .assign(assignment))
    }

    /// `my $x;` and `my ($x, @y);`
    private mutating func declaration(_ start: Int) -> Statement {
        index = statementEnd(from: start)
        let names = tokens[start..<index].compactMap { token in
            if case .variable(let sigil, let name) = token.kind { sigil.rawValue + name } else { nil }
        }
        return Statement(offset: tokens[start].start, kind: .declare(names))
    }

    /// What follows the place: the sign and the value, up to the end of the statement.
    private mutating func assignment(to place: Assignment.Place, _ sign: String, isNew: Bool, from offset: Int) -> Assignment {
        index += 1
        valueStart = index
        var value =
            isEnd(at: index)
            ? mistaken(at: tokens[index - 1].end, "no value stands after '\(sign)'. Write one.") : chained()
        if let flaw = finishStatement() { value = Expression(unreadable: flaw) }
        return Assignment(place: place, sign: sign, value: value, isNew: isNew, offset: offset)
    }

    /// A right-hand side, which may be an assignment itself.
    private mutating func chained() -> Expression {
        let start = index
        if let inner = self.place(), index < end, let sign = tokens[index].symbol, Self.assignments.contains(sign) {
            guard chainDepth < Self.chainLimit else {
                return unreadable(at: tokens[start].start, "too many assignments in one statement. Write one each.")
            }
            chainDepth += 1
            defer { chainDepth -= 1 }
            index += 1
            let assignment = Assignment(
                place: inner, sign: sign, value: chained(), isNew: false, offset: tokens[start].start)
            return Expression(.assignment(assignment), at: assignment.offset)
        }
        index = start
        return expression()
    }

    /// What does not have the form of an assignment is code after all.
    mutating func restart(_ start: Int) -> Statement {
        (index, valueStart) = (start, nil)
        return code(endingAt: statementEnd(from: start), "code")
    }

    // MARK: - Places

    /// What can be assigned to. Nil if none begins here.
    private mutating func place() -> Assignment.Place? {
        guard index < end else { return nil }
        if tokens[index].isSymbol("(") { return places() }
        if let aggregate = aggregate() { return .all(aggregate) }
        return target().map { .one($0) }
    }

    /// `($x, undef, @y)`
    private mutating func places() -> Assignment.Place? {
        guard let close = brackets.closers[index], close < end, !brackets.cutOff.contains(index) else { return nil }
        index += 1
        var found: [Assignment.Place?] = []
        while index < close {
            if tokens[index].isSymbol(",") {
                index += 1
                continue
            }
            if tokens[index].isWord("undef") {
                index += 1
                found.append(nil)
            } else if !tokens[index].isSymbol("("), let next = place() {
                found.append(next)
            } else {
                return nil
            }
            if index < close, !tokens[index].isSymbol(",") { return nil }
        }
        index = close + 1
        return .several(found)
    }

    // MARK: - Push and delete

    /// `push @{ $Self->{K} }, …` and `unshift`.
    mutating func push(atFront: Bool) -> Statement {
        let (start, finish) = (index, statementEnd(from: index))
        index += 1
        let isParenthesised = index < end && tokens[index].isSymbol("(")
        let close = isParenthesised ? min(brackets.closers[index] ?? finish, finish) : finish
        index += isParenthesised ? 1 : 0
        guard let array = aggregate(), !array.isHash, index < close, tokens[index].isSymbol(",") else { return restart(start) }
        valueStart = index
        var items = elements(until: close)
        if index < finish, tokens[index].isSymbol(")") { index += 1 }
        if let flaw = finishStatement() { items = [Expression(unreadable: flaw)] }
        return Statement(offset: array.offset, kind: .push(array, items, atFront: atFront))
    }

    /// `shift;`
    mutating func take(atFront: Bool) -> Statement {
        let start = index
        let value = taken(atFront: atFront)
        guard value.isReadable, isEnd(at: index) else { return restart(start) }
        return Statement(offset: value.offset, kind: .take(value))
    }

    /// `delete $Self->{K};`
    mutating func delete() -> Statement {
        let start = index
        index += 1
        let isParenthesised = index < end && tokens[index].isSymbol("(")
        index += isParenthesised ? 1 : 0
        guard let target = target(), !target.subscripts.isEmpty else { return restart(start) }
        if isParenthesised, index < end, tokens[index].isSymbol(")") { index += 1 }
        guard isEnd(at: index) || startsStatement(index) else { return restart(start) }
        _ = finishStatement()
        return Statement(offset: target.offset, kind: .delete(target))
    }

    // MARK: - Ends

    /// Expects the end of the statement. Nil if it is there; otherwise goes on where the next statement begins, with why
    /// what stands before has no meaning.
    private mutating func finishStatement() -> PerlFlaw? {
        guard !isEnd(at: index) else { return nil }
        let found = tokens[index]
        if startsStatement(index) {
            complain(at: tokens[index - 1].end, "a ';' is missing after this value. Write ';' to end the statement.")
            return nil
        }
        let flaw: PerlFlaw
        if isPlain, isCertainMistake(found) {
            complain(at: found.start, notData(found))
            flaw = flaws[flaws.count - 1]
        } else {
            isPlain = false
            flaw = PerlFlaw(at: found.start, notData(found))
        }
        let start = index
        index = statementEnd(from: index)
        unread.append(start..<index)
        return flaw
    }

    /// Whether a token begins a line and a statement, so that a `;` is missing before it.
    func startsStatement(_ position: Int) -> Bool {
        guard position < end, position > 0,
            source.line(at: tokens[position].start) > source.line(at: tokens[position - 1].end)
        else { return false }
        switch tokens[position].kind {
        case .variable, .cast: return true
        case .word(let word): return ["my", "our", "return", "push", "delete", "sub"].contains(word)
        default: return false
        }
    }

    /// Whether no Perl can have this token behind a value.
    private func isCertainMistake(_ token: Token) -> Bool {
        switch token.kind {
        case .quoted, .number, .variable: true
        default: false
        }
    }

    static let assignments: Set<String> = ["=", "||=", "//=", ".=", "+=", "-=", "*=", "/=", "%=", "**="]
}
