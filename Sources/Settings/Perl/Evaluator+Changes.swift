extension Evaluator {
    mutating func push(_ items: [Expression], to array: Aggregate, atFront: Bool) {
        let added = values(of: items, keepsOrder: true, at: array.offset)
        switch container(array, isNeeded: true) {
        case .success(let value):
            guard case .array(let id)? = value?.content else { return }
            insert(added, into: id, atFront: atFront, at: array.offset)
        case .failure: failPush(to: array)
        }
    }

    private mutating func insert(_ added: Result<[Held], PerlFlaw>, into id: Int, atFront: Bool, at offset: Int) {
        let count = heap.arrays[id].elements.count
        switch added {
        case .success(let elements):
            // Elements that have to move count, or a file could make each statement slower than the one before.
            if atFront, let flaw = spend(elements: count, at: offset) {
                heap.arrays[id].flaw = flaw
            } else {
                heap.arrays[id].elements.insert(contentsOf: elements, at: atFront ? 0 : count)
            }
        case .failure(let flaw): heap.arrays[id].flaw = heap.arrays[id].flaw ?? flaw
        }
    }

    /// What is pushed to may be no list; Perl stops there.
    private mutating func failPush(to array: Aggregate) {
        guard case .value(let expression) = array.base, case .element(let target) = expression.kind,
            let value = read(place(of: target))
        else { return }
        if case .unknown = value.content { return }
        fail(
            at: array.offset,
            "\(subject(of: target) ?? target.base.variable ?? "this value"): 'push' adds to what is no list. "
                + "Assign a list with [ ] before.")
    }

    mutating func delete(_ target: Target) {
        switch place(of: target) {
        case .pair(let id, let key, _): heap.hashes[id].remove(key)
        case .element, .variable, .unknown:
            guard let subject = subject(of: target) else { return }
            fail(at: target.offset, "\(subject): only keys of hashes can be deleted. Assign the list anew.")
        }
    }
}
