import Model

/// A value on its way to a setting.
struct Setting {
    /// What messages call it, such as `CustomerUser1 Params.Host`.
    let subject: String
    let value: Value

    var offset: Int { value.offset }
}

/// A hash whose keys are settings.
struct Section {
    /// What stands before a key in messages: `CustomerUser1 Params.`, or nothing.
    let prefix: String
    let hash: Hash
    /// Where the hash begins.
    let offset: Int

    func subject(_ key: String) -> String { prefix + key }

    /// Nil if the key is absent or `undef`.
    func setting(_ key: String) -> Setting? {
        guard let value = hash[key], !value.isUndefined else { return nil }
        return Setting(subject: subject(key), value: value)
    }
}

/// Reading of single values. Each reports what does not fit and answers nil.
extension SettingsDecoder {
    /// Says that a value has the wrong kind; silent about values that have been reported already.
    mutating func refuse(_ setting: Setting, expected: String) {
        guard !setting.value.isUnknown else { return }
        findings.error(at: setting.offset, "\(setting.subject) is \(setting.value.kind). Expected \(expected).")
    }

    mutating func text(_ setting: Setting?, expected: String) -> String? {
        guard let setting else { return nil }
        if let text = setting.value.text { return text }
        refuse(setting, expected: expected)
        return nil
    }

    mutating func flag(_ setting: Setting?) -> Bool? {
        guard let setting else { return nil }
        guard setting.value.text != nil else {
            refuse(setting, expected: "1 or 0")
            return nil
        }
        warnOfOddFlag(setting)
        return setting.value.isTrue
    }

    /// A number without fraction within `range`.
    mutating func wholeNumber(_ setting: Setting?, in range: ClosedRange<Int>, unit: String) -> Int? {
        guard let setting else { return nil }
        let expected = "a whole number\(unit), \(range.lowerBound) to \(range.upperBound)"
        guard let text = text(setting, expected: expected) else { return nil }
        if let number = Int(text.trimmingSpaces()), range.contains(number) { return number }
        findings.error(at: setting.offset, "\(setting.subject) is '\(text)'. Expected \(expected).")
        return nil
    }

    mutating func hash(_ setting: Setting?, expected: String) -> Hash? {
        guard let setting else { return nil }
        if case .hash(let hash) = setting.value.content { return hash }
        refuse(setting, expected: expected)
        return nil
    }

    /// A list of names that are not empty, each once.
    mutating func names(_ setting: Setting?, expected: String) -> [(name: String, offset: Int)]? {
        guard let setting else { return nil }
        guard case .list(let list) = setting.value.content else {
            refuse(setting, expected: expected)
            return nil
        }
        var seen: Set<ExactText> = []
        var names: [(name: String, offset: Int)] = []
        for value in list.elements {
            let element = Setting(subject: "an element of \(setting.subject)", value: value)
            guard let name = text(element, expected: "a name") else { continue }
            if name.trimmingSpaces().isEmpty {
                findings.error(at: value.offset, "\(setting.subject) has an empty name. Remove it, or write the name.")
            } else if seen.insert(ExactText(name)).inserted {
                names.append((name, value.offset))
            } else {
                findings.warning(at: value.offset, "\(setting.subject) names '\(name)' twice. Remove one.")
            }
        }
        return names
    }

    /// Warns about every key of a section that is not among the known ones.
    mutating func checkKeys(of section: Section, known: [String]) {
        let exact = Set(known.map(ExactText.init))
        for pair in section.hash.pairs where !exact.contains(ExactText(pair.key)) {
            let remedy =
                Keys.nearest(to: pair.key, among: known).map { "Is '\($0)' meant?" } ?? "Remove it, or correct its name."
            findings.warning(
                at: pair.keyOffset, "\(section.subject(pair.key)) is unknown to Rollcall and has no effect. \(remedy)")
        }
    }
}
