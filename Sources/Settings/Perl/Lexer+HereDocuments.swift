/// A here-document whose body has not been reached yet.
struct AwaitedHereDocument {
    let tokenIndex: Int
    let start: Int
    let style: Quoted.Style
    let mark: [UInt8]
    let isIndented: Bool
}

extension Lexer {
    /// `<<'A'`, `<<"A"`, `<<A`, and each with `~`.
    var startsHereDocument: Bool {
        guard byte(1) == UInt8(ascii: "<") else { return false }
        let mark = byte(2) == UInt8(ascii: "~") ? byte(3) : byte(2)
        return mark == UInt8(ascii: "'") || mark == UInt8(ascii: "\"")
            || (mark.startsWord && (expectsTerm || tokens.last?.isSymbol("}") == true))
    }

    mutating func readHereDocumentStart() {
        let start = index
        index += 2
        let isIndented = byte() == UInt8(ascii: "~")
        index += isIndented ? 1 : 0
        let quote = byte()
        let isQuoted = !quote.startsWord
        index += isQuoted ? 1 : 0
        let first = index
        while index < bytes.count, isQuoted ? byte() != quote : byte().continuesWord { index += 1 }
        let mark = Array(bytes[first..<index])
        index += isQuoted && index < bytes.count ? 1 : 0
        let style: Quoted.Style = quote == UInt8(ascii: "'") ? .single : .double
        awaited.append(
            AwaitedHereDocument(tokenIndex: tokens.count, start: start, style: style, mark: mark, isIndented: isIndented))
        add(.quoted(Quoted(style: style, content: index..<index, delimiter: 0, isHereDocument: true)), from: start)
    }

    /// Called at the start of the line after an announcement.
    mutating func readHereDocumentBodies() {
        let documents = awaited
        awaited = []
        for document in documents where problem == nil { readBody(of: document) }
    }

    mutating func failUnterminated(_ document: AwaitedHereDocument) {
        let mark = String(decoding: document.mark, as: UTF8.self)
        fail(
            at: document.start,
            "the here-document that opens here has no closing line '\(mark)'. Write '\(mark)' alone on a line after it.")
    }

    private mutating func readBody(of document: AwaitedHereDocument) {
        let first = index
        var indent = Int.max
        while index < bytes.count {
            let lineStart = index
            skipLine()
            var line = bytes[lineStart..<index]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            index += index < bytes.count ? 1 : 0
            let text = document.isIndented ? line.drop { $0 == 0x20 || $0 == 0x09 } : line
            if text.elementsEqual(document.mark) { return finish(document, content: first..<lineStart, indent: indent) }
            if !text.isEmpty { indent = min(indent, line.count - text.count) }
        }
        failUnterminated(document)
    }

    private mutating func finish(_ document: AwaitedHereDocument, content: Range<Int>, indent: Int) {
        let token = tokens[document.tokenIndex]
        let quoted = Quoted(
            style: document.style, content: content, delimiter: 0, isHereDocument: true,
            indent: document.isIndented && indent != Int.max ? indent : 0)
        tokens[document.tokenIndex] = Token(kind: .quoted(quoted), start: token.start, end: token.end)
    }

    /// `<STDIN>`, `<$file>`, `<>`.
    var readsFile: Bool {
        var ahead = 1
        while byte(ahead).continuesWord || byte(ahead) == UInt8(ascii: "$") { ahead += 1 }
        return byte(ahead) == UInt8(ascii: ">")
    }

    mutating func readFileRead() {
        let start = index
        while index < bytes.count, byte() != UInt8(ascii: ">") { index += 1 }
        index += 1
        add(.code("a read from a file"), from: start)
    }
}
