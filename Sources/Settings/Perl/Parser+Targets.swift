extension Parser {
    /// `$Self->{K}{K}[n]`, `$x`, `$x{K}`, `${ … }{K}`. Nil if none begins here.
    mutating func target() -> Target? {
        guard index < end else { return nil }
        let start = index
        let offset = tokens[start].start
        switch tokens[index].kind {
        case .variable(.scalar, let name):
            index += 1
            guard let (subscripts, isDirect) = subscripts() else { break }
            let sigil: Token.Sigil = isDirect ? Self.container(of: subscripts[0]) : .scalar
            return Target(base: .variable(sigil.rawValue + name), subscripts: subscripts, offset: offset)
        case .cast(.scalar):
            index += 1
            guard let reference = dereferenced(), let (subscripts, _) = subscripts(), !subscripts.isEmpty else { break }
            return Target(base: .value(reference), subscripts: subscripts, offset: offset)
        default: break
        }
        index = start
        return nil
    }

    /// `$x{K}` is an element of `%x`, `$x[0]` one of `@x`.
    private static func container(of item: Target.Subscript) -> Token.Sigil {
        if case .key = item { .hash } else { .array }
    }

    /// `@x`, `%x`, `@{ … }`, `%$x`. Nil if none begins here; slices are none.
    mutating func aggregate() -> Aggregate? {
        guard index < end else { return nil }
        let start = index
        let base: Target.Base
        let sigil: Token.Sigil
        switch tokens[index].kind {
        case .variable(let found, let name) where found != .scalar:
            index += 1
            (sigil, base) = (found, .variable(found.rawValue + name))
        case .cast(let found) where found != .scalar:
            index += 1
            guard let reference = dereferenced() else {
                index = start
                return nil
            }
            (sigil, base) = (found, .value(reference))
        default: return nil
        }
        if index < end, tokens[index].isSymbol("[") || tokens[index].isSymbol("{") || tokens[index].isSymbol("->") {
            index = start
            return nil
        }
        return Aggregate(isHash: sigil == .hash, base: base, offset: tokens[start].start)
    }

    /// What stands behind a cast: `$x` without subscripts, or `{ … }`. Nil for anything else.
    private mutating func dereferenced() -> Expression? {
        guard index < end else { return nil }
        if case .variable(.scalar, let name) = tokens[index].kind {
            index += 1
            let target = Target(base: .variable("$" + name), subscripts: [], offset: tokens[index - 1].start)
            return Expression(.element(target), at: target.offset)
        }
        guard tokens[index].isSymbol("{"), let close = brackets.closers[index], close < end, !brackets.cutOff.contains(index)
        else { return nil }
        let outer = end
        (index, end) = (index + 1, close)
        let inner = expression()
        let isWhole = index == close
        (index, end) = (close + 1, outer)
        return isWhole && inner.isReadable ? inner : nil
    }

    /// Words in a subscript of a variable that code names; a longer one is taken for unknown.
    private static let scanLimit = 200

    /// The subscripts from here on, and whether the first one had no arrow. Nil for a method call and the like.
    private mutating func subscripts() -> ([Target.Subscript], isDirect: Bool)? {
        var found: [Target.Subscript] = []
        var isDirect = false
        while index < end {
            let hasArrow = tokens[index].isSymbol("->")
            let open = hasArrow ? index + 1 : index
            guard open < end, let mark = tokens[open].symbol, mark == "{" || mark == "[", !brackets.cutOff.contains(open) else {
                return hasArrow ? nil : (found, isDirect)
            }
            if found.isEmpty { isDirect = !hasArrow }
            guard found.count < Brackets.depthLimit, !isScanning || (brackets.closers[open] ?? open) - open < Self.scanLimit,
                let next = nextSubscript(openedAt: open, isKey: mark == "{")
            else {
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
        if isKey, let key = bareKey() { return .key(key) }
        let inner = expression()
        guard index == close, inner.isReadable else { return nil }
        return isKey ? .key(inner) : .index(inner)
    }

    /// `{word}` and `{-word}`.
    private mutating func bareKey() -> Expression? {
        let isNegative = tokens[index].isSymbol("-")
        let position = index + (isNegative ? 1 : 0)
        guard position + 1 == end, let word = tokens[position].word else { return nil }
        return key(isNegative ? "-" + word : word, at: tokens[index].start)
    }

    /// A bare word as Perl holds it.
    func text(_ word: String) -> PerlText { PerlText(bytes: word.utf8, isUTF8: isUTF8) }
}
