extension Evaluator {
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
    mutating func take(from array: Aggregate, atFront: Bool, at offset: Int) -> Held {
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
