extension Parser {
    /// Values joined by `||` or `//`, the operators of lowest rank that data has.
    mutating func expression() -> Expression {
        let first = sum()
        var items = [first]
        guard index < end, let sign = tokens[index].symbol, sign == "||" || sign == "//" else { return first }
        while index < end, tokens[index].isSymbol(sign) {
            index += 1
            items.append(sum())
        }
        return Expression(.firstOf(items, definedOnly: sign == "//"), at: first.offset)
    }

    /// Terms joined by `+`, `-` and `.`, from left to right.
    mutating func sum() -> Expression {
        operands(["+": .add, "-": .subtract, ".": .concatenate]) { parser in
            parser.operands(["*": .multiply, "/": .divide, "%": .remainder, "x": .repeat]) { $0.signed() }
        }
    }

    private mutating func operands(
        _ signs: [String: Operator], _ operand: (inout Parser) -> Expression
    ) -> Expression {
        let first = operand(&self)
        var rest: [(Operator, Expression)] = []
        while index < end, let sign = tokens[index].symbol ?? tokens[index].word, let operation = signs[sign], !isKey(index) {
            index += 1
            rest.append((operation, operand(&self)))
        }
        return rest.isEmpty ? first : Expression(.operation(first, rest), at: first.offset)
    }

    /// A power with its signs; `-word =>` is a string.
    private mutating func signed() -> Expression {
        let start = index
        var minuses = 0
        while index < end, tokens[index].isSymbol("-") || tokens[index].isSymbol("+") {
            minuses += tokens[index].isSymbol("-") ? 1 : 0
            index += 1
        }
        let offset = start < end ? tokens[start].start : 0
        if minuses > 0, index < end, let word = tokens[index].word, isKey(index) {
            index += 1
            return Expression(.negated(Expression(.text(text(word)), at: offset), times: minuses), at: offset)
        }
        let value = power()
        return minuses > 0 ? Expression(.negated(value, times: minuses), at: offset) : value
    }

    /// `a ** b ** c`, from right to left; a sign may stand before an exponent.
    private mutating func power() -> Expression {
        var operands = [term()]
        while index < end, tokens[index].isSymbol("**") {
            let sign = index
            index += 1
            var minuses = 0
            while index < end, tokens[index].isSymbol("-") || tokens[index].isSymbol("+") {
                minuses += tokens[index].isSymbol("-") ? 1 : 0
                index += 1
            }
            let exponent = term()
            operands.append(minuses == 0 ? exponent : Expression(.negated(exponent, times: minuses), at: exponent.offset))
            guard operands.count <= Self.chainLimit else {
                return unreadable(at: tokens[sign].start, "too many '**' in one value. Write the result.")
            }
        }
        // A sign before an exponent holds for all that stands to the right of it.
        var result = operands.removeLast()
        for base in operands.reversed() {
            if case .negated(let inner, let times) = base.kind {
                let raised = Expression(.operation(inner, [(.power, result)]), at: inner.offset)
                result = Expression(.negated(raised, times: times), at: base.offset)
            } else {
                result = Expression(.operation(base, [(.power, result)]), at: base.offset)
            }
        }
        return result
    }

    // MARK: - Terms

    private mutating func term() -> Expression {
        guard !isEnd(at: index) else {
            return mistaken(at: index > 0 ? tokens[index - 1].end : 0, "a value is missing here. Write one.")
        }
        let token = tokens[index]
        switch token.kind {
        case .quoted(let quoted):
            index += 1
            return string(quoted, at: token.start)
        case .number(let text):
            index += 1
            return Number(literal: text).map { Expression(.number($0), at: token.start) }
                ?? mistaken(at: token.start, "this number cannot be read. Write it in digits.")
        case .symbol("["), .symbol("{"), .symbol("("): return bracketed(token)
        case .symbol("\\"): return reference()
        case .variable, .cast: return variable()
        case .word(let word): return wordTerm(word)
        case .symbol, .code: return refuse()
        }
    }

    private mutating func bracketed(_ token: Token) -> Expression {
        let open = index
        let close = min(brackets.closers[open] ?? end, end)
        if brackets.cutOff.contains(open) {
            index = close
            isPlain = false
            return Expression(unreadable: .told(at: token.start))
        }
        index += 1
        let items = elements(until: close)
        index = close + 1
        if index < end, tokens[index].isSymbol("->") || (token.isSymbol("(") && tokens[index].isSymbol("[")) { return refuse() }
        switch token.symbol {
        case "[": return Expression(.array(items), at: token.start)
        case "{": return Expression(.hash(items), at: token.start)
        default: return Expression(.list(items), at: token.start)
        }
    }

    /// `\@x` and `\%x`.
    private mutating func reference() -> Expression {
        let start = index
        index += 1
        guard let aggregate = aggregate() else {
            index = start
            return refuse()
        }
        return Expression(.reference(aggregate), at: tokens[start].start)
    }

    /// `$x`, `$Self->{K}`, `@x`, `%{ … }`.
    private mutating func variable() -> Expression {
        let start = index
        if let aggregate = aggregate() { return Expression(.elements(aggregate), at: aggregate.offset) }
        guard let target = target(), index >= end || !["(", "++", "--", "->"].contains(tokens[index].symbol) else {
            index = start
            return refuse()
        }
        return Expression(.element(target), at: target.offset)
    }

    /// Reports what stands here and skips to where the next value can begin.
    mutating func refuse() -> Expression {
        let token = tokens[index]
        let refusal = unreadable(at: token.start, notData(token))
        let start = index
        skipElement()
        unread.append(start..<index)
        return refusal
    }
}
