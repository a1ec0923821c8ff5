/// Second stage: which bracket closes which, without recursion.
///
/// A `;` inside data means that a bracket is missing before it. Ending the data there keeps the statements after it readable.
struct Brackets {
    /// More than any configuration nests; later stages recurse at most this deep.
    static let depthLimit = 200

    /// By token: the index of the bracket that closes it, or where its content was cut off.
    private(set) var closers: [Int: Int] = [:]
    /// Opening tokens whose content was cut off; they have been reported.
    private(set) var cutOff: Set<Int> = []
    /// Tokens `;` that stand where `,` belongs; they have been reported.
    private(set) var strayTerminators: Set<Int> = []
    private(set) var problems: [PerlFlaw] = []
    /// Nesting beyond the limit: nothing of the file can be used.
    private(set) var isTooDeep = false

    private struct Open {
        let index: Int
        let closer: String
        /// A list, a hash or a subscript, where no `;` can stand.
        let isData: Bool
    }

    private let tokens: [Token]
    private let source: SourceText
    private var open: [Open] = []
    private var lastClosedWasData = false

    init(_ tokens: [Token], source: SourceText) {
        self.tokens = tokens
        self.source = source
        for index in tokens.indices where !isTooDeep { visit(index) }
        guard !isTooDeep else { return }
        if let last = open.last { report(last, "has no closing '\(last.closer)' before the end of the file") }
        for bracket in open { cut(bracket, at: tokens.count) }
    }

    private mutating func visit(_ index: Int) {
        switch tokens[index].symbol {
        case "(": push(Open(index: index, closer: ")", isData: !isAfterLoopWord(index)))
        case "[": push(Open(index: index, closer: "]", isData: true))
        case "{":
            push(
                Open(
                    index: index, closer: "}",
                    isData: Self.opensData(after: index > 0 ? tokens[index - 1] : nil, lastClosedData: lastClosedWasData)))
        case ")", "]", "}": close(index)
        case ";": endStatement(index)
        default: break
        }
    }

    private mutating func push(_ bracket: Open) {
        open.append(bracket)
        guard open.count > Self.depthLimit else { return }
        isTooDeep = true
        problems.append(
            PerlFlaw(
                at: tokens[bracket.index].start,
                "brackets nest deeper than \(Self.depthLimit) levels. Configurations need about ten: check this place."
            ))
    }

    private mutating func close(_ index: Int) {
        let mark = tokens[index].symbol ?? ""
        guard let match = open.lastIndex(where: { $0.closer == mark }) else {
            return report(index, "'\(mark)' closes nothing. Remove it, or add the bracket that it should close.")
        }
        for bracket in open[(match + 1)...] {
            let line = source.line(at: tokens[bracket.index].start)
            report(index, "'\(mark)' stands where '\(bracket.closer)' should close the bracket of line \(line). Add it here.")
            cut(bracket, at: index)
        }
        closers[open[match].index] = index
        lastClosedWasData = open[match].isData
        open.removeSubrange(match...)
    }

    private mutating func endStatement(_ index: Int) {
        guard open.last?.isData == true else { return }
        if isPairAhead(of: index) {
            strayTerminators.insert(index)
            return report(index, "';' ends the statement inside a list. Write ',' between its elements.")
        }
        let first = (open.lastIndex { !$0.isData }).map { $0 + 1 } ?? 0
        let line = source.line(at: tokens[index].start)
        report(open[first], "has no closing '\(open[first].closer)' before the ';' of line \(line)")
        for bracket in open[first...] { cut(bracket, at: index) }
        open.removeSubrange(first...)
    }

    /// `name =>`: a list goes on after this.
    private func isPairAhead(of index: Int) -> Bool {
        index + 2 < tokens.count && tokens[index + 2].isSymbol("=>")
    }

    private mutating func cut(_ bracket: Open, at index: Int) {
        closers[bracket.index] = index
        cutOff.insert(bracket.index)
    }

    private mutating func report(_ bracket: Open, _ flaw: String) {
        report(bracket.index, "the '\(tokens[bracket.index].symbol ?? "")' that opens here \(flaw). Close it.")
    }

    private mutating func report(_ index: Int, _ message: String) {
        problems.append(PerlFlaw(at: tokens[index].start, message))
    }

    /// `for (…; …; …)`.
    private func isAfterLoopWord(_ index: Int) -> Bool {
        guard index > 0, let word = tokens[index - 1].word else { return false }
        return ["for", "foreach", "while", "until"].contains(word)
    }

    /// Whether a `{` after this token opens a hash or a subscript, rather than a block of statements.
    static func opensData(after previous: Token?, lastClosedData: Bool) -> Bool {
        switch previous?.kind {
        case nil: false
        case .word(let word): word == "return"
        case .variable, .cast: true
        case .symbol("}"): lastClosedData
        case .symbol(let symbol): ![";", ")", "{"].contains(symbol)
        case .quoted, .number, .code: true
        }
    }
}
