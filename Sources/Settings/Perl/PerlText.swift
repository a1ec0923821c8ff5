/// A string of Perl: characters, and whether Perl knows that they are characters (perlunifaq).
///
/// Without `use utf8` a literal holds the bytes of the file, one character from U+0000 to U+00FF for each.
struct PerlText: Sendable {
    /// The characters as Perl counts them; bytes are the characters up to U+00FF.
    private(set) var characters: String
    /// Perl takes them for characters, not for bytes.
    private(set) var isWide: Bool

    init(_ characters: String, isWide: Bool = false) {
        self.characters = characters
        self.isWide = isWide
    }

    /// The bytes of a file: as characters under `use utf8`, one by one otherwise.
    init(bytes: some Collection<UInt8>, isUTF8: Bool) {
        if bytes.allSatisfy({ $0 < 0x80 }) {
            self.init(String(decoding: bytes, as: UTF8.self))
        } else if isUTF8 {
            self.init(String(decoding: bytes, as: UTF8.self), isWide: true)
        } else {
            var scalars = String.UnicodeScalarView()
            for byte in bytes { scalars.append(UnicodeScalar(byte)) }
            self.init(String(scalars))
        }
    }

    var isASCII: Bool { characters.utf8.allSatisfy { $0 < 0x80 } }

    /// The bytes, if every character stands for one.
    var octets: [UInt8]? {
        var bytes: [UInt8] = []
        for scalar in characters.unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    /// What people read: bytes are UTF-8 if they can be, Latin-1 otherwise.
    var proper: String {
        guard !isWide, !isASCII, let octets else { return characters }
        return String(validating: octets, as: UTF8.self) ?? characters
    }

    static func + (left: PerlText, right: PerlText) -> PerlText {
        var sum = left
        sum += right
        return sum
    }

    static func += (left: inout PerlText, right: PerlText) {
        left.characters += right.characters
        left.isWide = left.isWide || right.isWide
    }

    // MARK: - Functions

    /// `lc`. Perl changes letters beyond ASCII only where it knows that they are characters.
    var lowercased: PerlText {
        PerlText(isWide ? characters.lowercased() : mapASCII { $0.properties.lowercaseMapping }, isWide: isWide)
    }

    /// `uc`.
    var uppercased: PerlText {
        PerlText(isWide ? characters.uppercased() : mapASCII { $0.properties.uppercaseMapping }, isWide: isWide)
    }

    /// With a first letter as at the start of a title.
    var titlecased: PerlText {
        let mapped = characters.unicodeScalars.map { isWide ? $0.properties.titlecaseMapping : String($0) }.joined()
        return isWide ? PerlText(mapped, isWide: true) : uppercased
    }

    /// `ucfirst` and `lcfirst`.
    func changingFirst(_ change: (PerlText) -> PerlText) -> PerlText {
        guard let first = characters.unicodeScalars.first else { return self }
        let rest = PerlText(String(characters.unicodeScalars.dropFirst()), isWide: isWide)
        return change(PerlText(String(first), isWide: isWide)) + rest
    }

    /// `quotemeta`: a backslash before all that is no letter, digit or underscore.
    var quoted: PerlText {
        var scalars = String.UnicodeScalarView()
        for scalar in characters.unicodeScalars {
            let isPlain = scalar.value < 0x80 ? UInt8(scalar.value).continuesWord : isWide
            if !isPlain { scalars.append("\\") }
            scalars.append(scalar)
        }
        return PerlText(String(scalars), isWide: isWide)
    }

    private func mapASCII(_ change: (UnicodeScalar) -> String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in characters.unicodeScalars {
            if scalar.isASCII { scalars.append(contentsOf: change(scalar).unicodeScalars) } else { scalars.append(scalar) }
        }
        return String(scalars)
    }

    /// `Encode::decode`: the characters that the bytes stand for. Nil if they are no such bytes.
    func decoded(from charset: Charset) -> PerlText? {
        guard let octets else { return nil }
        switch charset {
        case .utf8: return String(validating: octets, as: UTF8.self).map { PerlText($0, isWide: true) }
        case .latin1: return PerlText(characters, isWide: true)
        }
    }

    enum Charset {
        case utf8, latin1

        /// Nil for a charset that Rollcall does not decode.
        init?(name: String) {
            switch name.lowercased() {
            case "utf8", "utf-8", "utf-8-strict": self = .utf8
            case "latin1", "latin-1", "iso-8859-1", "iso8859-1": self = .latin1
            default: return nil
            }
        }
    }
}

/// Perl compares characters, however they are stored; String's own equality is canonical equivalence.
extension PerlText: Hashable {
    static func == (left: PerlText, right: PerlText) -> Bool { left.characters.utf8.elementsEqual(right.characters.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in characters.utf8 { hasher.combine(byte) }
    }
}
