/// The content of a double-quoted string: text, escapes and variables (perlop, "Quote and Quote-like Operators").
struct DoubleQuoted {
    let bytes: [UInt8]
    let isUTF8: Bool
    /// Of the string. The text around a flaw may be a password, so flaws point at the string and do not show it.
    let offset: Int
    var index = 0
    var flaw: PerlFlaw?
    private var text = String.UnicodeScalarView()
    private var isWide = false
    private var partCount = 0
    /// What `\U` and its kind hold together, the innermost last.
    private var groups: [Group] = [Group(change: nil)]

    /// A part of the string that is changed as a whole.
    private struct Group {
        let change: Function?
        var parts: [Expression] = []
    }

    /// More variables and changes of case than anybody writes into one string.
    private static let partLimit = 10_000

    init(_ bytes: [UInt8], isUTF8: Bool, at offset: Int) {
        self.bytes = bytes
        self.isUTF8 = isUTF8
        self.offset = offset
    }

    /// The value, once it has been read.
    var expression: Expression { groups[0].parts.count == 1 && isPlainText ? groups[0].parts[0] : joined(groups[0].parts) }

    private var isPlainText: Bool { if case .text = groups[0].parts[0].kind { true } else { false } }

    private func joined(_ parts: [Expression]) -> Expression {
        parts.isEmpty ? Expression(.text(PerlText("")), at: offset) : Expression(.joined(parts), at: offset)
    }

    mutating func read() {
        while index < bytes.count, flaw == nil {
            switch bytes[index] {
            case UInt8(ascii: "\\"): readEscape()
            case UInt8(ascii: "$"): readVariable()
            case UInt8(ascii: "@") where interpolatesArray: readArray()
            default: take()
            }
        }
        while groups.count > 1 { closeGroup() }
        flush()
    }

    func byte(_ ahead: Int) -> UInt8 { index + ahead < bytes.count ? bytes[index + ahead] : 0 }

    mutating func refuse(_ message: String) { flaw = flaw ?? PerlFlaw(at: offset, message) }

    /// One character of the file: a byte without `use utf8`.
    private mutating func take() {
        let length = isUTF8 ? max(1, (~bytes[index]).leadingZeroBitCount) : 1
        let character = bytes[index..<min(index + length, bytes.count)]
        index += character.count
        if isUTF8, length > 1 {
            isWide = true
            text.append(contentsOf: String(decoding: character, as: UTF8.self).unicodeScalars)
        } else {
            text.append(UnicodeScalar(character[character.startIndex]))
        }
    }

    // MARK: - Parts

    mutating func append(_ scalar: UnicodeScalar, isWide: Bool = false) {
        text.append(scalar)
        self.isWide = self.isWide || isWide || scalar.value > 0xFF
    }

    mutating func append(_ part: Expression) {
        flush()
        partCount += 1
        if partCount > Self.partLimit { refuse("too many variables in this string. Write the text itself.") }
        groups[groups.count - 1].parts.append(part)
    }

    private mutating func flush() {
        guard !text.isEmpty else { return }
        let part = Expression(.text(PerlText(String(text), isWide: isWide)), at: offset)
        (text, isWide) = (String.UnicodeScalarView(), false)
        groups[groups.count - 1].parts.append(part)
    }

    // MARK: - Case

    /// `\U`, `\L`, `\Q`, `\u`, `\l`: up to `\E` or the end. `\U` and `\L` end each other.
    mutating func openGroup(_ change: Function) {
        if change == .lc || change == .uc {
            while groups.contains(where: { $0.change == .lc || $0.change == .uc }) { closeGroup() }
            // `\L\u` means `\u\L`.
            if byte(0) == UInt8(ascii: "\\"), byte(1) == (change == .lc ? UInt8(ascii: "u") : UInt8(ascii: "l")) {
                index += 2
                openGroup(change == .lc ? .ucfirst : .lcfirst)
            }
        }
        guard groups.count < Parser.chainLimit else {
            return refuse("too many '\\U' and '\\L' in this string. Write the text itself.")
        }
        flush()
        partCount += 1
        if partCount > Self.partLimit { return refuse("too many '\\U' and '\\L' in this string. Write the text itself.") }
        groups.append(Group(change: change))
    }

    /// `\E`: ends the innermost `\U`, `\L` or `\Q`, and every `\u` and `\l` in it.
    mutating func closeGroups() {
        while groups.count > 1 {
            let change = groups[groups.count - 1].change
            closeGroup()
            if change != .ucfirst, change != .lcfirst { return }
        }
    }

    private mutating func closeGroup() {
        flush()
        guard let group = groups.popLast(), let change = group.change else { return }
        groups[groups.count - 1].parts.append(Expression(.call(change, [joined(group.parts)]), at: offset))
    }
}
