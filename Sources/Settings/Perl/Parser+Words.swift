extension Parser {
    /// A bare word where a value belongs: a key, `undef`, a function of plain values.
    mutating func wordTerm(_ word: String) -> Expression {
        let start = index
        let offset = tokens[start].start
        if isKey(start) {
            index += 1
            return key(word, at: offset)
        }
        switch word {
        case "undef": return undefined()
        case "__PACKAGE__":
            index += 1
            return Expression(.text(text(package)), at: offset)
        case "shift", "pop": return taken(atFront: word == "shift")
        default: return Function(word: word).map { call($0) } ?? refuse()
        }
    }

    /// Before `=>`, or before a `=` that is meant to be one.
    func isKey(_ position: Int) -> Bool {
        position + 1 < end && (tokens[position + 1].isSymbol("=>") || tokens[position + 1].isSymbol("="))
    }

    /// A bare word as key. With a mistake it stays the key that is meant, so that the message can name it.
    mutating func key(_ word: String, at offset: Int) -> Expression {
        if isStrict, word.contains(":") {
            complain(at: offset, "a bare word with '::' is no key under 'use strict'. Put quotes around it.")
        }
        return Expression(.text(text(word)), at: offset)
    }

    /// `undef` and `undef()`.
    private mutating func undefined() -> Expression {
        let start = index
        index += 1
        if index < end, tokens[index].isSymbol("("), brackets.closers[index] == index + 1 { index += 2 }
        if index < end {
            switch tokens[index].kind {
            case .variable, .cast, .symbol("("):
                index = start
                return refuse()
            default: break
            }
        }
        return Expression(.undefined, at: tokens[start].start)
    }

    /// `shift`, `shift @_`, `shift(@{ … })`; without an array it takes from `@_`.
    mutating func taken(atFront: Bool) -> Expression {
        let start = index
        let offset = tokens[start].start
        index += 1
        let isParenthesised = index < end && tokens[index].isSymbol("(")
        let close = isParenthesised ? brackets.closers[index] ?? end : end
        index += isParenthesised ? 1 : 0
        var array = Aggregate(isHash: false, base: .variable("@_"), offset: offset)
        if index < min(close, end), let named = aggregate(), !named.isHash { array = named }
        if isParenthesised {
            guard index == close, close < end else {
                index = start
                return refuse()
            }
            index += 1
        }
        return Expression(.taken(from: array, atFront: atFront), at: offset)
    }

    // MARK: - Functions

    private mutating func call(_ function: Function) -> Expression {
        let start = index
        let offset = tokens[start].start
        index += 1
        if index < end, tokens[index].isSymbol("("), !brackets.cutOff.contains(index) {
            let close = min(brackets.closers[index] ?? end, end)
            index += 1
            let items = elements(until: close)
            index = close + 1
            return Expression(.call(function, items), at: offset)
        }
        if function.isUnary, canBeginValue(index) { return Expression(.call(function, [sum()]), at: offset) }
        if function == .join, canBeginValue(index) {
            return Expression(.call(.join, elements(until: statementEnd(from: index))), at: offset)
        }
        index = start
        return refuse()
    }

    private func canBeginValue(_ position: Int) -> Bool {
        guard !isEnd(at: position) else { return false }
        switch tokens[position].kind {
        case .symbol(let symbol): return symbol == "-" || symbol == "+"
        case .code: return false
        case .word(let word): return word != "x" && !Self.operatorWords.contains(word)
        case .quoted, .number, .variable, .cast: return true
        }
    }
}
