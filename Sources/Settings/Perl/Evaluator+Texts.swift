extension Evaluator {
    /// A double-quoted string.
    mutating func joined(_ parts: [Expression], at offset: Int) -> Held {
        var result = PerlText("")
        for part in parts {
            let found: Result<PerlText, PerlFlaw>
            if case .elements(let aggregate) = part.kind, isUnknownVariable(aggregate.base) {
                found = .failure(PerlFlaw(at: offset, DoubleQuoted.unknownVariable("an '@'")))
            } else if case .elements = part.kind {
                found = joined([part], by: PerlText(" "), at: offset)
            } else if case .element(let target) = part.kind, isUnknownVariable(target.base) {
                found = .failure(PerlFlaw(at: offset, DoubleQuoted.unknownVariable("a '$'")))
            } else {
                found = text(value(of: part), at: offset)
            }
            switch found {
            case .success(let more): result += more
            case .failure(let flaw): return Held(unknown: flaw)
            }
        }
        return made(result, at: offset)
    }

    private func isUnknownVariable(_ base: Target.Base) -> Bool {
        guard let name = base.variable, name != Target.environment else { return false }
        return variable(name) == nil
    }

    mutating func joined(_ items: [Expression], by separator: PerlText, at offset: Int) -> Result<PerlText, PerlFlaw> {
        var texts: [PerlText] = []
        switch values(of: items, keepsOrder: true, at: offset) {
        case .failure(let flaw): return .failure(flaw)
        case .success(let values):
            for value in values {
                switch text(value, at: offset) {
                case .success(let text): texts.append(text)
                case .failure(let flaw): return .failure(flaw)
                }
            }
        }
        let length = texts.reduce(0) { $0 + $1.characters.utf8.count } + texts.count * separator.characters.utf8.count
        if let flaw = spend(length, at: offset) { return .failure(flaw) }
        var result = texts.first ?? PerlText("")
        for text in texts.dropFirst() {
            result += separator
            result += text
        }
        return .success(result)
    }

    /// A new text, if there is room for it.
    mutating func made(_ text: PerlText, at offset: Int) -> Held {
        spend(text.characters.utf8.count, at: offset).map { Held(unknown: $0) } ?? Held(.text(text), at: offset)
    }
}
