/// Why a text cannot be read, with the place and the remedy.
package struct Flaw: Error, Sendable, Hashable {
    /// The character at which the text goes wrong, from 1.
    package let character: Int
    /// Such as `the '(' is never closed`. Never shows the text itself.
    package let reason: String
    /// A whole sentence that says what to write instead.
    package let remedy: String

    package init(character: Int, reason: String, remedy: String) {
        self.character = character
        self.reason = reason
        self.remedy = remedy
    }

    /// At a byte of the UTF-8 form of `text`.
    init(atByte position: Int, of text: String, _ reason: String, remedy: String) {
        self.init(atByte: position, of: text.utf8, reason, remedy: remedy)
    }

    init(atByte position: Int, of bytes: some Collection<UInt8>, _ reason: String, remedy: String) {
        let before = String(decoding: bytes.prefix(position), as: UTF8.self)
        self.init(character: before.count + 1, reason: reason, remedy: remedy)
    }
}
