/// What Perl holds, with the place in the file where it was written.
struct Value: Sendable {
    enum Content: Sendable {
        case undefined
        case text(String)
        case number(Number)
        case list(List)
        case hash(Hash)
        /// No data, which has been reported.
        case unknown
    }

    let content: Content
    let offset: Int

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
}
