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

    // MARK: - Strings

    /// A double-quoted string.
    mutating func joined(_ parts: [Expression], at offset: Int) -> Held {
        var result = PerlText("")
        for part in parts {
            let found: Result<PerlText, PerlFlaw>
            if case .elements = part.kind {
                found = joinedElements(part, by: PerlText(" "), at: offset)
            } else if case .element(let target) = part.kind, isUnknownVariable(target) {
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

    private func isUnknownVariable(_ target: Target) -> Bool {
        guard let name = target.base.variable, name != Target.environment else { return false }
        return variable(name) == nil
    }

    private mutating func joinedElements(_ part: Expression, by separator: PerlText, at offset: Int) -> Result<
        PerlText, PerlFlaw
    > {
        guard case .elements(let aggregate) = part.kind else { return .failure(PerlFlaw(at: offset, "")) }
        if case .variable(let name) = aggregate.base, variable(name) == nil {
            return .failure(PerlFlaw(at: offset, DoubleQuoted.unknownVariable("an '@'")))
        }
        return joined([part], by: separator, at: offset)
    }

    private mutating func joined(_ items: [Expression], by separator: PerlText, at offset: Int) -> Result<PerlText, PerlFlaw> {
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
    private mutating func made(_ text: PerlText, at offset: Int) -> Held {
        spend(text.characters.utf8.count, at: offset).map { Held(unknown: $0) } ?? Held(.text(text), at: offset)
    }

    // MARK: - Operators

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

    // MARK: - Functions

    mutating func call(_ function: Function, _ arguments: [Expression], at offset: Int) -> Held {
        do {
            switch function {
            case .join: return try join(arguments, at: offset).get()
            case .translatable: return arguments.first.map { value(of: $0) } ?? Held(.undefined, at: offset)
            case .decode: return try decode(arguments, at: offset).get()
            case .decodeUTF8: return try decoded(arguments.first, from: .utf8, at: offset).get()
            case .lc, .uc, .lcfirst, .ucfirst, .quotemeta:
                guard arguments.count == 1 else { return unknown(offset, "'\(function.rawValue)' takes one value. Write one.") }
                let text = try text(of: arguments[0]).get()
                return made(changed(text, function), at: offset)
            }
        } catch {
            return Held(unknown: error)
        }
    }

    private func changed(_ text: PerlText, _ function: Function) -> PerlText {
        switch function {
        case .lc: text.lowercased
        case .uc: text.uppercased
        case .lcfirst: text.changingFirst { $0.lowercased }
        case .ucfirst: text.changingFirst { $0.titlecased }
        default: text.quoted
        }
    }

    private mutating func join(_ arguments: [Expression], at offset: Int) -> Result<Held, PerlFlaw> {
        guard let first = arguments.first else { return .failure(PerlFlaw(at: offset, "'join' has no separator. Write one.")) }
        return text(of: first).flatMap { separator in joined(Array(arguments.dropFirst()), by: separator, at: offset) }
            .map { Held(.text($0), at: offset) }
    }

    /// `Encode::decode('utf-8', 'text')`
    private mutating func decode(_ arguments: [Expression], at offset: Int) -> Result<Held, PerlFlaw> {
        guard arguments.count > 1 else {
            return .failure(PerlFlaw(at: offset, "'decode' takes a charset and a text. Write both."))
        }
        return text(of: arguments[0]).flatMap { name in
            guard let charset = PerlText.Charset(name: name.characters) else {
                return .failure(
                    PerlFlaw(at: offset, "'decode' is given a charset other than UTF-8 and Latin-1. Write the text itself."))
            }
            return decoded(arguments[1], from: charset, at: offset)
        }
    }

    private mutating func decoded(
        _ argument: Expression?, from charset: PerlText.Charset, at offset: Int
    ) -> Result<Held, PerlFlaw> {
        guard let argument else { return .success(Held(.undefined, at: offset)) }
        let value = value(of: argument)
        if value.isUndefined { return .success(value) }
        return text(value, at: offset).flatMap { text in
            text.decoded(from: charset).map { .success(Held(.text($0), at: offset)) }
                ?? .failure(
                    PerlFlaw(
                        at: offset, "this text is decoded a second time, which Perl makes nonsense of. Remove the decoding."))
        }
    }
}
