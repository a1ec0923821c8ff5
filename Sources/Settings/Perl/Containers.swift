/// The elements of `[ … ]`.
struct List {
    private(set) var elements: [Value] = []
    private(set) var depth = 1
    var isShared = false

    init(_ elements: [Value] = []) {
        self.elements = elements
        depth = (elements.map(\.depth).max() ?? 0) + 1
    }

    mutating func insert(_ values: [Value], atFront: Bool) {
        elements.insert(contentsOf: values, at: atFront ? 0 : elements.count)
        depth = max(depth, (values.map(\.depth).max() ?? 0) + 1)
    }

    /// Puts a value at `index`, after as many undefined ones as it takes.
    mutating func set(_ value: Value, at index: Int) {
        while elements.count <= index { elements.append(Value(.undefined, at: value.offset)) }
        elements[index] = value
        depth = max(depth, value.depth + 1)
    }
}

/// A text that equals another only if their bytes do; String's own equality is canonical equivalence.
struct ExactText: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ExactText, right: ExactText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

/// The pairs of `{ … }` in file order. A later value of a key replaces the earlier one.
struct Hash {
    struct Pair {
        let key: String
        /// Where the key was written.
        let keyOffset: Int
        var value: Value
    }

    private var slots: [Pair?] = []
    private var positions: [ExactText: Int] = [:]
    private(set) var depth = 1
    var isShared = false

    var pairs: [Pair] { slots.compactMap { $0 } }
    var isEmpty: Bool { positions.isEmpty }

    func pair(_ key: String) -> Pair? { positions[ExactText(key)].flatMap { slots[$0] } }

    subscript(key: String) -> Value? { pair(key)?.value }

    mutating func set(_ value: Value, for key: String, keyOffset: Int) {
        depth = max(depth, value.depth + 1)
        let exact = ExactText(key)
        let pair = Pair(key: key, keyOffset: keyOffset, value: value)
        if let position = positions[exact] {
            slots[position] = pair
        } else {
            positions[exact] = slots.count
            slots.append(pair)
        }
    }

    /// Takes a value out to be altered; the key keeps its position.
    mutating func take(_ key: String) -> Value? {
        guard let position = positions[ExactText(key)], let pair = slots[position] else { return nil }
        slots[position]?.value = Value(.undefined, at: pair.value.offset)
        return pair.value
    }

    mutating func remove(_ key: String) {
        guard let position = positions.removeValue(forKey: ExactText(key)) else { return }
        slots[position] = nil
    }
}
