/// One word of Perl, with the bytes it stands in.
struct Token {
    enum Sigil: String { case scalar = "$", array = "@", hash = "%" }

    enum Kind: Equatable {
        /// A bare word, with its `::`.
        case word(String)
        /// `$name`, `@name`, `%name`.
        case variable(Sigil, String)
        /// A sigil before `{` or before another sigil.
        case cast(Sigil)
        case quoted(Quoted)
        case number(String)
        /// What Rollcall never reads as a value: a regular expression, backticks, a read from a file. In words.
        case code(String)
        case symbol(String)
    }

    let kind: Kind
    let start: Int
    let end: Int

    func isSymbol(_ text: String) -> Bool { kind == .symbol(text) }
    func isWord(_ text: String) -> Bool { kind == .word(text) }

    /// The bare word, if it is one.
    var word: String? { if case .word(let text) = kind { text } else { nil } }
    /// The operator or bracket, if it is one.
    var symbol: String? { if case .symbol(let text) = kind { text } else { nil } }

    /// The same token where the bytes of its file have these offsets.
    func moved(by distance: Int) -> Token {
        guard distance > 0 else { return self }
        var kind = kind
        if case .quoted(var quoted) = kind {
            quoted.content = quoted.content.lowerBound + distance..<quoted.content.upperBound + distance
            kind = .quoted(quoted)
        }
        return Token(kind: kind, start: start + distance, end: end + distance)
    }
}

/// A string as it stands in the file: its content is turned into a value only where one is needed.
struct Quoted: Equatable {
    enum Style { case single, double, words }

    var style: Style
    /// The bytes between the delimiters.
    var content: Range<Int>
    /// The closing delimiter; a backslash takes its meaning away. 0 in here-documents.
    var delimiter: UInt8
    var isHereDocument = false
    /// Bytes of white space that `<<~` takes from the start of each line.
    var indent = 0
}
