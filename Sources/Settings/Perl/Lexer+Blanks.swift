extension Lexer {
    /// Skips white space, comments and POD, and the bodies of here-documents at the end of their line.
    mutating func skipBlank() {
        while index < bytes.count {
            let next = byte()
            if next == UInt8(ascii: "\n") {
                index += 1
                readHereDocumentBodies()
            } else if next.isBlank {
                index += 1
            } else if next == UInt8(ascii: "#") {
                skipLine()
            } else if isAtPOD {
                skipPOD()
            } else {
                return
            }
        }
    }

    /// `__END__`, `__DATA__`, and the control characters for the end of a file: what follows is no Perl.
    var isAtEndMarker: Bool {
        if byte() == 0x04 || byte() == 0x1A { return true }
        guard byte() == UInt8(ascii: "_"), byte(1) == UInt8(ascii: "_") else { return false }
        return [Array("__END__".utf8), Array("__DATA__".utf8)].contains { marker in
            bytes[index...].starts(with: marker) && !byte(marker.count).continuesWord
        }
    }

    private var isAtPOD: Bool {
        guard byte() == UInt8(ascii: "="), byte(1).startsWord, index == 0 || byte(-1) == UInt8(ascii: "\n") else {
            return false
        }
        switch tokens.last?.kind {
        case nil, .symbol(";"): return true
        case .symbol("{"), .symbol("}"): return !isInsideData && !(tokens.last?.isSymbol("}") == true && lastClosedData)
        default: return false
        }
    }

    private mutating func skipPOD() {
        while index < bytes.count {
            let isEnd = bytes[index...].starts(with: Array("=cut".utf8)) && !byte(4).isLetter
            skipLine()
            index += index < bytes.count ? 1 : 0
            if isEnd { return }
        }
    }

    private static let prototypeLimit = 100

    /// `($;$)` behind `sub name`: its signs are no variables.
    mutating func skipPrototype() {
        let position = tokens.count - 1
        guard byte() == UInt8(ascii: "("), position >= 0,
            tokens[position].isWord("sub")
                || (position > 0 && tokens[position].word != nil && tokens[position - 1].isWord("sub")),
            let close = bytes[index...].prefix(Self.prototypeLimit).firstIndex(of: UInt8(ascii: ")")),
            bytes[index..<close].dropFirst().allSatisfy({ "$@%&*;\\[]+_ ".utf8.contains($0) })
        else { return }
        index = close + 1
    }

    /// Up to the end of the line, which stays.
    mutating func skipLine() {
        while index < bytes.count, byte() != UInt8(ascii: "\n") { index += 1 }
    }
}
