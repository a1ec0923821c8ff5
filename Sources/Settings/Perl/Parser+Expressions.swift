extension Parser {
    /// Terms joined by `+`, `-` and `.`, from left to right.
    mutating func expression() -> Expression {
        operands(["+", "-", "."]) { parser in parser.operands(["*", "/"]) { $0.signed() } }
    }

    private mutating func operands(_ signs: Set<String>, _ operand: (inout Parser) -> Expression) -> Expression {
        let first = operand(&self)
        var rest: [(String, Expression)] = []
        while index < end, let sign = tokens[index].symbol, signs.contains(sign) {
            index += 1
            rest.append((sign, operand(&self)))
        }
        return rest.isEmpty ? first : Expression(.arithmetic(first, rest), at: first.offset)
    }

    /// A term with its signs.
    private mutating func signed() -> Expression {
        let offset = index < end ? tokens[index].start : 0
        var isNegative = false
        while index < end, tokens[index].isSymbol("-") || tokens[index].isSymbol("+") {
            isNegative = isNegative != tokens[index].isSymbol("-")
            index += 1
        }
        let term = term()
        return isNegative ? Expression(.negated(term), at: offset) : term
    }

    private mutating func term() -> Expression {
        guard index < end else { return unreadable("a value is missing here. Write one.") }
        let token = tokens[index]
        switch token.kind {
        case .quoted(let quoted):
            index += 1
            return string(quoted, at: token.start)
        case .number(let text):
            index += 1
            guard let number = Number(literal: text) else {
                return unreadable("this number cannot be read. Write it in digits.")
            }
            return Expression(.number(number), at: token.start)
        case .symbol("["), .symbol("{"), .symbol("("): return bracketed(token)
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
            return Expression(.unreadable, at: token.start)
        }
        index += 1
        let items = elements(until: close)
        index = close + 1
        switch token.symbol {
        case "[": return Expression(.array(items), at: token.start)
        case "{": return Expression(.hash(items), at: token.start)
        default: return Expression(.list(items), at: token.start)
        }
    }

    /// `$x`, `$Self->{K}`, `@x`, `%{ … }`.
    private mutating func variable() -> Expression {
        let start = index
        let token = tokens[index]
        if case .cast(let sigil) = token.kind, sigil != .scalar {
            index += 1
            let inner = index < end && tokens[index].isSymbol("{") ? braced() : term()
            return Expression(.elements(of: inner), at: token.start)
        }
        guard let target = target(), index >= end || !tokens[index].isSymbol("(") else {
            index = start
            return refuse()
        }
        let element = Expression(.element(target), at: token.start)
        if case .variable(let sigil, _) = token.kind, sigil != .scalar {
            return Expression(.elements(of: element), at: token.start)
        }
        return element
    }

    /// The expression inside the braces of `@{ … }`.
    private mutating func braced() -> Expression {
        let close = min(brackets.closers[index] ?? end, end)
        let outer = end
        (index, end) = (index + 1, close)
        let inner = expression()
        if index < close { complain(at: tokens[index].start, notData(tokens[index])) }
        (index, end) = (min(close + 1, outer), outer)
        return inner
    }

    private mutating func wordTerm(_ word: String) -> Expression {
        let start = tokens[index].start
        if isKey(index) {
            index += 1
            return Expression(.text(word), at: start)
        }
        if word == "undef" || word == "__PACKAGE__" {
            index += 1
            return Expression(word == "undef" ? .undefined : .text(word), at: start)
        }
        guard Self.transparentCalls.contains(word), index + 1 < end, tokens[index + 1].isSymbol("("),
            !brackets.cutOff.contains(index + 1)
        else { return refuse() }
        index += 1
        return argument(of: word, at: start)
    }

    /// `Translatable('x')` and `decode_utf8('x')` are `'x'`; so is the last argument of `Encode::decode`.
    private mutating func argument(of word: String, at start: Int) -> Expression {
        let arguments = bracketed(tokens[index])
        guard case .list(let items) = arguments.kind, let last = items.last else {
            return Expression(.undefined, at: start)
        }
        return last
    }

    /// Before `=>`, or before a `=` that is meant to be one.
    private func isKey(_ position: Int) -> Bool {
        position + 1 < end && (tokens[position + 1].isSymbol("=>") || tokens[position + 1].isSymbol("="))
    }

    /// Reports what stands here and skips to where the next value can begin.
    private mutating func refuse() -> Expression {
        let token = tokens[index]
        complain(at: token.start, notData(token))
        skipElement()
        return Expression(.unreadable, at: token.start)
    }

    private mutating func unreadable(_ message: String) -> Expression {
        let offset = index < end ? tokens[index].start : index > 0 ? tokens[index - 1].end : 0
        complain(at: offset, message)
        return Expression(.unreadable, at: offset)
    }

    /// To the next `,` or `=>` of this list, or its end.
    mutating func skipElement() {
        while !isEnd(at: index), !tokens[index].isSymbol(","), !tokens[index].isSymbol("=>") { index = after(index) }
    }

    private static let transparentCalls: Set<String> = [
        "Translatable", "decode_utf8", "Encode::decode_utf8", "Encode::decode", "decode",
    ]
}
