extension Evaluator {
    /// The value of an expression where one value is wanted.
    mutating func value(of expression: Expression) -> Value {
        let offset = expression.offset
        switch expression.kind {
        case .text(let text): return Value(.text(text), at: offset)
        case .number(let number): return Value(.number(number), at: offset)
        case .undefined: return Value(.undefined, at: offset)
        case .unreadable: return unknown(at: offset)
        case .joined(let parts): return joined(parts, at: offset)
        case .array(let items): return bounded(Value(.list(List(values(of: items))), at: offset))
        case .hash(let items): return hash(items, at: offset)
        case .element(let target): return element(target, at: offset)
        case .arithmetic(let first, let rest): return arithmetic(first, rest, at: offset)
        case .negated(let inner): return negated(inner, at: offset)
        case .list(let items) where items.count == 1: return value(of: items[0])
        case .list: return refuse(offset, "a list in ( ) where one value belongs. Write [ ] around the elements.")
        case .elements: return refuse(offset, "elements where one value belongs. Write [ ] or { } around them.")
        }
    }

    /// The values of a list: `( )`, `qw` and `@…` give all of theirs.
    mutating func values(of items: [Expression]) -> [Value] {
        var found: [Value] = []
        for item in items {
            switch item.kind {
            case .list(let inner): found += values(of: inner)
            case .elements(let container): found += elements(of: container)
            default: found.append(value(of: item))
            }
        }
        return found
    }

    private mutating func elements(of container: Expression) -> [Value] {
        let value = value(of: container)
        switch value.content {
        case .list(let list): return list.elements.map { Value($0.shared.content, at: container.offset) }
        case .hash(let hash):
            return hash.pairs.flatMap { [Value(.text($0.key), at: container.offset), $0.value.shared] }
        case .undefined: return []
        case .unknown: return [value]
        case .text, .number:
            return [refuse(container.offset, "'@' or '%' stands before \(value.kind). Write a list or a hash.")]
        }
    }

    private mutating func hash(_ items: [Expression], at offset: Int) -> Value {
        let values = values(of: items)
        var hash = Hash()
        for index in stride(from: 0, to: values.count, by: 2) {
            guard let key = key(values[index]) else { continue }
            guard index + 1 < values.count else {
                report(values[index].offset, "the last key of this hash has no value. Write '=> value' after it.")
                break
            }
            hash.set(values[index + 1], for: key, keyOffset: values[index].offset)
        }
        return bounded(Value(.hash(hash), at: offset))
    }

    /// A value as key of a hash. Nil, and reported, if it cannot be one.
    mutating func key(_ value: Value) -> String? {
        if let text = value.text { return text }
        guard !value.isUnknown else { return nil }
        report(value.offset, "\(value.kind) stands where the key of a hash belongs. Look for a missing or additional ','.")
        return nil
    }

    /// What has just been reported if it concerns Rollcall, and is reported where it is used otherwise.
    func unknown(at offset: Int) -> Value { Value(.unknown(because: subject == nil ? offset : nil), at: offset) }

    mutating func refuse(_ offset: Int, _ message: String) -> Value {
        report(offset, message)
        return unknown(at: offset)
    }

    private mutating func bounded(_ value: Value) -> Value {
        guard value.depth > Brackets.depthLimit else { return value }
        return refuse(value.offset, "values nest deeper than \(Brackets.depthLimit) levels. Write them flatter.")
    }

    private mutating func joined(_ parts: [Expression], at offset: Int) -> Value {
        var text = ""
        for part in parts {
            if case .element(let target) = part.kind, target.variable != Target.environment, lookUp(target) == nil {
                return refuse(offset, DoubleQuoted.unknownVariable("a '$'"))
            }
            let value = value(of: part)
            guard let more = scalarText(value, offset) else { return unknown(at: offset) }
            text += more
        }
        return Value(.text(text), at: offset)
    }

    /// Nil, and reported, for what has no text.
    private mutating func scalarText(_ value: Value, _ offset: Int) -> String? {
        if let text = value.text { return text }
        if value.isUnknown {
            explain(value, at: offset)
        } else {
            report(offset, "\(value.kind) is no part of a text. Write text.")
        }
        return nil
    }

    private mutating func negated(_ inner: Expression, at offset: Int) -> Value {
        let value = value(of: inner)
        if case .text(let text) = value.content, let first = text.utf8.first, first.startsWord {
            return Value(.text("-" + text), at: offset)
        }
        guard let number = number(value) else { return unknown(at: offset) }
        return Value(.number(Number.calculate(.integer(0), "-", number) ?? number), at: offset)
    }

    private mutating func arithmetic(_ first: Expression, _ rest: [(String, Expression)], at offset: Int) -> Value {
        var result = value(of: first)
        for (sign, operand) in rest {
            result = calculate(result, sign, value(of: operand), at: offset)
            if result.isUnknown { return result }
        }
        return result
    }

    mutating func calculate(_ left: Value, _ sign: String, _ right: Value, at offset: Int) -> Value {
        if sign == "." {
            guard let left = scalarText(left, offset), let right = scalarText(right, offset) else {
                return unknown(at: offset)
            }
            return Value(.text(left + right), at: offset)
        }
        guard let left = number(left), let right = number(right) else { return unknown(at: offset) }
        guard let result = Number.calculate(left, sign, right) else {
            return refuse(offset, "a division by zero. Write the result.")
        }
        return Value(.number(result), at: offset)
    }

    private mutating func number(_ value: Value) -> Number? {
        if case .number(let number) = value.content { return number }
        return scalarText(value, value.offset).map { Number(prefixOf: $0) }
    }
}
