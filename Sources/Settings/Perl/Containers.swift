/// The elements of `[ … ]`.
struct List: Sendable {
    let elements: [Value]

    init(_ elements: [Value] = []) { self.elements = elements }
}

/// A text that equals another only if their bytes do; String's own equality is canonical equivalence.
struct ExactText: Sendable, Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ExactText, right: ExactText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

/// The pairs of `{ … }` in file order. A later value of a key replaces the earlier one.
struct Hash: Sendable {
    struct Pair: Sendable {
        let key: String
        /// Where the key was written.
        let keyOffset: Int
        let value: Value
    }

    private(set) var pairs: [Pair] = []
    private var positions: [ExactText: Int] = [:]

    var isEmpty: Bool { pairs.isEmpty }

    func pair(_ key: String) -> Pair? { positions[ExactText(key)].map { pairs[$0] } }

    subscript(key: String) -> Value? { pair(key)?.value }

    mutating func set(_ value: Value, for key: String, keyOffset: Int) {
        let pair = Pair(key: key, keyOffset: keyOffset, value: value)
        if let position = positions[ExactText(key)] {
            pairs[position] = pair
        } else {
            positions[ExactText(key)] = pairs.count
            pairs.append(pair)
        }
    }
}
