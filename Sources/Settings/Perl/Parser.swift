/// Third stage: tokens to statements.
///
/// Statements that are data become `Statement`s with their values; everything else becomes `.code` with the variables it
/// names. Whether a flaw matters depends on whose value it is, which only the evaluator knows.
struct Parser {
    /// More right-hand sides, exponents and the like in one another than anybody writes.
    static let chainLimit = 50

    let source: SourceText
    let tokens: [Token]
    let brackets: Brackets
    var index = 0
    /// Tokens from here on belong to somebody else.
    var end: Int
    /// Mistakes in the statement that is being read.
    var flaws: [PerlFlaw] = []
    /// Nothing of the statement that is being read had to be given up so far.
    var isPlain = true
    /// Where the value of the statement that is being read begins.
    var valueStart: Int?
    /// What had to be given up of the statement that is being read.
    var unread: [Range<Int>] = []
    /// Code is searched for the variables that it names.
    var isScanning = false
    /// Right-hand sides that are being read.
    var chainDepth = 0

    // MARK: What `use` and `package` have said

    /// `use utf8`: strings hold characters.
    var isUTF8 = false
    /// `use strict`: bare words with `::` are no keys.
    var isStrict = false
    var package = "main"
    /// The last statement at the top has a true value, which Perl asks of a file.
    private(set) var endsTrue = false
    private var isTop: Bool { end == tokens.count }

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
            (flaws, isPlain, valueStart, unread) = ([], true, nil, [])
            if isTop { noteTruth() }
            guard var statement = statement() else {
                if !flaws.isEmpty { found.append(Statement(offset: flaws[0].offset, kind: .sub, flaws: flaws)) }
                continue
            }
            statement.flaws = flaws
            statement.isPlain = isPlain
            statement.isStrict = isStrict
            if !isPlain, let valueStart {
                statement.mentions = unread.flatMap { mentions(in: $0.clamped(to: valueStart..<index)) }
                inspect(valueStart..<index, for: &statement)
            }
            found.append(statement)
        }
        return found
    }

    /// Whether the statement that begins here is true, as far as it shows; what does not run changes nothing.
    private mutating func noteTruth() {
        switch tokens[index].kind {
        case .symbol(";"), .symbol("}"), .word("sub"), .word("use"), .word("no"), .word("package"): break
        case .number(let text) where isEnd(at: index + 1): endsTrue = Number(literal: text)?.isZero == false
        default: endsTrue = true
        }
    }

    /// Nil for what is nothing: `;`, `use`, `package`, `1`.
    private mutating func statement() -> Statement? {
        let token = tokens[index]
        switch token.kind {
        case .symbol("{"): return block(openedAt: index)
        case .symbol(";"), .symbol("}"), .symbol(")"), .symbol("]"):
            index += 1
            return nil
        case .word(let word): return wordStatement(word)
        case .number where isEnd(at: index + 1), .quoted where isEnd(at: index + 1):
            index += 2
            return nil
        case .variable, .cast, .symbol("("): return assignment(isNew: false)
        default: return code(endingAt: statementEnd(from: index), "code")
        }
    }

    private mutating func wordStatement(_ word: String) -> Statement? {
        switch word {
        case "use", "no": return pragma(isOn: word == "use")
        case "package": return packageStatement()
        case "sub": return sub()
        case "return": return leave()
        case "my", "our":
            index += 1
            return assignment(isNew: true)
        case "push", "unshift": return push(atFront: word == "unshift")
        case "delete": return delete()
        case "shift", "pop": return take(atFront: word == "shift")
        default:
            let isCompound = Self.compoundWords.contains(word)
            return code(endingAt: isCompound ? compoundEnd() : statementEnd(from: index), "'\(word)'")
        }
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

    // MARK: - Flaws

    /// A mistake that Perl does not compile, either.
    mutating func complain(at offset: Int, _ message: String) { flaws.append(PerlFlaw(at: offset, message)) }

    /// Something that is no data.
    mutating func unreadable(at offset: Int, _ message: String) -> Expression {
        isPlain = false
        return Expression(unreadable: PerlFlaw(at: offset, message))
    }

    /// A mistake where a value belongs.
    mutating func mistaken(at offset: Int, _ message: String) -> Expression {
        complain(at: offset, message)
        return Expression(unreadable: PerlFlaw(at: offset, message))
    }
}
