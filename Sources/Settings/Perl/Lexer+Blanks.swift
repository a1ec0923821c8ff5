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

    /// `__END__` and `__DATA__`: what follows is no Perl.
    var isAtEndMarker: Bool {
        [Array("__END__".utf8), Array("__DATA__".utf8)].contains { marker in
            bytes[index...].starts(with: marker) && !byte(marker.count).continuesWord
        }
    }

    private var isAtPOD: Bool {
        guard byte() == UInt8(ascii: "="), byte(1).startsWord, index == 0 || byte(-1) == UInt8(ascii: "\n") else {
            return false
        }
        guard let last = tokens.last else { return true }
        return [";", "{", "}"].contains { last.isSymbol($0) }
    }

    private mutating func skipPOD() {
        while index < bytes.count {
            let isEnd = bytes[index...].starts(with: Array("=cut".utf8)) && !byte(4).continuesWord
            skipLine()
            index += index < bytes.count ? 1 : 0
            if isEnd { return }
        }
    }

    /// Up to the end of the line, which stays.
    mutating func skipLine() {
        while index < bytes.count, byte() != UInt8(ascii: "\n") { index += 1 }
    }
}
