extension Parser {
    /// `{ … }`; what `use` says in it ends with it.
    mutating func block(openedAt open: Int) -> Statement {
        Statement(offset: tokens[open].start, kind: .block(inner(openedAt: open)))
    }

    private mutating func inner(openedAt open: Int) -> [Statement] {
        let close = brackets.closers[open] ?? end
        let outer = end
        let (utf8, strict, name) = (isUTF8, isStrict, package)
        (index, end) = (open + 1, min(close, outer))
        let inner = statements()
        (index, end) = (min(close + 1, outer), outer)
        (flaws, isPlain) = ([], true)
        (isUTF8, isStrict, package) = (utf8, strict, name)
        return inner
    }

    /// `use utf8`, `use strict`, `use v5.36`; the others say nothing about data.
    mutating func pragma(isOn: Bool) -> Statement? {
        let (start, position) = (index, index + 1)
        index = statementEnd(from: index)
        if let slip = CodeCheck.slip(in: tokens, start..<min(index + 1, end)) { complain(at: slip.offset, slip.message) }
        if let next = (start..<index).first(where: { $0 > start && startsStatement($0) }) {
            complain(at: tokens[next - 1].end, "a ';' is missing here. Write ';' to end the statement.")
        }
        guard position < end else { return nil }
        if let word = tokens[position].word, let meant = Self.misspelt(word) {
            complain(at: tokens[position].start, "Perl has no pragma '\(word)'. Is '\(meant)' meant?")
        }
        switch tokens[position].kind {
        case .word("utf8"): setUTF8(isOn, from: tokens[position].end)
        case .word("strict") where isEnd(at: position + 1): isStrict = isOn
        case .number(let version): isStrict = isStrict || isOn && Self.impliesStrict(version)
        case .word(let version) where version.hasPrefix("v5"): isStrict = isStrict || isOn
        default: break
        }
        return nil
    }

    /// The pragma that a word is a letter or two away from.
    private static func misspelt(_ word: String) -> String? {
        let pragmas = ["strict", "warnings", "utf8"]
        guard !pragmas.contains(word), word.utf8.first.map({ $0 >= UInt8(ascii: "a") }) == true else { return nil }
        return Keys.nearest(to: word, among: pragmas, within: word.utf8.count > 5 ? 2 : 1)
    }

    private mutating func setUTF8(_ isOn: Bool, from offset: Int) {
        isUTF8 = isOn
        guard isOn, !source.isUTF8, let flaw = source.firstFlaw(from: offset) else { return }
        complain(
            at: flaw,
            "this byte is no UTF-8, which 'use utf8' in line \(source.line(at: offset)) promises, so Perl does not load "
                + "the file. Save it as UTF-8.")
    }

    /// From 5.12 on.
    private static func impliesStrict(_ version: String) -> Bool {
        let parts = version.split(separator: ".")
        return parts.count > 1 && parts[0] == "5" && (Int(parts[1].prefix(3)) ?? 0) >= 12
    }

    /// `package X;` or `package X { … }`.
    mutating func packageStatement() -> Statement? {
        let finish = statementEnd(from: index)
        guard index + 1 < end, let name = tokens[index + 1].word else {
            index = finish
            return nil
        }
        guard index + 2 < end, tokens[index + 2].isSymbol("{") else {
            package = name
            index = finish
            return nil
        }
        let outer = package
        defer { package = outer }
        package = name
        return block(openedAt: index + 2)
    }

    /// `sub Load` is where the settings are; other subs are skipped.
    mutating func sub() -> Statement? {
        let start = tokens[index].start
        let isLoad = index + 1 < end && tokens[index + 1].isWord("Load")
        let first = index
        while index < end, !tokens[index].isSymbol("{"), !tokens[index].isSymbol(";") { index = after(index) }
        guard index < end, tokens[index].isSymbol("{") else { return nil }
        if first + 2 < index, tokens[first + 1].word != nil, !tokens[first + 2].isSymbol("("), !tokens[first + 2].isSymbol(":")
        {
            complain(at: tokens[first + 2].start, "this is no name of a sub. Write 'sub Name { … }'.")
        }
        guard isLoad else {
            index = after(index)
            return Statement(offset: start, kind: .sub, doubt: CodeCheck.slip(in: tokens, first..<index))
        }
        let parameters = tokens[first..<index].compactMap { token in
            if case .variable(let sigil, let name) = token.kind { sigil.rawValue + name } else { nil }
        }
        let name = package
        let load = Load(package: name, statements: inner(openedAt: index), parameters: parameters, offset: start)
        return Statement(offset: start, kind: .load(load))
    }

    /// A `return` that depends on something is code.
    mutating func leave() -> Statement? {
        let finish = statementEnd(from: index)
        let offset = tokens[index].start
        let isConditional = (index..<finish).contains { Self.modifiers.contains(tokens[$0].word ?? "") }
        if isConditional { return code(endingAt: finish, "a conditional 'return'") }
        let writes = mentions(in: index..<finish).contains { $0.isWritten }
        if writes { return code(endingAt: finish, "'return'") }
        index = finish
        return Statement(offset: offset, kind: .leave)
    }
}
