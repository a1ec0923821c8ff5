/// First stage: bytes to tokens.
///
/// Perl's grammar decides by what came before whether `/` divides or opens a regular expression; `expectsTerm` does the same
/// for the forms that configuration files hold. Nothing here recurses.
struct Lexer {
    /// More tokens than any configuration has; keeps memory bounded.
    static let tokenLimit = 2_000_000

    let bytes: [UInt8]
    /// Position in `bytes`. Tokens and the problem count from here, too, until they are `moved`.
    var index = 0
    var tokens: [Token] = []
    /// What ends the reading: after an unterminated quote nothing has a meaning.
    var problem: PerlFlaw?
    /// Here-documents announced on this line: their bodies begin on the next.
    var awaited: [AwaitedHereDocument] = []
    /// For each open `{`, whether it opened data; and whether the last `}` closed data.
    private var openBraces: [Bool] = []
    private(set) var lastClosedData = false
    /// Characters that mean nothing to Perl where they stand.
    private(set) var strangers: [PerlFlaw] = []
    private var isUTF8 = false

    private init(_ source: SourceText) { bytes = source.bytes }

    /// The tokens of a text and what ended them early, with the offsets of its file.
    static func tokens(of source: SourceText) -> (tokens: [Token], problem: PerlFlaw?, strangers: [PerlFlaw]) {
        var lexer = Lexer(source)
        lexer.run()
        let problem = lexer.problem?.moved(by: source.base)
        let tokens = source.base == 0 ? lexer.tokens : lexer.tokens.map { $0.moved(by: source.base) }
        return (tokens, problem, lexer.strangers.map { $0.moved(by: source.base) })
    }

    /// Reads the whole file, or up to the first quote that has no end.
    private mutating func run() {
        while problem == nil {
            skipBlank()
            skipPrototype()
            skipBlank()
            guard problem == nil, index < bytes.count, !isAtEndMarker else { break }
            readToken()
            if tokens.count > Self.tokenLimit {
                fail(at: index, "the file has more than \(Self.tokenLimit) words. Leave only the configuration in it.")
            }
        }
        if problem == nil, let open = awaited.first { failUnterminated(open) }
    }

    /// 0 beyond the end; the file itself holds no zero bytes.
    func byte(_ ahead: Int = 0) -> UInt8 {
        let position = index + ahead
        return position >= 0 && position < bytes.count ? bytes[position] : 0
    }

    mutating func add(_ kind: Token.Kind, from start: Int) {
        if kind == .symbol("{") { openBraces.append(Brackets.opensData(after: tokens.last, lastClosedData: lastClosedData)) }
        if kind == .symbol("}") { lastClosedData = openBraces.popLast() ?? false }
        noteStranger(kind, from: start)
        tokens.append(Token(kind: kind, start: start, end: index))
    }

    /// Letters beyond ASCII are part of a name only under `use utf8`, and not all of them; control characters never are.
    private mutating func noteStranger(_ kind: Token.Kind, from start: Int) {
        let isKnown: Bool
        switch kind {
        case .word(let name):
            isKnown = isName(name)
            if name == "utf8", tokens.last?.isWord("use") == true { isUTF8 = true }
            if name == "utf8", tokens.last?.isWord("no") == true { isUTF8 = false }
        case .variable(_, let name): isKnown = isName(name)
        case .symbol(let symbol): isKnown = symbol.utf8.first.map { $0 > 0x20 && $0 < 0x7F } ?? true
        case .quoted, .number, .code, .cast: isKnown = true
        }
        guard !isKnown, strangers.count < Self.strangerLimit else { return }
        strangers.append(
            PerlFlaw(at: start, "a character here means nothing to Perl. Remove it, or put quotes around the text."))
    }

    private func isName(_ name: String) -> Bool {
        name.utf8.allSatisfy { $0 < 0x80 && $0 >= 0x20 }
            || isUTF8
                && name.unicodeScalars.allSatisfy { $0 == ":" || $0.properties.isXIDContinue }
    }

    private static let strangerLimit = 20

    mutating func fail(at offset: Int, _ message: String) {
        problem = problem ?? PerlFlaw(at: offset, message)
    }

    private mutating func readToken() {
        let first = byte()
        switch first {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): readQuote()
        case UInt8(ascii: "$"): readScalar()
        case UInt8(ascii: "@") where expectsTerm || startsVariable(1): readSigil(.array)
        case UInt8(ascii: "%") where expectsTerm || (startsVariable(1) && isAfterWord): readSigil(.hash)
        case UInt8(ascii: "/") where expectsTerm: readMatch()
        case UInt8(ascii: "<") where startsHereDocument: readHereDocumentStart()
        case UInt8(ascii: "<") where expectsTerm && readsFile: readFileRead()
        case _ where first.isDigit || (first == UInt8(ascii: ".") && byte(1).isDigit && expectsTerm): readNumber()
        case _ where first.startsWord: readWord()
        default: readSymbol()
        }
    }

    /// Whether the innermost `{` opened a hash or a subscript.
    var isInsideData: Bool { openBraces.last == true }

    /// Whether a value may begin here, rather than an operator.
    var expectsTerm: Bool {
        guard let last = tokens.last else { return true }
        switch last.kind {
        case .word(let word): return Self.wordsBeforeTerms.contains(word)
        case .symbol("}"): return !lastClosedData
        case .symbol(let symbol): return symbol != ")" && symbol != "]"
        case .cast: return true
        case .variable, .quoted, .number, .code: return false
        }
    }

    private var isAfterWord: Bool {
        guard let last = tokens.last, case .word = last.kind else { return false }
        return true
    }

    private func startsVariable(_ ahead: Int) -> Bool {
        let next = byte(ahead)
        return next.startsWord || next == UInt8(ascii: "{") || next == UInt8(ascii: "$")
    }

    func hasNewline(between start: Int, and end: Int) -> Bool { bytes[start..<end].contains(UInt8(ascii: "\n")) }

    private static let wordsBeforeTerms: Set<String> = [
        "and", "or", "not", "xor", "eq", "ne", "lt", "gt", "le", "ge", "cmp", "x", "if", "unless", "while", "until", "for",
        "foreach", "return", "split", "grep", "map", "join", "push", "unshift", "print", "when", "elsif",
        "lc", "uc", "lcfirst", "ucfirst", "quotemeta", "defined", "ref", "scalar",
    ]
}

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    var isBlank: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
    /// A letter, an underscore, or part of a letter beyond ASCII.
    var startsWord: Bool {
        (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "z")) || self == UInt8(ascii: "_") || self >= 0x80
    }
    var continuesWord: Bool { startsWord || isDigit }
}
