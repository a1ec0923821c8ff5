extension Parser {
    /// Code up to `finish`, with the variables that it names.
    mutating func code(endingAt finish: Int, _ what: String) -> Statement {
        let offset = tokens[min(index, tokens.count - 1)].start
        let finish = max(finish, index)
        let range = index..<min(finish, tokens.count)
        var statement = Statement(offset: offset, kind: .code(mentions(in: range), what: what))
        inspect(range, for: &statement)
        statement.names = names(in: range)
        index = max(finish, index + 1)
        (isPlain, flaws) = (false, [])
        return statement
    }

    /// The words that stand alone in braces: keys of whatever it is.
    private func names(in range: Range<Int>) -> [PerlText] {
        range.compactMap { position in
            guard position > range.lowerBound, position + 1 < range.upperBound, tokens[position - 1].isSymbol("{"),
                tokens[position + 1].isSymbol("}")
            else { return nil }
            if case .quoted(let quoted) = tokens[position].kind, quoted.style != .words {
                let content = source[quoted.content]
                return content.contains(UInt8(ascii: "$")) ? nil : PerlText(bytes: content, isUTF8: isUTF8)
            }
            return tokens[position].word.map { text($0) }
        }
    }

    /// Notes what may matter of a piece of code that is not read.
    mutating func inspect(_ range: Range<Int>, for statement: inout Statement) {
        let hasEnd = range.upperBound < end && tokens[range.upperBound].isSymbol(";")
        statement.doubt = CodeCheck.slip(in: tokens, range.lowerBound..<(range.upperBound + (hasEnd ? 1 : 0)))
        statement.mayLeave = mayLeave(range)
    }

    /// Whether there is a `return` outside a `sub`.
    private func mayLeave(_ range: Range<Int>) -> Bool {
        var position = range.lowerBound
        while position < range.upperBound {
            if tokens[position].isWord("return"), !isKey(position) { return true }
            if tokens[position].isWord("sub") {
                while position < range.upperBound, !tokens[position].isSymbol("{") { position += 1 }
                position = after(position)
            } else {
                position += 1
            }
        }
        return false
    }

    /// The variables that code names, with what it may do to them.
    mutating func mentions(in range: Range<Int>) -> [Mention] {
        let (outerEnd, outerFlaws, outerIndex) = (end, flaws, index)
        isScanning = true
        defer { (end, flaws, index, isScanning) = (outerEnd, outerFlaws, outerIndex, false) }
        end = min(range.upperBound, outerEnd)
        let range = range.clamped(to: 0..<end)
        let isFollowedByWrite = followedByWrites(range)
        let altersAll = range.first.map { Self.alteringWords.contains(tokens[$0].word ?? "") } ?? false
        var found: [Mention] = []
        for start in range {
            index = start
            guard let target = mentioned() else { continue }
            let isWritten = altersAll || isFollowedByWrite[start - range.lowerBound] || alters(before: start, range)
            found.append(Mention(target: target, isWritten: isWritten, isHandedOver: isHandedOver(start, range)))
        }
        return found
    }

    /// The variable that is named here: `$x…`, or `@x` as a whole.
    private mutating func mentioned() -> Target? {
        guard case .variable(let sigil, let name) = tokens[index].kind else { return nil }
        if sigil == .scalar, let target = target() { return target }
        index += 1
        return Target(base: .variable(sigil.rawValue + name), subscripts: [], offset: tokens[index - 1].start)
    }

    /// For each token, whether a sign that writes follows it in its piece of code.
    private func followedByWrites(_ range: Range<Int>) -> [Bool] {
        let blocks = blocks(in: range)
        var flags = [Bool](repeating: false, count: range.count)
        var isFollowed = false
        for position in range.reversed() {
            if let symbol = tokens[position].symbol {
                if Self.writes(symbol) { isFollowed = true }
                if symbol == ";" || blocks.contains(position) { isFollowed = false }
            }
            flags[position - range.lowerBound] = isFollowed
        }
        return flags
    }

    private static func writes(_ symbol: String) -> Bool {
        symbol == "=~" || symbol == "++" || symbol == "--"
            || (symbol.hasSuffix("=") && !["==", "!=", "<=", ">="].contains(symbol))
    }

    /// Where blocks of statements begin and end: no piece of code goes on beyond them.
    private func blocks(in range: Range<Int>) -> Set<Int> {
        var found: Set<Int> = []
        for position in range where tokens[position].isSymbol("{") {
            let previous = position > range.lowerBound ? tokens[position - 1] : nil
            if Brackets.opensData(after: previous, lastClosedData: !found.contains(position - 1)) { continue }
            found.insert(position)
            if let close = brackets.closers[position] { found.insert(close) }
        }
        return found
    }

    /// Whether the word or sign before a variable, past the brackets and casts around it, alters what follows.
    private func alters(before start: Int, _ range: Range<Int>) -> Bool {
        var before = start - 1
        while before >= range.lowerBound, isCast(before) || tokens[before].isSymbol("{") || tokens[before].isSymbol("(") {
            before -= 1
        }
        guard before >= range.lowerBound else { return false }
        let token = tokens[before]
        return ["\\", "++", "--"].contains(token.symbol) || Self.alteringWords.contains(token.word ?? "")
    }

    private func isCast(_ position: Int) -> Bool {
        if case .cast = tokens[position].kind { true } else { false }
    }

    /// Whether the variable goes to a call, which can alter it: `f($x)`, `f $x`, `map { … } @x`, `$x->method`.
    private func isHandedOver(_ start: Int, _ range: Range<Int>) -> Bool {
        if index < range.upperBound, tokens[index].isSymbol("->") { return true }
        guard start > range.lowerBound else { return false }
        let previous = tokens[start - 1]
        if let word = previous.word {
            let isFileTest = start - 2 >= range.lowerBound && tokens[start - 2].isSymbol("-")
            return !isFileTest && !Self.harmlessWords.contains(word)
        }
        if previous.isSymbol("}") { return true }
        guard previous.isSymbol("(") || previous.isSymbol(","), index < range.upperBound else { return false }
        let isCondition = start - 2 >= range.lowerBound && Self.conditions.contains(tokens[start - 2].word ?? "")
        return !isCondition && (tokens[index].isSymbol(")") || tokens[index].isSymbol(","))
    }

    private static let alteringWords: Set<String> = [
        "push", "unshift", "splice", "delete", "pop", "shift", "local", "undef", "chomp", "chop", "for", "foreach",
    ]
    private static let conditions: Set<String> = [
        "if", "unless", "elsif", "while", "until", "defined", "exists", "ref", "lc", "uc",
    ]
    private static let harmlessWords: Set<String> = conditions.union([
        "print", "return", "scalar", "keys", "values", "length", "not", "and", "or", "xor", "eq", "ne", "lt", "gt", "le", "ge",
        "cmp", "x", "my", "our", "die", "warn", "sort", "reverse", "join", "split", "in",
    ])
}
