extension Evaluator {
    /// Nil where nothing is kept.
    func read(_ place: Place) -> Held? {
        switch place {
        case .variable(let name): return variable(name)
        case .element(let id, let index):
            if let flaw = heap.arrays[id].flaw { return Held(unknown: flaw) }
            return heap.arrays[id].elements.indices.contains(index) ? heap.arrays[id].elements[index] : nil
        case .pair(let id, let key, _):
            if let pair = heap.hashes[id].pair(key) { return pair.value }
            return heap.hashes[id].flaw.map { Held(unknown: $0) }
        case .unknown(let flaw): return Held(unknown: flaw)
        }
    }

    /// - Parameter isVivified: the value comes into being on the way to another; a key stays where it was written.
    mutating func write(_ value: Held, to place: Place, isVivified: Bool = false) {
        switch place {
        case .variable(let name): setVariable(name, value)
        case .element(let id, let index): write(value, to: id, index)
        case .pair(let id, let key, let offset):
            if isVivified, heap.hashes[id].pair(key) != nil {
                heap.hashes[id].update(key, value)
            } else {
                heap.hashes[id].set(value, for: key, at: offset)
            }
        case .unknown: break
        }
    }

    private mutating func write(_ value: Held, to id: Int, _ index: Int) {
        let missing = index + 1 - heap.arrays[id].elements.count
        if missing > 0 {
            if let flaw = spend(elements: missing, at: value.offset) {
                heap.arrays[id].flaw = flaw
                return
            }
            heap.arrays[id].elements += [Held](repeating: Held(.undefined, at: value.offset), count: missing)
        }
        heap.arrays[id].elements[index] = value
    }
}
