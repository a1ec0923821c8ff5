extension Parser {
    /// `$Self->{K}{K}[n]`, `$x`, `@x`, `%x`, `$x{K}`. Nil if none begins here.
    mutating func target() -> Target? {
        guard index < end else { return nil }
        let start = tokens[index].start
        let isDereferenced = tokens[index].kind == .cast(.scalar)
        index += isDereferenced ? 1 : 0
        guard index < end, case .variable(let sigil, let name) = tokens[index].kind else { return nil }
        index += 1
        let subscripts = sigil == .scalar ? allSubscripts() : ([], false)
        guard let subscripts else { return nil }
        let variable = Self.variable(sigil, name, direct: subscripts.1 && !isDereferenced ? subscripts.0.first : nil)
        return Target(variable: variable, subscripts: subscripts.0, offset: start)
    }

    /// `$x{K}` is an element of `%x`, `$x[0]` one of `@x`, `$x->{K}` and `$$x{K}` of what `$x` refers to.
    private static func variable(_ sigil: Token.Sigil, _ name: String, direct: Target.Subscript?) -> String {
        switch direct {
        case .key: Token.Sigil.hash.rawValue + name
        case .index: Token.Sigil.array.rawValue + name
        case nil: sigil.rawValue + name
        }
    }

    /// The subscripts from here on, and whether the first one had no arrow. Nil for a method call and the like.
    private mutating func allSubscripts() -> ([Target.Subscript], Bool)? {
        var found: [Target.Subscript] = []
        var isDirect = false
        while index < end {
            let hasArrow = tokens[index].isSymbol("->")
            let open = hasArrow ? index + 1 : index
            guard open < end, let mark = tokens[open].symbol, mark == "{" || mark == "[", !brackets.cutOff.contains(open) else {
                return hasArrow ? nil : (found, isDirect)
            }
            if found.isEmpty { isDirect = !hasArrow }
            guard found.count < Brackets.depthLimit, let next = nextSubscript(openedAt: open, isKey: mark == "{") else {
                return nil
            }
            found.append(next)
        }
        return (found, isDirect)
    }

    private mutating func nextSubscript(openedAt open: Int, isKey: Bool) -> Target.Subscript? {
        guard let close = brackets.closers[open], close < end, close > open + 1 else { return nil }
        let outer = end
        defer { (index, end) = (close + 1, outer) }
        (index, end) = (open + 1, close)
        if isKey, close == open + 2, let word = tokens[index].word {
            return .key(Expression(.text(word), at: tokens[index].start))
        }
        if isKey, close == open + 3, tokens[index].isSymbol("-"), let word = tokens[index + 1].word {
            return .key(Expression(.text("-" + word), at: tokens[index].start))
        }
        let inner = expression()
        guard index == close else { return nil }
        return isKey ? .key(inner) : .index(inner)
    }

    /// Code up to `finish`, with the variables that it names.
    mutating func code(endingAt finish: Int, _ what: String) -> Statement {
        let offset = tokens[min(index, tokens.count - 1)].start
        let found = mentions(in: index..<max(finish, index))
        index = max(finish, index + 1)
        problems = []
        return Statement(offset: offset, kind: .code(found, what: what))
    }

    private mutating func mentions(in range: Range<Int>) -> [Mention] {
        let (outerEnd, flaws) = (end, problems)
        defer { (end, problems) = (outerEnd, flaws) }
        end = min(range.upperBound, outerEnd)
        index = range.lowerBound
        var found: [Mention] = []
        while index < end {
            let start = index
            if case .variable = tokens[index].kind, let target = target() {
                found.append(Mention(target: target, isWritten: isAssigned(from: start)))
            }
            index = start + 1
        }
        index = range.lowerBound
        return found
    }

    /// Whether the target that began at `start` and ended at `index` is altered there.
    private func isAssigned(from start: Int) -> Bool {
        var (before, after) = (start - 1, index)
        while before >= 0, tokens[before].isSymbol("{") || tokens[before].isSymbol("(") || isCast(before) {
            before -= 1
            if after < end, tokens[after].isSymbol("}") || tokens[after].isSymbol(")") { after += 1 }
        }
        if before >= 0, Self.alteringWords.contains(tokens[before].word ?? "") { return true }
        guard after < end, let sign = tokens[after].symbol else { return false }
        return sign == "=~" || sign == "++" || sign == "--"
            || (sign.hasSuffix("=") && !["==", "!=", "<=", ">="].contains(sign))
    }

    private func isCast(_ position: Int) -> Bool {
        if case .cast = tokens[position].kind { true } else { false }
    }

    private static let alteringWords: Set<String> = ["push", "unshift", "splice", "delete", "pop", "shift", "local", "undef"]
}
