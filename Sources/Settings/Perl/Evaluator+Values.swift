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

    private static let unknownVariable =
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

    // MARK: - Lists

    private mutating func array(_ items: [Expression], at offset: Int) -> Held {
        switch values(of: items, keepsOrder: true, at: offset) {
        case .success(let elements): return Held(.array(heap.make(elements)), at: offset)
        case .failure(let flaw): return Held(unknown: flaw)
        }
    }

    private mutating func hash(_ items: [Expression], at offset: Int) -> Held {
        switch values(of: items, keepsOrder: false, at: offset) {
        case .success(let values):
            switch pairs(of: values) {
            case .success(let hash): return Held(.hash(heap.makeHash(hash)), at: offset)
            case .failure(let flaw): return Held(unknown: flaw)
            }
        case .failure(let flaw): return Held(unknown: flaw)
        }
    }

    /// Keys and values in turn, as a hash.
    func pairs(of values: [Held]) -> Result<Heap.Hash, PerlFlaw> {
        var hash = Heap.Hash()
        for index in stride(from: 0, to: values.count, by: 2) {
            switch key(values[index]) {
            case .failure(let flaw): return .failure(flaw)
            case .success(let key):
                guard index + 1 < values.count else {
                    return .failure(
                        PerlFlaw(at: values[index].offset, "the last key of this hash has no value. Write '=> value' after it.")
                    )
                }
                hash.set(values[index + 1], for: key, at: values[index].offset)
            }
        }
        return .success(hash)
    }

    private func key(_ value: Held) -> Result<PerlText, PerlFlaw> {
        switch value.content {
        case .text(let text): .success(text)
        case .number(let number): .success(PerlText(number.text))
        case .unknown(let flaw): .failure(flaw)
        case .undefined, .array, .hash:
            .failure(
                PerlFlaw(
                    at: value.offset,
                    "\(value.kind) stands where the key of a hash belongs. Look for a missing or additional ','."))
        }
    }

    /// The values of a list: `( )`, `qw` and `@…` give all of theirs.
    ///
    /// - Parameter keepsOrder: the order counts, so the pairs of a hash, which Perl gives in a random one, have no place.
    mutating func values(of items: [Expression], keepsOrder: Bool, at offset: Int) -> Result<[Held], PerlFlaw> {
        var found: [Held] = []
        if let flaw = append(items, keepsOrder: keepsOrder, to: &found) { return .failure(flaw) }
        if let flaw = spend(elements: found.count, at: offset) { return .failure(flaw) }
        return .success(found)
    }

    private mutating func append(_ items: [Expression], keepsOrder: Bool, to found: inout [Held]) -> PerlFlaw? {
        for item in items {
            var flaw: PerlFlaw?
            switch item.kind {
            case .list(let inner): flaw = append(inner, keepsOrder: keepsOrder, to: &found)
            case .elements(let aggregate): flaw = append(aggregate, keepsOrder: keepsOrder, to: &found)
            case .operation(let first, let rest) where rest.count == 1 && rest[0].0 == .repeat && first.isList:
                flaw = appendRepeated(first, rest[0].1, keepsOrder: keepsOrder, to: &found)
            default: found.append(value(of: item))
            }
            if let flaw { return flaw }
        }
        return nil
    }

    private mutating func append(_ aggregate: Aggregate, keepsOrder: Bool, to found: inout [Held]) -> PerlFlaw? {
        let container: Held?
        switch self.container(aggregate, isNeeded: false) {
        case .success(let value): container = value
        case .failure(let flaw): return flaw
        }
        switch container?.content {
        case .array(let id):
            if let flaw = heap.arrays[id].flaw { return used(flaw, at: aggregate.offset) }
            if let flaw = spend(elements: heap.arrays[id].elements.count, at: aggregate.offset) { return flaw }
            found += heap.arrays[id].elements.map { Held($0.content, at: aggregate.offset) }
        case .hash(let id):
            if let flaw = heap.hashes[id].flaw { return used(flaw, at: aggregate.offset) }
            let pairs = heap.hashes[id].pairs
            if pairs.count > 1, keepsOrder || !found.count.isMultiple(of: 2) {
                return PerlFlaw(at: aggregate.offset, "Perl gives the pairs of a hash in a random order. Write them out.")
            }
            if let flaw = spend(elements: pairs.count, at: aggregate.offset) { return flaw }
            for pair in pairs { found += [Held(.text(pair.key), at: pair.keyOffset), pair.value] }
        default: break
        }
        return nil
    }

    /// `( … ) x 3`
    private mutating func appendRepeated(
        _ list: Expression, _ count: Expression, keepsOrder: Bool, to found: inout [Held]
    ) -> PerlFlaw? {
        guard case .list(let items) = list.kind else { return nil }
        var some: [Held] = []
        if let flaw = append(items, keepsOrder: keepsOrder, to: &some) { return flaw }
        let number: Number
        switch self.number(value(of: count)) {
        case .success(let value): number = value
        case .failure(let flaw): return flaw
        }
        let times = Int(max(0, min(number.real.isNaN ? 0 : number.real, Double(Self.budget))))
        let (total, overflow) = times.multipliedReportingOverflow(by: max(1, some.count))
        if let flaw = spend(elements: overflow ? Self.budget : total, at: list.offset) { return flaw }
        for _ in 0..<times { found += some }
        return nil
    }

    // MARK: - Aggregates

    /// The array or hash that is meant, as a reference. Nil where there is none yet.
    ///
    /// - Parameter isNeeded: it comes into being if there is none.
    mutating func container(_ aggregate: Aggregate, isNeeded: Bool) -> Result<Held?, PerlFlaw> {
        switch aggregate.base {
        case .variable(let name):
            if let value = variable(name) {
                if case .unknown(let flaw) = value.content { return .failure(used(flaw, at: aggregate.offset)) }
                return .success(value)
            }
            return isNeeded
                ? .success(made(aggregate, at: .variable(name)))
                : .failure(PerlFlaw(at: aggregate.offset, Self.unknownVariable))
        case .value(let expression): return container(aggregate, expression, isNeeded: isNeeded)
        }
    }

    private mutating func container(
        _ aggregate: Aggregate, _ expression: Expression, isNeeded: Bool
    ) -> Result<Held?, PerlFlaw> {
        var place: Place?
        var value: Held
        if isNeeded, case .element(let target) = expression.kind {
            let found = self.place(of: target)
            place = found
            value = read(found) ?? Held(.undefined, at: expression.offset)
        } else {
            value = self.value(of: expression)
        }
        switch value.content {
        case .array where !aggregate.isHash, .hash where aggregate.isHash: return .success(value)
        case .unknown(let flaw): return .failure(used(flaw, at: aggregate.offset))
        case .undefined:
            guard let place, isNeeded else { return .success(nil) }
            return .success(made(aggregate, at: place))
        case .text, .number, .array, .hash:
            let sign = aggregate.isHash ? "%" : "@"
            return .failure(
                PerlFlaw(
                    at: aggregate.offset,
                    "'\(sign)' stands before \(value.kind). Write a \(aggregate.isHash ? "hash" : "list")."))
        }
    }

    private mutating func made(_ aggregate: Aggregate, at place: Place) -> Held {
        let value = Held(aggregate.isHash ? .hash(heap.makeHash()) : .array(heap.make([])), at: aggregate.offset)
        write(value, to: place, isVivified: true)
        return value
    }

    /// `shift @x`, `pop @x`.
    private mutating func take(from array: Aggregate, atFront: Bool, at offset: Int) -> Held {
        let container: Held?
        switch self.container(array, isNeeded: false) {
        case .success(let value): container = value
        case .failure(let flaw): return Held(unknown: flaw)
        }
        guard case .array(let id)? = container?.content, !heap.arrays[id].elements.isEmpty else {
            return Held(.undefined, at: offset)
        }
        if let flaw = heap.arrays[id].flaw { return Held(unknown: used(flaw, at: offset)) }
        if atFront, let flaw = spend(elements: heap.arrays[id].elements.count, at: offset) { return Held(unknown: flaw) }
        return atFront ? heap.arrays[id].elements.removeFirst() : heap.arrays[id].elements.removeLast()
    }
}

extension Expression {
    fileprivate var isList: Bool { if case .list = kind { true } else { false } }
}
