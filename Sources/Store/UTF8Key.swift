/// A text that is told from others by its bytes, as SQLite and directories do: for Swift, two texts that only look alike are
/// the same.
struct UTF8Key: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: UTF8Key, right: UTF8Key) -> Bool {
        var text = left.text
        return text.withUTF8 { $0.isSame(as: right.text) }
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
