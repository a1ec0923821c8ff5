import Crypto
import Model

/// The settings that concern Rollcall, as Perl would hold them, in canonical JSON (RFC 8259, keys sorted by code point).
struct SettingsDump {
    /// Passwords are shown.
    let showsSecrets: Bool
    /// One value a line, for people.
    let isIndented: Bool
    private var text = ""
    private var level = 0

    init(showsSecrets: Bool, isIndented: Bool = false) {
        self.showsSecrets = showsSecrets
        self.isIndented = isIndented
    }

    static let hidden = "(hidden)"

    mutating func json(of settings: Hash) -> String {
        text = ""
        var ours = Hash()
        for pair in settings.pairs where Keys.concern(pair.key) {
            ours.set(pair.value, for: pair.key, keyOffset: pair.keyOffset)
        }
        write(ours)
        return text
    }

    // MARK: - Values

    private mutating func write(_ value: Value, of key: String? = nil) {
        switch value.content {
        case .undefined, .unknown: text += "null"
        case .text(let string): write(isHidden(string, key) ? Self.hidden : string)
        case .number(let number): writeNumber(number, key)
        case .list(let list):
            writeAll(list.elements, "[", "]") { dump, element in dump.write(element, of: key) }
        case .hash(let hash): write(hash, of: key)
        }
    }

    private mutating func write(_ hash: Hash, of key: String? = nil) {
        if !showsSecrets, !hash.pairs.isEmpty, key.map(Secrets.isName) == true || Secrets.areShifted(in: hash) {
            return writeAll([Self.hidden], "{", "}") { dump, word in dump.writePair(word, Value(.text(word), at: 0)) }
        }
        let hiddenKey = !showsSecrets && Secrets.areExchanged(in: hash) ? "UserDN" : nil
        let sorted = hash.pairs.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
        writeAll(sorted, "{", "}") { dump, pair in
            dump.writePair(pair.key, pair.key == hiddenKey ? Value(.text(Self.hidden), at: 0) : pair.value)
        }
    }

    private mutating func writePair(_ key: String, _ value: Value) {
        write(key)
        text += isIndented ? ": " : ":"
        write(value, of: key)
    }

    private func isHidden(_ string: String, _ key: String?) -> Bool {
        if showsSecrets { return false }
        if let key, Secrets.isName(key) && !string.isEmpty || Secrets.isFileName(key) && !string.hasPrefix("/") { return true }
        return Secrets.areIn(string)
    }

    /// JSON has no infinities.
    private mutating func writeNumber(_ number: Number, _ key: String?) {
        if isHidden(number.text, key) { return write(Self.hidden) }
        if number.real.isFinite { text += number.text } else { write(number.text) }
    }

    private mutating func writeAll<Item>(
        _ items: [Item], _ opening: String, _ closing: String, _ item: (inout SettingsDump, Item) -> Void
    ) {
        text += opening
        level += 1
        for (position, next) in items.enumerated() {
            if position > 0 { text += "," }
            breakLine()
            item(&self, next)
        }
        level -= 1
        if !items.isEmpty { breakLine() }
        text += closing
    }

    private mutating func breakLine() {
        if isIndented { text += "\n" + String(repeating: "  ", count: level) }
    }

    // MARK: - Strings

    private static let escapes: [UnicodeScalar: String] = [
        "\"": "\\\"", "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u{8}": "\\b", "\u{C}": "\\f",
    ]

    private mutating func write(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            if let escape = Self.escapes[scalar] {
                text += escape
            } else if scalar.value < 0x20 || scalar.value == 0x7F {
                text += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

/// What no command shows.
enum Secrets {
    /// Whether a key names a password by what the ticket system calls them: `UserPw`, `SearchUserPw`, `Password`.
    static func isName(_ key: String) -> Bool {
        let name = key.lowercased()
        return ["pw", "password", "passwd", "passphrase", "secret"].contains { name.hasSuffix($0) }
    }

    /// Whether a key names a file with a password; what is no whole path may be the password itself.
    static func isFileName(_ key: String) -> Bool { key.lowercased().hasSuffix("pwfile") }

    /// Whether a text may carry a password: a URI with a user, a data source with its password.
    static func areIn(_ text: String) -> Bool {
        if let start = text.firstRange(of: "://"), text[start.upperBound...].contains("@") { return true }
        let folded = text.lowercased()
        if folded.hasPrefix("dbi:"), folded.contains("@") { return true }
        return ["password=", "passwd=", "pwd="].contains { folded.contains($0) }
    }

    /// Whether `UserDN` and `UserPw` stand in each other's place: the password is a DN, and the name is none, nor an address.
    static func areExchanged(in hash: Hash) -> Bool {
        guard let name = hash["UserDN"]?.text, let password = hash["UserPw"]?.text, !name.isEmpty else { return false }
        return password.contains("=") && DistinguishedName.isAt(password, orBelow: "") != nil
            && !name.contains { $0 == "=" || $0 == "@" || $0 == "\\" }
    }

    /// Whether a missing value has turned keys into values, and perhaps a password into a key.
    static func areShifted(in hash: Hash) -> Bool {
        hash.pairs.contains { $0.value.text.map { known.contains(ExactText($0)) } == true }
    }

    /// Keys around passwords: those of `Params`, and those of a back end in a database.
    private static let known = Set((Keys.parameters + ["DSN", "User", "Password", "Table"]).map(ExactText.init))
}

extension ConfigurationReading {
    /// The settings that concern Rollcall as Perl would build them. Nil unless every one of them is known.
    package func dump(showsSecrets: Bool = false, isIndented: Bool = false) -> String? {
        guard isFollowed else { return nil }
        var dump = SettingsDump(showsSecrets: showsSecrets, isIndented: isIndented)
        return dump.json(of: settings)
    }

    /// The configuration, with a stamp that says which one it is. Nil if it cannot be used.
    package var stampedConfiguration: Configuration? {
        var configuration = configuration
        configuration?.stamp = dump().map { dump in
            let digest = SHA256.hash(data: Array((dump + "\n").utf8)).withUnsafeBytes { ChainHash($0) }
            return ConfigurationStamp(files: files, digest: "\(digest)")
        }
        return configuration
    }

    /// Which files cannot be used, and why. Nil if they can.
    package var rejection: (files: [String], reason: String)? {
        let errors = diagnostics.filter { $0.severity == .error }
        guard let first = errors.first else { return nil }
        return (files, errors.count == 1 ? "\(first)" : "\(first) (and \(errors.count - 1) more)")
    }

    /// The paths of the files, each once, in the order in which they take effect.
    var files: [String] {
        sources.texts.map(\.path).reduce(into: []) { files, path in if !files.contains(path) { files.append(path) } }
    }
}
