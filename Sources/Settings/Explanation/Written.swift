/// A value among the settings, asked for where it was written.
struct Written {
    private let value: Value?

    init(_ settings: Hash) { value = Value(.hash(settings), at: 0) }

    private init(_ value: Value?) { self.value = value }

    /// Below a key; nothing if the key is absent or `undef`.
    subscript(key: String) -> Written { Written(hash?[key]) }

    private var hash: Hash? { if case .hash(let hash)? = value?.content { hash } else { nil } }

    /// The elements of a list; a single value is a list of its own.
    var elements: [Written] {
        if case .list(let list)? = value?.content { return list.elements.map { Written($0) } }
        return exists ? [self] : []
    }

    var exists: Bool { value.map { !$0.isUndefined } == true }
    var text: String? { value?.text }
    var isTrue: Bool { value?.isTrue == true }

    /// Nil for what is absent, and for the ticket system's own defaults, which stand in no file.
    var offset: Int? { value.flatMap { $0.isUndefined || $0.offset <= 0 ? nil : $0.offset } }

    /// Where a key below this one was written.
    func offset(ofKey key: String) -> Int? { hash?.pair(key).flatMap { $0.keyOffset > 0 ? $0.keyOffset : nil } }

    /// This, or another in its place if this is absent.
    func or(_ other: Written) -> Written { exists ? self : other }
}
