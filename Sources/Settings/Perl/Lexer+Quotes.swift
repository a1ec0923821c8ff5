extension Lexer {
    /// `'…'`, `"…"` or backticks.
    mutating func readQuote() {
        let start = index
        let mark = byte()
        guard let content = takeDelimited(openedAt: start) else { return }
        switch mark {
        case UInt8(ascii: "'"): add(.quoted(Quoted(style: .single, content: content, delimiter: mark)), from: start)
        case UInt8(ascii: "\""): add(.quoted(Quoted(style: .double, content: content, delimiter: mark)), from: start)
        default: add(.code("a command in backticks"), from: start)
        }
    }

    /// `q(…)`, `qq{…}`, `qw/…/` and the operators of regular expressions.
    mutating func readQuoteOperator(_ name: String, from start: Int) {
        skipToDelimiter()
        let mark = byte()
        guard index < bytes.count, let content = takeDelimited(openedAt: start) else {
            return fail(at: start, "'\(name)' has no closing delimiter. Close it, or write the string in single quotes.")
        }
        let delimiter = Self.closing(of: mark)
        if Self.isConfusing(mark, in: name) {
            return add(.code("a string between signs that mean something in it"), from: start)
        }
        switch name {
        case "q": add(.quoted(Quoted(style: .single, content: content, delimiter: delimiter)), from: start)
        case "qq": add(.quoted(Quoted(style: .double, content: content, delimiter: delimiter)), from: start)
        case "qw": add(.quoted(Quoted(style: .words, content: content, delimiter: delimiter)), from: start)
        case "qx": add(.code("a command in qx"), from: start)
        default: finishPattern(name, mark: mark, from: start)
        }
    }

    /// Delimiters that Perl accepts and nobody can read.
    private static func isConfusing(_ mark: UInt8, in name: String) -> Bool {
        mark == UInt8(ascii: "\\") || name == "qq" && (mark.continuesWord || "$@".utf8.contains(mark))
    }

    mutating func readMatch() {
        let start = index
        guard takeDelimited(openedAt: start) != nil else { return }
        finishPattern("m", mark: UInt8(ascii: "/"), from: start)
    }

    /// The second half of `s` and `tr`, and the flags.
    private mutating func finishPattern(_ name: String, mark: UInt8, from start: Int) {
        if ["s", "tr", "y"].contains(name) {
            if Self.closing(of: mark) == mark {
                index -= 1
            } else {
                skipToDelimiter()
            }
            guard takeDelimited(openedAt: start) != nil else { return }
        }
        while byte().startsWord && byte() < 0x80 { index += 1 }
        add(.code("a regular expression"), from: start)
    }

    private mutating func skipToDelimiter() {
        let start = index
        while byte().isBlank { index += 1 }
        while index > start, byte() == UInt8(ascii: "#") {
            skipLine()
            while byte().isBlank { index += 1 }
        }
    }

    /// Reads from the opening delimiter at `index` to behind its partner. Nil, and a problem, if there is none.
    private mutating func takeDelimited(openedAt start: Int) -> Range<Int>? {
        let open = byte()
        let close = Self.closing(of: open)
        let first = index + 1
        var depth = 1
        index = first
        while index < bytes.count {
            let next = byte()
            if next == UInt8(ascii: "\\") {
                index += 1
            } else if next == close {
                depth -= 1
                if depth == 0 {
                    index += 1
                    refuseAwaited(openedAt: start)
                    return first..<(index - 1)
                }
            } else if next == open {
                depth += 1
            }
            index += 1
        }
        index = bytes.count
        failUnterminated(quote: close, openedAt: start)
        return nil
    }

    /// Perl takes the body of a here-document out of the middle of a string that runs over its line.
    private mutating func refuseAwaited(openedAt start: Int) {
        guard let document = awaited.first, hasNewline(between: start, and: index) else { return }
        fail(
            at: start,
            "the string that opens here runs into the here-document '\(String(decoding: document.mark, as: UTF8.self))'. "
                + "Close it on its line.")
    }

    /// Points at the string that really lacks its end: the first one of the same kind that runs over a line break.
    private mutating func failUnterminated(quote: UInt8, openedAt start: Int) {
        let suspect = tokens.first { token in
            guard case .quoted(let quoted) = token.kind, quoted.delimiter == quote, !quoted.isHereDocument else { return false }
            return quoted.style != .words && bytes[token.start] == quote && hasNewline(between: token.start, and: token.end)
        }
        let mark = String(UnicodeScalar(quote))
        fail(
            at: suspect?.start ?? start,
            "the string that opens here has no closing \(mark) before the end of the file. Close it on its line.")
    }

    static func closing(of open: UInt8) -> UInt8 {
        switch open {
        case UInt8(ascii: "("): UInt8(ascii: ")")
        case UInt8(ascii: "["): UInt8(ascii: "]")
        case UInt8(ascii: "{"): UInt8(ascii: "}")
        case UInt8(ascii: "<"): UInt8(ascii: ">")
        default: open
        }
    }
}
