/// What Perl would hold, with the place in the file where it was written.
///
/// Containers are values here and references in Perl. `isShared` marks the ones that Perl would hold in two places, so that
/// altering one of them can be refused instead of being read differently.
struct Value {
    enum Content {
        case undefined
        case text(String)
        case number(Number)
        case list(List)
        case hash(Hash)
        /// Computed by code at this offset, or nil if that has been reported already.
        case unknown(because: Int?)
    }

    var content: Content
    var offset: Int

    init(_ content: Content, at offset: Int) {
        self.content = content
        self.offset = offset
    }

    /// A scalar as text, as Perl would print it. Nil for containers, `undef` and what is unknown.
    var text: String? {
        switch content {
        case .text(let text): text
        case .number(let number): number.text
        case .undefined, .list, .hash, .unknown: nil
        }
    }

    /// Perl's truth: all but `undef`, `''`, `'0'` and 0.
    var isTrue: Bool {
        switch content {
        case .undefined: false
        case .text, .number: !["", "0"].contains(text ?? "")
        case .list, .hash, .unknown: true
        }
    }

    var isUnknown: Bool { if case .unknown = content { true } else { false } }
    var isUndefined: Bool { if case .undefined = content { true } else { false } }

    /// Levels of containers, 0 for a scalar.
    var depth: Int {
        switch content {
        case .list(let list): list.depth
        case .hash(let hash): hash.depth
        case .undefined, .text, .number, .unknown: 0
        }
    }

    /// For messages: `a hash`, `a list`, `text`.
    var kind: String {
        switch content {
        case .undefined: "undef"
        case .text: "text"
        case .number: "a number"
        case .list: "a list"
        case .hash: "a hash"
        case .unknown: "unknown"
        }
    }

    /// The same value, marked as held in two places.
    var shared: Value {
        var copy = self
        switch content {
        case .list(var list):
            list.isShared = true
            copy.content = .list(list)
        case .hash(var hash):
            hash.isShared = true
            copy.content = .hash(hash)
        case .undefined, .text, .number, .unknown: break
        }
        return copy
    }

    var isContainer: Bool { depth > 0 }
}
