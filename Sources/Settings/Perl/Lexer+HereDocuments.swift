/// A here-document whose body has not been reached yet.
struct AwaitedHereDocument {
    let tokenIndex: Int
    let start: Int
    let style: Quoted.Style
    let mark: [UInt8]
    let isIndented: Bool
}

extension Lexer {
    /// `<<'A'`, `<<"A"`, `<<A`, `<<\\A`, and each with `~`; white space only before a quote.
    var startsHereDocument: Bool {
        guard byte(1) == UInt8(ascii: "<") else { return false }
        var ahead = byte(2) == UInt8(ascii: "~") ? 3 : 2
        let mark = byte(ahead)
        if Self.isHereDocumentQuote(mark) { return true }
        guard expectsTerm else { return false }
        if mark.startsWord || (mark == UInt8(ascii: "\\") && byte(ahead + 1).startsWord) { return true }
        while byte(ahead) == 0x20 || byte(ahead) == 0x09 { ahead += 1 }
        return Self.isHereDocumentQuote(byte(ahead))
    }

    private static func isHereDocumentQuote(_ mark: UInt8) -> Bool { mark == UInt8(ascii: "'") || mark == UInt8(ascii: "\"") }

    mutating func readHereDocumentStart() {
        let start = index
        index += 2
        let isIndented = byte() == UInt8(ascii: "~")
        index += isIndented ? 1 : 0
        while byte().isBlank { index += 1 }
        let isBackslashed = byte() == UInt8(ascii: "\\")
        index += isBackslashed ? 1 : 0
        let quote = byte()
        let isQuoted = !quote.startsWord
        index += isQuoted ? 1 : 0
        let first = index
        while index < bytes.count, isQuoted ? byte() != quote : byte().continuesWord { index += 1 }
        let mark = Array(bytes[first..<index])
        index += isQuoted && index < bytes.count ? 1 : 0
        let style: Quoted.Style = isBackslashed || quote == UInt8(ascii: "'") ? .single : .double
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
        while index < bytes.count {
            let lineStart = index
            let line = takeLine()
            let text = document.isIndented ? line.drop { $0 == 0x20 || $0 == 0x09 } : line
            if text.elementsEqual(document.mark) {
                let indent = bytes[lineStart..<text.startIndex]
                checkIndent(of: document, in: first..<lineStart, indent)
                return finish(document, content: first..<lineStart, indent: indent.count)
            }
        }
        failUnterminated(document)
    }

    /// A line without its end; `index` moves to the next one.
    private mutating func takeLine() -> ArraySlice<UInt8> {
        let start = index
        skipLine()
        var line = bytes[start..<index]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        index += index < bytes.count ? 1 : 0
        return line
    }

    /// Perl takes the closing line's own white space from every line, and does not compile a file where that fails.
    private mutating func checkIndent(of document: AwaitedHereDocument, in content: Range<Int>, _ indent: ArraySlice<UInt8>) {
        var start = content.lowerBound
        while start < content.upperBound {
            let end = bytes[start..<content.upperBound].firstIndex(of: UInt8(ascii: "\n")) ?? content.upperBound
            let line = bytes[start..<end]
            guard line.starts(with: indent) || line.allSatisfy({ $0 == UInt8(ascii: "\r") }) else {
                let mark = String(decoding: document.mark, as: UTF8.self)
                return fail(
                    at: start,
                    "this line is indented less than, or otherwise than, the closing '\(mark)' of its here-document. "
                        + "Begin it with the same white space.")
            }
            start = end + 1
        }
    }

    private mutating func finish(_ document: AwaitedHereDocument, content: Range<Int>, indent: Int) {
        let token = tokens[document.tokenIndex]
        let quoted = Quoted(
            style: document.style, content: content, delimiter: 0, isHereDocument: true, indent: indent)
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
