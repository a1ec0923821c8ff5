/// One value with the place where it was written.
struct Held {
    enum Content {
        case undefined
        case text(PerlText)
        case number(Number)
        /// A reference to an array or a hash of the `Heap`.
        case array(Int)
        case hash(Int)
        /// What is no data, with what to say of it where somebody needs it.
        case unknown(PerlFlaw)
    }

    var content: Content
    var offset: Int

    init(_ content: Content, at offset: Int) {
        self.content = content
        self.offset = offset
    }

    init(unknown flaw: PerlFlaw) { self.init(.unknown(flaw), at: flaw.offset) }

    var isUndefined: Bool { if case .undefined = content { true } else { false } }

    /// Perl's truth: all but `undef`, `''`, `'0'` and 0.
    var isTrue: Bool {
        switch content {
        case .undefined: false
        case .text(let text): !["", "0"].contains(text.characters)
        case .number(let number): !number.isZero
        case .array, .hash, .unknown: true
        }
    }

    /// For messages: `a hash`, `a list`, `text`.
    var kind: String {
        switch content {
        case .undefined: "undef"
        case .text: "text"
        case .number: "a number"
        case .array: "a list"
        case .hash: "a hash"
        case .unknown: "unknown"
        }
    }
}

/// Every array and hash that the file makes, by number, so that two references to one of them stay that.
///
/// Nothing is freed before the whole: there are no chains of objects, however deep the file nests them.
struct Heap {
    struct Array {
        var elements: [Held] = []
        /// Set when code has altered it in a way that is not known.
        var flaw: PerlFlaw?
    }

    /// The pairs in the order of their first assignment.
    struct Hash {
        struct Pair {
            let key: PerlText
            /// Where the key was written.
            var keyOffset: Int
            var value: Held
        }

        private var slots: [Pair?] = []
        private var positions: [PerlText: Int] = [:]
        /// Set when code has altered it in a way that is not known.
        var flaw: PerlFlaw?

        var pairs: [Pair] { slots.compactMap { $0 } }

        func pair(_ key: PerlText) -> Pair? { positions[key].flatMap { slots[$0] } }

        mutating func set(_ value: Held, for key: PerlText, at keyOffset: Int) {
            let pair = Pair(key: key, keyOffset: keyOffset, value: value)
            if let position = positions[key] {
                slots[position] = pair
            } else {
                positions[key] = slots.count
                slots.append(pair)
            }
        }

        /// Alters a value whose key stays where it was written.
        mutating func update(_ key: PerlText, _ value: Held) {
            guard let position = positions[key] else { return }
            slots[position]?.value = value
        }

        mutating func remove(_ key: PerlText) {
            guard let position = positions.removeValue(forKey: key) else { return }
            slots[position] = nil
        }
    }

    var arrays: [Array] = []
    var hashes: [Hash] = []

    mutating func make(_ elements: [Held]) -> Int {
        arrays.append(Array(elements: elements))
        return arrays.count - 1
    }

    mutating func makeHash(_ hash: Hash = Hash()) -> Int {
        hashes.append(hash)
        return hashes.count - 1
    }

    /// Says of everything that a value leads to that code may have altered it.
    mutating func spoil(_ value: Held, _ flaw: PerlFlaw) {
        var waiting = [value]
        while let next = waiting.popLast() {
            switch next.content {
            case .array(let id) where arrays[id].flaw == nil:
                arrays[id].flaw = flaw
                waiting += arrays[id].elements
            case .hash(let id) where hashes[id].flaw == nil:
                hashes[id].flaw = flaw
                waiting += hashes[id].pairs.map(\.value)
            default: break
            }
        }
    }
}
