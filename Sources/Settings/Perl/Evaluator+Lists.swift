extension Evaluator {
    mutating func array(_ items: [Expression], at offset: Int) -> Held {
        switch values(of: items, keepsOrder: true, at: offset) {
        case .success(let elements): return Held(.array(heap.make(elements)), at: offset)
        case .failure(let flaw): return Held(unknown: flaw)
        }
    }

    mutating func hash(_ items: [Expression], at offset: Int) -> Held {
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
}

extension Expression {
    fileprivate var isList: Bool { if case .list = kind { true } else { false } }
}
