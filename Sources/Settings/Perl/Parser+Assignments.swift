extension Parser {
    /// `target = value;`, also after `my`.
    mutating func assignment(isNew: Bool) -> Statement {
        let start = index
        guard let target = target() else { return restart(start) }
        guard index < end, let sign = tokens[index].symbol, Self.assignments.contains(sign) else {
            return isNew && isEnd(at: index) ? declaration(of: target) : restart(start)
        }
        index += 1
        var value = isEnd(at: index) ? missingValue() : expression()
        if !finishesStatement() { value = Expression(.unreadable, at: value.offset) }
        return Statement(offset: target.offset, kind: .assign(target, sign, value, isNew: isNew))
    }

    private func declaration(of target: Target) -> Statement {
        Statement(
            offset: target.offset, kind: .assign(target, "=", Expression(.undefined, at: target.offset), isNew: true))
    }

    private mutating func missingValue() -> Expression {
        let offset = tokens[index - 1].end
        problems.append(SyntaxProblem(offset: offset, message: "no value stands after '='. Write one."))
        return Expression(.unreadable, at: offset)
    }

    /// What does not have the form of an assignment is code after all.
    private mutating func restart(_ start: Int) -> Statement {
        index = start
        problems = []
        return code(endingAt: statementEnd(from: start), "code")
    }

    /// A statement that alters `target` in a way that has been reported.
    private func unclear(_ target: Target) -> Statement {
        let value = Expression(.unreadable, at: target.offset)
        return Statement(offset: target.offset, kind: .assign(target, "=", value, isNew: false))
    }

    /// `push @{ $Self->{K} }, …` and `unshift`.
    mutating func push(atFront: Bool) -> Statement {
        let start = index
        let finish = statementEnd(from: start)
        index += 1
        if index < end, tokens[index].isSymbol("(") { index += 1 }
        guard let target = arrayTarget(), index < end, tokens[index].isSymbol(",") else { return restart(start) }
        index += 1
        var limit = finish
        if tokens[start + 1].isSymbol("(") { limit = min(brackets.closers[start + 1] ?? finish, finish) }
        let items = elements(until: limit)
        index = max(limit, index)
        if index < finish, tokens[index].isSymbol(")") { index += 1 }
        guard finishesStatement() else { return unclear(target) }
        return Statement(offset: target.offset, kind: .push(target, items, atFront: atFront))
    }

    /// What `@{ … }`, `@$name` or `@name` stands for.
    private mutating func arrayTarget() -> Target? {
        guard index < end else { return nil }
        guard tokens[index].kind == .cast(.array) else { return target() }
        index += 1
        guard index < end, tokens[index].isSymbol("{") else { return target() }
        let close = min(brackets.closers[index] ?? end, end)
        index += 1
        let found = target()
        guard index == close else { return nil }
        index = close + 1
        return found
    }

    /// `delete $Self->{K};`
    mutating func delete() -> Statement {
        let start = index
        index += 1
        if index < end, tokens[index].isSymbol("(") { index += 1 }
        guard let target = target() else { return restart(start) }
        if tokens[start + 1].isSymbol("("), index < end, tokens[index].isSymbol(")") { index += 1 }
        guard finishesStatement() else { return unclear(target) }
        return Statement(offset: target.offset, kind: .delete(target))
    }

    /// Expects the end of the statement; says what stands there instead, and goes on where the next one begins.
    ///
    /// - Returns: whether what stands before it has a meaning.
    private mutating func finishesStatement() -> Bool {
        guard !isEnd(at: index) else { return true }
        let found = tokens[index]
        let startsLine = index > 0 && source.place(at: found.start).line > source.place(at: tokens[index - 1].end).line
        if startsLine, Self.startsStatement(found) {
            complain(at: tokens[index - 1].end, "a ';' is missing after this value. Write ';' to end the statement.")
            return true
        }
        complain(at: found.start, notData(found))
        index = statementEnd(from: index)
        return false
    }

    private static func startsStatement(_ token: Token) -> Bool {
        switch token.kind {
        case .variable, .cast: true
        case .word(let word): ["my", "our", "return", "push", "delete", "sub"].contains(word)
        default: false
        }
    }

    mutating func complain(at offset: Int, _ message: String) {
        problems.append(SyntaxProblem(offset: offset, message: message))
    }

    private static let assignments: Set<String> = ["=", "||=", "//=", ".=", "+=", "-=", "*=", "/="]
}
