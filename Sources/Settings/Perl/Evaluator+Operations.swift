extension Evaluator {
    /// A value as text. A failure for what has none.
    func text(_ value: Held, at offset: Int) -> Result<PerlText, PerlFlaw> {
        switch value.content {
        case .text(let text): .success(text)
        case .number(let number): .success(PerlText(number.text))
        case .unknown(let flaw): .failure(flaw)
        case .undefined, .array, .hash: .failure(PerlFlaw(at: offset, "\(value.kind) is no part of a text. Write text."))
        }
    }

    mutating func text(of expression: Expression) -> Result<PerlText, PerlFlaw> {
        text(value(of: expression), at: expression.offset)
    }

    /// A value as a number. A failure for what has none.
    func number(_ value: Held) -> Result<Number, PerlFlaw> {
        if case .number(let number) = value.content { return .success(number) }
        return text(value, at: value.offset).map { Number(prefixOf: $0.characters) }
    }

    mutating func operation(_ first: Expression, _ rest: [(Operator, Expression)], at offset: Int) -> Held {
        var result = value(of: first)
        for (operation, operand) in rest {
            result = calculate(result, operation, value(of: operand), at: offset)
            if case .unknown = result.content { return result }
        }
        return result
    }

    mutating func calculate(_ left: Held, _ operation: Operator, _ right: Held, at offset: Int) -> Held {
        do {
            switch operation {
            case .concatenate: return made(try text(left, at: offset).get() + text(right, at: offset).get(), at: offset)
            case .repeat: return repeated(try text(left, at: offset).get(), try number(right).get(), at: offset)
            default: break
            }
            guard let result = Number.calculate(try number(left).get(), operation, try number(right).get()) else {
                return unknown(offset, "a division by zero. Write the result.")
            }
            return Held(.number(result), at: offset)
        } catch {
            return Held(unknown: error)
        }
    }

    private mutating func repeated(_ text: PerlText, _ count: Number, at offset: Int) -> Held {
        let times = Int(max(0, min(count.real.isNaN ? 0 : count.real, Double(Self.budget))))
        let (length, overflow) = times.multipliedReportingOverflow(by: max(1, text.characters.utf8.count))
        if let flaw = spend(overflow ? Self.budget : length, at: offset) { return Held(unknown: flaw) }
        return Held(.text(PerlText(String(repeating: text.characters, count: times), isWide: text.isWide)), at: offset)
    }

    /// Minus signs before a value: before a word they are text (perlop, "Symbolic Unary Operators").
    mutating func negated(_ inner: Expression, _ times: Int, at offset: Int) -> Held {
        var value = value(of: inner)
        for _ in 0..<(times > 2 ? 2 - times % 2 : times) {
            if case .text(let text) = value.content, let negated = Self.negatedWord(text) {
                value = Held(.text(negated), at: offset)
                continue
            }
            switch number(value) {
            case .success(let number): value = Held(.number(number.negated), at: offset)
            case .failure(let flaw): return Held(unknown: flaw)
            }
        }
        return value
    }

    /// `-word` for `word`, `+word` for `-word`. Nil for what is a number.
    private static func negatedWord(_ text: PerlText) -> PerlText? {
        guard let first = text.characters.unicodeScalars.first else { return nil }
        let rest = String(text.characters.unicodeScalars.dropFirst())
        if first == "+" { return PerlText("-" + rest, isWide: text.isWide) }
        if first == "-" { return looksLikeNumber(text) ? nil : PerlText("+" + rest, isWide: text.isWide) }
        let startsWord = first.isASCII ? UInt8(first.value).startsWord : text.isWide && first.properties.isAlphabetic
        return startsWord ? PerlText("-" + text.characters, isWide: text.isWide) : nil
    }

    private static func looksLikeNumber(_ text: PerlText) -> Bool {
        let digits = text.characters.drop { $0 == "-" }
        return digits.utf8.first.map { $0.isDigit || $0 == UInt8(ascii: ".") } == true
            && Double(digits) != nil
    }

    /// `||` and `//`. An environment variable that is not set counts as undef here.
    mutating func first(of items: [Expression], definedOnly: Bool) -> Held {
        for item in items.dropLast() {
            if isAbsentEnvironment(item) { continue }
            let value = value(of: item)
            if case .unknown = value.content { return value }
            if definedOnly ? !value.isUndefined : value.isTrue { return value }
        }
        return value(of: items[items.count - 1])
    }

    private mutating func isAbsentEnvironment(_ item: Expression) -> Bool {
        guard case .element(let target) = item.kind, target.base.variable == Target.environment, target.subscripts.count == 1,
            case .key(let expression) = target.subscripts[0], case .success(let name) = text(of: expression)
        else { return false }
        return environment[name.characters] == nil
    }
}
