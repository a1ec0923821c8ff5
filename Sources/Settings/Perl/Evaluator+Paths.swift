extension Evaluator {
    /// Alters the element that a target names; hashes and lists on the way to it come into being, as in Perl.
    mutating func change(_ target: Target, _ alter: @escaping (inout Value) -> Void) {
        walk(target) { root, steps throws(SyntaxProblem) in
            try Path(isMarking: false, alter: alter).descend(&root, steps)
        }
    }

    /// Perl would hold the container that a target names in two places from now on.
    mutating func markShared(_ target: Target) {
        walk(target) { root, steps throws(SyntaxProblem) in
            try Path(isMarking: true) { $0 = $0.shared }.descend(&root, steps)
        }
    }

    private mutating func walk(_ target: Target, _ visit: (inout Value, ArraySlice<Step>) throws(SyntaxProblem) -> Void) {
        guard let steps = steps(of: target) else { return }
        var root = variable(target.variable) ?? Value(.undefined, at: target.offset)
        // The only copy is altered in place.
        if target.variable == Target.settings { setVariable(target.variable, Value(.undefined, at: 0)) }
        do {
            try visit(&root, steps[...])
        } catch {
            report(error.offset, about: subject ?? target.variable, error.message)
        }
        setVariable(target.variable, root)
    }
}

/// The way through hashes and lists to one element.
private struct Path {
    /// Nothing is altered but the mark, so shared containers may be passed and keys keep their place.
    let isMarking: Bool
    let alter: (inout Value) -> Void

    func descend(_ value: inout Value, _ steps: ArraySlice<Evaluator.Step>) throws(SyntaxProblem) {
        guard let step = steps.first else { return alter(&value) }
        if value.isUnknown { return }
        switch step {
        case .key(let key, let offset): try descend(&value, key: key, offset, steps.dropFirst())
        case .index(let index, let offset): try descend(&value, index: index, offset, steps.dropFirst())
        }
    }

    private func descend(
        _ value: inout Value, key: String, _ offset: Int, _ rest: ArraySlice<Evaluator.Step>
    ) throws(SyntaxProblem) {
        if value.isUndefined { value = Value(.hash(Hash()), at: offset) }
        guard case .hash(var hash) = value.content else { throw unfit(value, "a key", offset) }
        try refuse(hash.isShared, offset)
        value.content = .undefined
        let isNewPlace = rest.isEmpty && !isMarking
        let keyOffset = isNewPlace ? offset : hash.pair(key)?.keyOffset ?? offset
        var inner = hash.take(key) ?? Value(.undefined, at: offset)
        defer {
            hash.set(bounded(inner), for: key, keyOffset: keyOffset)
            value.content = .hash(hash)
        }
        try descend(&inner, rest)
    }

    private func descend(
        _ value: inout Value, index: Int, _ offset: Int, _ rest: ArraySlice<Evaluator.Step>
    ) throws(SyntaxProblem) {
        if value.isUndefined { value = Value(.list(List()), at: offset) }
        guard case .list(var list) = value.content else { throw unfit(value, "an index", offset) }
        try refuse(list.isShared, offset)
        let position = index < 0 ? list.elements.count + index : index
        guard position >= 0 else {
            throw SyntaxProblem(
                offset: offset, message: "the list has no element \(index). Count from 0, or from -1 backwards.")
        }
        value.content = .undefined
        var inner = position < list.elements.count ? list.elements[position] : Value(.undefined, at: offset)
        defer {
            list.set(bounded(inner), at: position)
            value.content = .list(list)
        }
        try descend(&inner, rest)
    }

    private func bounded(_ value: Value) -> Value {
        value.depth < Brackets.depthLimit ? value : Value(.unknown(because: value.offset), at: value.offset)
    }

    private func unfit(_ value: Value, _ access: String, _ offset: Int) -> SyntaxProblem {
        SyntaxProblem(
            offset: offset, message: "\(access) is applied to \(value.kind). Assign a hash with { } or a list with [ ] before.")
    }

    private func refuse(_ isShared: Bool, _ offset: Int) throws(SyntaxProblem) {
        guard isShared, !isMarking else { return }
        throw SyntaxProblem(offset: offset, message: Evaluator.sharedFlaw)
    }
}
