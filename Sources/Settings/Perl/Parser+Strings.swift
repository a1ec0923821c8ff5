extension Parser {
    /// A string as it stands in the file, as Perl reads it.
    mutating func string(_ quoted: Quoted, at offset: Int) -> Expression {
        let content = content(of: quoted)
        if content.contains(UInt8(ascii: "\r")) {
            return unreadable(
                at: offset, "a carriage return stands in this string. Write '\\r' in double quotes if it belongs there.")
        }
        switch quoted.style {
        case .single:
            return Expression(.text(single(content, quoted)), at: offset)
        case .words:
            let words = content.split { $0.isBlank }
            return Expression(.list(words.map { Expression(.text(single(Array($0), quoted)), at: offset) }), at: offset)
        case .double:
            var literal = DoubleQuoted(content, isUTF8: isUTF8, at: offset)
            literal.read()
            guard let flaw = literal.flaw else { return literal.expression }
            isPlain = false
            return Expression(unreadable: flaw)
        }
    }

    /// The bytes between the delimiters, with the ends of lines and the indentation as Perl sees them.
    private func content(of quoted: Quoted) -> [UInt8] {
        let content = source[quoted.content]
        guard content.contains(UInt8(ascii: "\n")) else { return Array(content) }
        var lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for index in lines.indices {
            if index < lines.count - 1, lines[index].last == UInt8(ascii: "\r") { lines[index].removeLast() }
            lines[index] = lines[index].dropFirst(min(quoted.indent, lines[index].prefix { $0 == 0x20 || $0 == 0x09 }.count))
        }
        return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }

    private func single(_ content: [UInt8], _ quoted: Quoted) -> PerlText {
        PerlText(bytes: Self.unescapedSingle(content, quoted), isUTF8: isUTF8)
    }

    /// `\\` and the escaped delimiters lose their backslash; every other backslash stays.
    private static func unescapedSingle(_ content: [UInt8], _ quoted: Quoted) -> [UInt8] {
        guard !quoted.isHereDocument, content.contains(UInt8(ascii: "\\")) else { return content }
        let opening = openings[quoted.delimiter] ?? quoted.delimiter
        var text: [UInt8] = []
        var index = 0
        while index < content.count {
            let next = index + 1 < content.count ? content[index + 1] : 0
            let isEscape = content[index] == UInt8(ascii: "\\")
            if isEscape, next == UInt8(ascii: "\\") || next == quoted.delimiter || next == opening { index += 1 }
            text.append(content[index])
            index += 1
        }
        return text
    }

    private static let openings: [UInt8: UInt8] = [
        UInt8(ascii: ")"): UInt8(ascii: "("), UInt8(ascii: "]"): UInt8(ascii: "["), UInt8(ascii: "}"): UInt8(ascii: "{"),
        UInt8(ascii: ">"): UInt8(ascii: "<"),
    ]
}
