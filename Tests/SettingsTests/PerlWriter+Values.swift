import Support

/// Values of all kinds.
extension PerlWriter {
    mutating func value() -> (String, Shape) {
        guard depth < 4 else { return (scalar(), .scalar) }
        depth += 1
        defer { depth -= 1 }
        switch random.number(0..<10) {
        case 0...4: return (scalarOrUndef(), .scalar)
        case 5, 6:
            let (items, shapes) = items(0..<6, canBeEmpty: true)
            return ("[\(gap())\(items)\(gap())]", .list(shapes))
        case 7, 8:
            let (pairs, shapes) = pairs(0..<6)
            return (pick(["{", "{", "+{"]) + "\(gap())\(pairs)\(gap())}", .hash(shapes))
        default: return reference()
        }
    }

    /// A container that stands elsewhere, too.
    private mutating func reference() -> (String, Shape) {
        switch random.number(0..<3) {
        case 0 where !references.isEmpty:
            let (name, _) = pick(references)
            // What is shared may change through its other name, so it is not named through this one.
            return ("$\(name)", .scalar)
        case 1 where !arrays.isEmpty: return ("\\@\(pick(arrays).name)", .scalar)
        case 2 where !hashes.isEmpty: return ("\\%\(pick(hashes).name)", .scalar)
        default: return (scalarOrUndef(), .scalar)
        }
    }

    private mutating func scalarOrUndef() -> String { chance(6) ? pick(["undef", "undef()"]) : scalar() }

    // MARK: - Lists

    mutating func comma() -> String { gap() + pick([",", ",", ",", ",,", ", ,", "=>"]) + gap() }

    /// Elements with their commas.
    mutating func items(_ range: Range<Int>, canBeEmpty: Bool) -> (String, [Shape]) {
        var code: [String] = []
        var shapes: [Shape] = []
        for _ in 0..<max(random.number(range), canBeEmpty ? 0 : 1) {
            let (item, some) = item()
            code.append(item)
            shapes += some
        }
        var text = code.first ?? ""
        for item in code.dropFirst() { text += comma() + item }
        if !code.isEmpty, chance(40) { text += pick([",", " ,", ",,"]) }
        return (text, shapes)
    }

    /// One element, or several in one.
    private mutating func item() -> (String, [Shape]) {
        switch random.number(0..<14) {
        case 0:
            let words = (0..<random.number(0..<4)).map { _ in pick(["a", "b-c", "x::y", "$z", "1", "d'e"]) }
            let text = words.joined(separator: pick([" ", "  ", "\t"]))
            return ("qw" + delimited(text, canNest: !words.isEmpty), words.map { _ in .scalar })
        case 1 where depth < 4:
            depth += 1
            defer { depth -= 1 }
            let (inner, shapes) = items(0..<3, canBeEmpty: true)
            return ("(\(gap())\(inner))", shapes)
        case 2 where !arrays.isEmpty:
            let array = pick(arrays)
            return ("@\(array.name)", Array(repeating: .scalar, count: array.count))
        case 3:
            let (inner, shapes) = simpleItems()
            return (pick(["@{[\(inner)]}", "@{ [ \(inner) ] }"]), shapes)
        case 4:
            let (inner, shapes) = simpleItems()
            return ("(\(inner)) x 2", shapes + shapes)
        default:
            let (code, shape) = value()
            return (code, [shape])
        }
    }

    private mutating func simpleItems() -> (String, [Shape]) {
        let count = random.number(1..<4)
        return ((0..<count).map { _ in scalar() }.joined(separator: ", "), Array(repeating: .scalar, count: count))
    }

    /// Keys and values.
    mutating func pairs(_ range: Range<Int>) -> (String, [(key: String, shape: Shape)]) {
        var parts: [String] = []
        var shapes: [(key: String, shape: Shape)] = []
        for _ in 0..<random.number(range) {
            if chance(8), !hashes.isEmpty {
                let hash = pick(hashes)
                parts.append(pick(["%\(hash.name)", "%{ \\%\(hash.name) }"]))
                for key in hash.keys { Self.add(key, .scalar, to: &shapes) }
                continue
            }
            let key = plainKey()
            let (value, shape) = value()
            parts.append(keyWithArrow(key) + gap() + value)
            Self.add(key, shape, to: &shapes)
        }
        var text = parts.first ?? ""
        for part in parts.dropFirst() { text += gap() + "," + gap() + part }
        if !parts.isEmpty, chance(40) { text += "," }
        return (text, shapes)
    }

    private static func add(_ key: String, _ shape: Shape, to shapes: inout [(key: String, shape: Shape)]) {
        shapes.removeAll { $0.key == key }
        shapes.append((key, shape))
    }

    mutating func plainKey() -> String {
        pick([
            "Name", "Module", "Params", "Host", "a", "b", "c", "q", "s", "y", "tr", "m", "x", "if", "print", "lc", "undef",
            "shift",
            "A::B", "with space", "it's", "", "0", "10", "-opt", "1.5", "k=v", isUTF8 || isLatin1 ? "schlüssel" : "ключ",
        ])
    }

    private mutating func keyWithArrow(_ key: String) -> String {
        let isWord = !key.isEmpty && key.utf8.allSatisfy { UnicodeScalar($0).properties.isAlphabetic && $0 < 0x80 }
        if isWord, chance(70) { return key + pick(awaited.isEmpty ? [" =>", "=>", "\n =>", " # x\n=>"] : [" =>", "=>"]) }
        if key == "-opt", chance(50) { return "-opt =>" }
        if key == "10", chance(50) { return pick(["10 =>", "1_0=>", "0xA =>", "012 =>", "10.0 =>"]) }
        if key == "1.5", chance(50) { return pick(["1.5 =>", "1.50 =>", "15e-1 =>"]) }
        return quoted(key) + pick([" =>", "=>", ",", " ,"])
    }

    // MARK: - Scalars

    mutating func scalar() -> String {
        switch random.number(0..<16) {
        case 0...4: return literal()
        case 5, 6: return number()
        case 7: return arithmetic()
        case 8: return operand() + gap() + "." + " " + operand()
        case 9: return literal() + " x " + pick(["2", "3", "0", "-1", "1.9", "'2'"])
        case 10: return function()
        case 11: return variable() ?? literal()
        case 12: return "(" + gap() + scalarInside() + gap() + ")"
        case 13: return "-" + pick(["'word'", "'-dash'", "'+plus'", "'5'", "'3 apples'", "\"x\"", "12"])
        case 14: return pick(["''", "'0'", "0", "undef"]) + pick([" || ", " // "]) + pick(["'d'", "7", "'0'"])
        default: return literal()
        }
    }

    private mutating func scalarInside() -> String {
        guard depth < 6 else { return literal() }
        depth += 1
        defer { depth -= 1 }
        return scalar()
    }

    private mutating func operand() -> String { chance(60) ? literal() : chance(50) ? "(\(number()))" : variable() ?? "'v'" }

    private mutating func function() -> String {
        switch random.number(0..<10) {
        case 0: return "lc(\(literal()))"
        case 1: return "uc \(literal())"
        case 2: return "Translatable(\(literal()))"
        case 3: return "join(\(literal()), \(literal()), \(number()), qw(a b))"
        case 4: return pick(["lcfirst", "ucfirst"]) + "(\(literal()))"
        case 5: return pick(["decode_utf8", "Encode::decode_utf8"]) + "('plain')"
        case 6 where !isUTF8 && !isLatin1: return "decode_utf8('ключ')"
        case 7: return pick(["decode", "Encode::decode"]) + "(" + pick(["'utf8'", "'UTF-8'", "\"utf-8\""]) + ", 'plain')"
        case 8 where !isUTF8: return #"Encode::decode('iso-8859-1', "\xe4")"#
        default: return "(join '-', \(literal()), \(literal()))"
        }
    }

    /// A known variable or element, or one of the environment.
    mutating func variable() -> String? {
        switch random.number(0..<6) {
        case 0, 1: return scalars.isEmpty ? nil : "$" + pick(scalars)
        case 2: return pick(["$ENV{ROLLCALL_TEST}", "$ENV{'ROLLCALL_TEST'}"])
        case 3:
            return arrays.isEmpty ? nil : arrayElement()
        case 4:
            guard let hash = hashes.isEmpty ? nil : pick(hashes), !hash.keys.isEmpty else { return nil }
            return "($\(hash.name)\(keySubscript(pick(hash.keys))) || 'k')"
        default:
            guard let setting = settings.filter({ $0.key.hasPrefix("Rollcall::V") }).randomElement(using: &random) else {
                return nil
            }
            return "$Self->{'\(setting.key)'}"
        }
    }

    private mutating func arrayElement() -> String? {
        let array = pick(arrays)
        guard array.count > 0, array.isPlain else { return nil }
        return "$\(array.name)[\(pick([random.number(0..<array.count), -1]))]"
    }

    // MARK: - Numbers

    mutating func number() -> String {
        pick([
            "0", "1", "42", "300", "10_000", "1_000_000", "0x1F", "0XfF", "0b101", "0755", "0o17", "03.5", "1.50", "1.0", ".5",
            "5.", "1e3",
            "1.5E-3", "2e+2", "1e15", "1e16", "1e21", "123456789012345678", "9223372036854775807", "18446744073709551615",
            "18446744073709551616", "0.1", "3.14159265358979", "1e-5", "00", "1_0.2_5", "-3", "- 4", "+5", "-0", "-1.5", "-.5",
            "7 ** 20", "10 ** 15", "2 ** 62", "-2 ** 52",
        ])
    }

    /// Numbers whose sums and products Perl keeps the same way whether they are whole or not.
    mutating func moderateNumber() -> String {
        pick([
            "0", "1", "42", "10_000", "0x1F", "0755", "1.50", ".5", "5.", "1e3", "1.5E-3", "0.1", "3.14159265358979", "-3",
            "+5",
        ])
    }

    mutating func arithmetic() -> String {
        var code = term()
        for _ in 0..<random.number(1..<4) {
            code += gap() + pick(["+", "-", "*"]) + " " + term()
            if chance(15) { code += " / " + pick(["2", "4", "0.5", "3", "7"]) }
            if chance(10) { code += " % " + pick(["3", "7", "-5", "1000"]) }
        }
        return code
    }

    private mutating func term() -> String {
        switch random.number(0..<8) {
        case 0: return "(" + pick(["1 + 2", "60 * 60", "7 - 9", "2 * 3.5"]) + ")"
        case 1: return pick(["2 ** 10", "-2 ** 2", "2 ** -1", "10 ** 5", "3 ** 2 ** 2", "1.5 ** 2"])
        case 2: return pick(["'3 apples'", "'12'", "'1e3'", "' 7'", "'0x10'", "'none'", "'1_000'", "'.5'"])
        default: return moderateNumber()
        }
    }
}
