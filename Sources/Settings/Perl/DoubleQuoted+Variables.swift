import Model

extension DoubleQuoted {
    /// The text around it may be a password, so it is not shown.
    static func unknownVariable(_ sign: String) -> String {
        "\(sign) in double quotes stands for a variable that has no value here. Use single quotes, or write '\\' before the sign."
    }

    /// Whether Perl takes an `@` for the start of an array.
    var interpolatesArray: Bool {
        let next = byte(1)
        return next.continuesWord && (next < 0x80 || isUTF8) || ":'{$+-".utf8.contains(next)
    }

    /// `$x`, `${x}`, `$Self->{K}{K}`, `$list[0]`, `$$x{K}`, `$ENV{NAME}`.
    mutating func readVariable() {
        guard let part = scalar() else { return refuse(Self.unknownVariable("a '$'")) }
        append(part)
    }

    /// `@x`, `@$x`, `@{ $Self->{K} }`: joined by a space.
    mutating func readArray() {
        index += 1
        let base: Target.Base? =
            if byte(0) == UInt8(ascii: "{") {
                braced()
            } else if byte(0) == UInt8(ascii: "$") {
                name(behind: 1).map { .value(variable("$" + $0, [])) }
            } else {
                name(behind: 0).map { .variable("@" + $0) }
            }
        guard let base, byte(0) != UInt8(ascii: "["), byte(0) != UInt8(ascii: "{") else {
            return refuse(Self.unknownVariable("an '@'"))
        }
        append(Expression(.elements(Aggregate(isHash: false, base: base, offset: offset)), at: offset))
    }

    /// `{name}` or `{ $x->{K} }` behind `@`.
    private mutating func braced() -> Target.Base? {
        index += 1
        skipBlanks()
        var base: Target.Base?
        if byte(0) == UInt8(ascii: "$") {
            base = scalar().map { .value($0) }
        } else {
            base = name(behind: 0).map { .variable("@" + $0) }
        }
        skipBlanks()
        guard byte(0) == UInt8(ascii: "}") else { return nil }
        index += 1
        return base
    }

    private mutating func skipBlanks() { while byte(0) == 0x20 || byte(0) == 0x09 { index += 1 } }

    /// The variable at a `$`, with its subscripts. Nil if it is none that can have a value here.
    private mutating func scalar() -> Expression? {
        index += 1
        if byte(0) == UInt8(ascii: "$") {
            guard let name = name(behind: 1), let subscripts = subscripts(), !subscripts.isEmpty else { return nil }
            return Expression(
                .element(Target(base: .value(variable("$" + name, [])), subscripts: subscripts, offset: offset)), at: offset)
        }
        let isBraced = byte(0) == UInt8(ascii: "{")
        if isBraced {
            index += 1
            skipBlanks()
        }
        guard let name = name(behind: 0) else { return nil }
        if isBraced {
            skipBlanks()
            guard byte(0) == UInt8(ascii: "}") else { return nil }
            index += 1
        }
        let isDirect = byte(0) == UInt8(ascii: "{") || byte(0) == UInt8(ascii: "[")
        guard let subscripts = subscripts() else { return nil }
        guard isDirect, let first = subscripts.first else { return variable("$" + name, subscripts) }
        if case .key = first { return variable("%" + name, subscripts) }
        return variable("@" + name, subscripts)
    }

    private func variable(_ name: String, _ subscripts: [Target.Subscript]) -> Expression {
        Expression(.element(Target(base: .variable(name), subscripts: subscripts, offset: offset)), at: offset)
    }

    /// A name with its `::`. Nil if none begins here, or if it ends in front of an apostrophe, which Perl takes for `::`.
    private mutating func name(behind ahead: Int) -> String? {
        index += ahead
        guard byte(0).startsWord, byte(0) < 0x80 || isUTF8 else { return nil }
        var name = takeWhile(limit: 250) { $0.continuesWord }
        while byte(0) == UInt8(ascii: ":"), byte(1) == UInt8(ascii: ":") {
            guard byte(2).startsWord else { return nil }
            index += 2
            name += "::" + takeWhile(limit: 250) { $0.continuesWord }
        }
        return byte(0) == UInt8(ascii: "'") && byte(1).startsWord ? nil : name
    }

    // MARK: - Subscripts

    /// `{K}`, `->{K}`, `['0']`, repeated. Nil for one that is no plain key or number.
    private mutating func subscripts() -> [Target.Subscript]? {
        var found: [Target.Subscript] = []
        while true {
            let arrow = byte(0) == UInt8(ascii: "-") && byte(1) == UInt8(ascii: ">") ? 2 : 0
            let mark = byte(arrow)
            guard mark == UInt8(ascii: "{") || mark == UInt8(ascii: "[") else { return found }
            index += arrow + 1
            guard found.count < Brackets.depthLimit, let next = mark == UInt8(ascii: "{") ? key() : position() else {
                return nil
            }
            found.append(next)
        }
    }

    private mutating func key() -> Target.Subscript? {
        skipBlanks()
        if byte(0) == UInt8(ascii: "$") { return closed(scalar(), by: UInt8(ascii: "}")).map { .key($0) } }
        let content = takeWhile(limit: 250) { $0 != UInt8(ascii: "}") && $0 != UInt8(ascii: "$") && $0 != UInt8(ascii: "@") }
        guard let text = Self.unquoted(content.trimmingSpaces()) else { return nil }
        let bytes = Array(text.utf8)
        return closed(Expression(.text(PerlText(bytes: bytes, isUTF8: isUTF8)), at: offset), by: UInt8(ascii: "}"))
            .map { .key($0) }
    }

    private mutating func position() -> Target.Subscript? {
        if byte(0) == UInt8(ascii: "$") { return closed(scalar(), by: UInt8(ascii: "]")).map { .index($0) } }
        let digits = takeWhile(limit: 8) { $0.isDigit || $0 == UInt8(ascii: "-") }
        guard let number = Int(digits), String(number) == digits else { return nil }
        return closed(Expression(.number(.integer(Int128(number))), at: offset), by: UInt8(ascii: "]")).map { .index($0) }
    }

    private mutating func closed(_ value: Expression?, by mark: UInt8) -> Expression? {
        skipBlanks()
        guard let value, byte(0) == mark else { return nil }
        index += 1
        return value
    }

    /// A bare word, or what stands between quotes without escapes. Nil for anything that Perl would compute.
    private static func unquoted(_ key: String) -> String? {
        guard let mark = key.first, mark == "'" || mark == "\"" else {
            let word = key.hasPrefix("-") ? key.dropFirst() : key[...]
            let isWord = word.utf8.first?.startsWord == true && word.utf8.allSatisfy(\.continuesWord)
            return isWord || String(Int(key) ?? -1) == key && !key.hasPrefix("-") ? key : nil
        }
        let inner = key.dropFirst().dropLast()
        return key.count > 1 && key.last == mark && !inner.contains(mark) && !inner.contains("\\") ? String(inner) : nil
    }
}
