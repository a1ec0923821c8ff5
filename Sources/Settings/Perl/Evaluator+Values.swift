extension Evaluator {
    /// The value of an expression where one value is wanted.
    mutating func value(of expression: Expression) -> Held {
        let offset = expression.offset
        switch expression.kind {
        case .text(let text): return Held(.text(text), at: offset)
        case .number(let number): return Held(.number(number), at: offset)
        case .undefined: return Held(.undefined, at: offset)
        case .held(let value): return value
        case .unreadable(let flaw): return Held(unknown: flaw)
        case .joined(let parts): return joined(parts, at: offset)
        case .array(let items): return array(items, at: offset)
        case .hash(let items): return hash(items, at: offset)
        case .element(let target): return element(target, at: offset)
        case .reference(let aggregate): return reference(to: aggregate)
        case .operation(let first, let rest): return operation(first, rest, at: offset)
        case .negated(let inner, let times): return negated(inner, times, at: offset)
        case .firstOf(let items, let definedOnly): return first(of: items, definedOnly: definedOnly)
        case .call(let function, let arguments): return call(function, arguments, at: offset)
        case .taken(let array, let atFront): return take(from: array, atFront: atFront, at: offset)
        case .assignment(let assignment): return run(assignment)
        case .list(let items) where items.count == 1: return value(of: items[0])
        case .list: return unknown(offset, "a list in ( ) where one value belongs. Write [ ] around the elements.")
        case .elements: return unknown(offset, "elements where one value belongs. Write [ ] or { } around them.")
        }
    }

    func unknown(_ offset: Int, _ message: String) -> Held { Held(unknown: PerlFlaw(at: offset, message)) }

    /// The same flaw where a value is used that has it: the code is elsewhere.
    func used(_ flaw: PerlFlaw, at offset: Int) -> PerlFlaw {
        guard flaw.offset != offset, !flaw.isTold else { return flaw }
        let line = line(at: flaw.offset)
        return PerlFlaw(
            at: offset,
            "the value used here comes from code on line \(line), which Rollcall does not run. Write the value itself.")
    }

    // MARK: - Variables

    /// What a variable or an element of one holds.
    private mutating func element(_ target: Target, at offset: Int) -> Held {
        if target.base.variable == Target.environment { return environmentValue(target, at: offset) }
        if let name = target.base.variable, variable(name) == nil { return unknown(offset, Self.unknownVariable) }
        let place = place(of: target)
        guard let found = read(place) else {
            // What the ticket system has there by default is not known; elsewhere nothing is undef.
            if case .pair(settings, _, _) = place { return unknown(offset, Self.unknownVariable) }
            return Held(.undefined, at: offset)
        }
        if case .unknown(let flaw) = found.content { return Held(unknown: used(flaw, at: offset)) }
        return Held(found.content, at: offset)
    }

    static let unknownVariable =
        "this variable has no value that Rollcall knows. Write the value, or assign the variable before."

    private mutating func environmentValue(_ target: Target, at offset: Int) -> Held {
        guard target.subscripts.count == 1, case .key(let expression) = target.subscripts[0],
            case .success(let name) = text(of: expression)
        else { return unknown(offset, "the environment is read one variable at a time. Write $ENV{NAME}.") }
        guard let value = environment[name.characters] else {
            return unknown(
                offset,
                "the environment variable \(name.characters) is not set. Set it for Rollcall, or write the value.")
        }
        noteEnvironment(at: offset)
        return Held(.text(PerlText(bytes: value.utf8, isUTF8: false)), at: offset)
    }

    private mutating func reference(to aggregate: Aggregate) -> Held {
        switch container(aggregate, isNeeded: false) {
        case .success(let value?): return Held(value.content, at: aggregate.offset)
        case .success(nil): return unknown(aggregate.offset, Self.unknownVariable)
        case .failure(let flaw): return Held(unknown: used(flaw, at: aggregate.offset))
        }
    }
}
