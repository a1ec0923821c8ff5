/// Looks for what no Perl compiles in code that Rollcall does not read, by which word may follow which.
///
/// A file that Perl does not load means nothing to the ticket system, and Rollcall would read it differently. This finds
/// most slips of the pen; what it does not know, it lets pass.
struct CodeCheck {
    private let tokens: [Token]
    private let range: Range<Int>
    /// For each open bracket, whether what it closes is a value.
    private var open: [Bool] = []
    private var lastClosedIsValue = false

    /// The first slip in a piece of code. Nil if none is seen.
    static func slip(in tokens: [Token], _ range: Range<Int>) -> PerlFlaw? {
        var check = CodeCheck(tokens: tokens, range: range)
        return check.run()
    }

    private init(tokens: [Token], range: Range<Int>) {
        self.tokens = tokens
        self.range = range
    }

    private mutating func run() -> PerlFlaw? {
        for position in range {
            if isSlip(at: position) {
                return PerlFlaw(
                    at: tokens[position].start,
                    "Perl does not seem to compile this: look for a slip in front of this place. The ticket system does not load "
                        + "a file that has one.")
            }
            note(position)
        }
        return nil
    }

    /// Keeps track of brackets.
    private mutating func note(_ position: Int) {
        switch tokens[position].symbol {
        case "(", "[": open.append(true)
        case "{":
            let previous = position > range.lowerBound ? tokens[position - 1] : nil
            open.append(Brackets.opensData(after: previous, lastClosedData: lastClosedIsValue))
        case ")", "]", "}": lastClosedIsValue = open.popLast() ?? false
        default: break
        }
    }

    private func isSlip(at position: Int) -> Bool {
        guard position > range.lowerBound else { return isBinary(tokens[position]) }
        let (previous, next) = (tokens[position - 1], tokens[position])
        if isBinary(previous) { return isBinary(next) || next.symbol.map { [";", ")", "]", "}", ","].contains($0) } == true }
        if isBinary(next) { return beginsStatement(behind: position - 1) }
        return startsValue(next) && endsValue(position - 1)
    }

    /// An operator that needs a value on both sides, whatever stands around it.
    private func isBinary(_ token: Token) -> Bool { token.symbol.map(Self.binary.contains) ?? false }

    private func beginsStatement(behind position: Int) -> Bool {
        switch tokens[position].symbol {
        case ";", "(", "[", ",": true
        case "{": tokens[position + 1].symbol != "->"
        default: false
        }
    }

    private func startsValue(_ token: Token) -> Bool {
        switch token.kind {
        case .quoted, .number, .variable, .cast: true
        case .word, .code, .symbol: false
        }
    }

    private func endsValue(_ position: Int) -> Bool {
        switch tokens[position].kind {
        case .quoted, .number, .code: true
        case .variable(.scalar, _): !isBehindWord(position)
        case .symbol("]"), .symbol("}"): lastClosedIsValue
        case .symbol(")"): true
        case .variable, .word, .cast, .symbol: false
        }
    }

    /// `print $handle 'text'`
    private func isBehindWord(_ position: Int) -> Bool {
        guard position > range.lowerBound else { return false }
        let previous = tokens[position - 1]
        return previous.word != nil || previous.isSymbol("{")
    }

    private static let binary: Set<String> = [
        "=", "==", "!=", "=~", "!~", "<=", ">=", "<=>", "&&", "||", "//", ".", "/", "?", "->", "+=", "-=", "*=", "/=", ".=",
        "%=", "**=", "||=", "&&=", "//=", "|", "^", ">", "..",
    ]
}
