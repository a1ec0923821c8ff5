/// Third stage: tokens to statements.
///
/// Statements that are data become `Statement`s; everything else becomes `.code` with the variables it names. Whether a flaw
/// matters depends on the key concerned, which only the evaluator knows, so flaws travel with their statement.
struct Parser {
    let source: SourceText
    let tokens: [Token]
    let brackets: Brackets
    var index = 0
    /// Tokens from here on belong to somebody else.
    var end: Int
    /// Flaws of the statement that is being read.
    var problems: [SyntaxProblem] = []

    init(source: SourceText, tokens: [Token], brackets: Brackets) {
        self.source = source
        self.tokens = tokens
        self.brackets = brackets
        end = tokens.count
    }

    /// Reads the statements from here to `end`.
    mutating func statements() -> [Statement] {
        var found: [Statement] = []
        while index < end {
            problems = []
            if var statement = statement() {
                statement.problems = problems
                found.append(statement)
            }
        }
        return found
    }

    /// Nil for what is nothing: `;`, `use`, `package`, other subs.
    private mutating func statement() -> Statement? {
        let token = tokens[index]
        switch token.kind {
        case .symbol("{"): return block(openedAt: index)
        case .symbol(";"), .symbol("}"), .symbol(")"), .symbol("]"):
            index += 1
            return nil
        case .word(let word): return wordStatement(word)
        case .number where isEnd(at: index + 1):
            index += 2
            return nil
        case .variable, .cast: return assignment(isNew: false)
        default: return code(endingAt: statementEnd(from: index), "code")
        }
    }

    private mutating func wordStatement(_ word: String) -> Statement? {
        switch word {
        case "package", "use", "no": return frame(word)
        case "sub": return sub()
        case "return": return leave()
        case "my", "our", "local":
            index += 1
            return assignment(isNew: true)
        case "push", "unshift": return push(atFront: word == "unshift")
        case "delete": return delete()
        default:
            let isCompound = Self.compoundWords.contains(word)
            return code(endingAt: isCompound ? compoundEnd() : statementEnd(from: index), "'\(word)'")
        }
    }

    /// The statements of `{ … }`, as one.
    mutating func block(openedAt open: Int, isSub: Bool = false) -> Statement {
        let close = brackets.closers[open] ?? end
        let outer = end
        let flaws = problems
        (index, end) = (open + 1, min(close, outer))
        let inner = statements()
        (index, end, problems) = (min(close + 1, outer), outer, flaws)
        return Statement(offset: tokens[open].start, kind: .block(inner, isSub: isSub))
    }

    /// `package X;` and `use X …;` say nothing to Rollcall; `package X { … }` does.
    private mutating func frame(_ word: String) -> Statement? {
        let finish = statementEnd(from: index)
        if word == "package", index + 2 < end, tokens[index + 2].isSymbol("{") { return block(openedAt: index + 2) }
        index = finish
        return nil
    }

    /// `sub Load` is where the settings are; other subs are skipped.
    private mutating func sub() -> Statement? {
        let isLoad = index + 1 < end && tokens[index + 1].isWord("Load")
        while index < end, !tokens[index].isSymbol("{"), !tokens[index].isSymbol(";") {
            index = after(index)
        }
        guard index < end, tokens[index].isSymbol("{") else { return nil }
        if isLoad { return block(openedAt: index, isSub: true) }
        index = after(index)
        return nil
    }

    /// A conditional `return` is code.
    private mutating func leave() -> Statement? {
        let finish = statementEnd(from: index)
        if (index..<finish).contains(where: { Self.modifiers.contains(tokens[$0].word ?? "") }) {
            return code(endingAt: finish, "a conditional 'return'")
        }
        let offset = tokens[index].start
        index = finish
        return Statement(offset: offset, kind: .leave)
    }

    // MARK: - Ends

    /// The index behind a token, or behind the bracket it opens.
    func after(_ position: Int) -> Int { min((brackets.closers[position] ?? position) + 1, end) }

    /// Whether nothing or `;` stands at `position`.
    func isEnd(at position: Int) -> Bool {
        position >= end || tokens[position].isSymbol(";") && !brackets.strayTerminators.contains(position)
    }

    /// The index of the `;` that ends the statement, or `end`.
    func statementEnd(from start: Int) -> Int {
        var position = start
        while !isEnd(at: position) {
            if brackets.cutOff.contains(position) { return min(brackets.closers[position] ?? end, end) }
            position = after(position)
        }
        return position
    }

    /// Behind the last block of `if … else …`, `for …` and their kind.
    private func compoundEnd() -> Int {
        var position = index
        while !isEnd(at: position) {
            let isBlock = tokens[position].isSymbol("{")
            position = after(position)
            let next = position < end ? tokens[position].word ?? "" : ""
            if isBlock, !["else", "elsif", "continue"].contains(next) { return position }
        }
        return position
    }

    static let compoundWords: Set<String> = [
        "if", "unless", "while", "until", "for", "foreach", "BEGIN", "END", "INIT", "CHECK", "UNITCHECK",
    ]
    static let modifiers: Set<String> = ["if", "unless", "while", "until", "for", "foreach"]
}
