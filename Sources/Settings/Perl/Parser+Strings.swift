extension Parser {
    /// The value of a string as it stands in the file.
    func textBytes(of quoted: Quoted) -> [UInt8] {
        let content = Array(source.bytes[quoted.content])
        guard quoted.indent > 0 else { return content }
        return Array(
            content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                .map { $0.dropFirst(min(quoted.indent, $0.prefix { $0 == 0x20 || $0 == 0x09 }.count)) }
                .joined(separator: [UInt8(ascii: "\n")]))
    }

    mutating func string(_ quoted: Quoted, at offset: Int) -> Expression {
        let content = textBytes(of: quoted)
        switch quoted.style {
        case .single:
            return Expression(.text(Self.unescapedSingle(content, quoted)), at: offset)
        case .words:
            let words = content.split { $0.isBlank }
            return Expression(
                .list(words.map { Expression(.text(Self.unescapedSingle(Array($0), quoted)), at: offset) }), at: offset)
        case .double:
            var literal = DoubleQuoted(content, at: offset)
            literal.read()
            problems += literal.problems
            return literal.problems.isEmpty ? literal.expression : Expression(.unreadable, at: offset)
        }
    }

    /// `\\` and the escaped delimiters lose their backslash; every other backslash stays.
    private static func unescapedSingle(_ content: [UInt8], _ quoted: Quoted) -> String {
        guard !quoted.isHereDocument, content.contains(UInt8(ascii: "\\")) else {
            return String(decoding: content, as: UTF8.self)
        }
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
        return String(decoding: text, as: UTF8.self)
    }

    private static let openings: [UInt8: UInt8] = [
        UInt8(ascii: ")"): UInt8(ascii: "("), UInt8(ascii: "]"): UInt8(ascii: "["), UInt8(ascii: "}"): UInt8(ascii: "{"),
        UInt8(ascii: ">"): UInt8(ascii: "<"),
    ]
}
