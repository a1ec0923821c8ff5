import Model

/// Settings that only the ticket system uses: a mistake in one never stops Rollcall.
extension SettingsDecoder {
    mutating func checkTicketSystemKeys(_ keys: [(key: String, shape: TicketSystemKeys.Shape)], in section: Section) {
        for (key, shape) in keys {
            if let setting = section.setting(key) { check(setting, shape) }
        }
    }

    private mutating func check(_ setting: Setting, _ shape: TicketSystemKeys.Shape) {
        switch shape {
        case .flag:
            if setting.value.text == nil { doubt(setting, expected: "1 or 0") } else { warnOfOddFlag(setting) }
        case .wholeNumber(let unit):
            let number = setting.value.text.flatMap { Int($0.trimmingSpaces()) }
            if number.map({ $0 >= 0 }) != true { doubt(setting, expected: "a whole number\(unit), 0 or more") }
        case .oneOf(let words):
            let text = setting.value.text ?? ""
            if !words.contains(text) { doubt(setting, expected: words.joined(separator: " or ")) }
        case .text(let expected):
            if setting.value.text == nil { doubt(setting, expected: expected) }
        case .list(let expected): checkList(setting, expected)
        case .hash(let expected):
            if case .hash = setting.value.content { return }
            doubt(setting, expected: expected)
        }
    }

    private mutating func checkList(_ setting: Setting, _ expected: String) {
        guard case .list(let list) = setting.value.content else { return doubt(setting, expected: expected) }
        for value in list.elements where value.text?.isEmpty != false {
            doubt(Setting(subject: "an element of \(setting.subject)", value: value), expected: "a name there")
        }
    }

    /// Says that the ticket system will not understand a value; silent about values that have been reported already.
    mutating func doubt(_ setting: Setting, expected: String) {
        guard !setting.value.isUnknown else { return }
        let shown = setting.value.text.map { "'\($0)'" } ?? setting.value.kind
        findings.warning(at: setting.offset, "\(setting.subject) is \(shown). The ticket system expects \(expected).")
    }

    /// Perl takes every text but '' and '0' as true, also 'no' and 'off'.
    mutating func warnOfOddFlag(_ setting: Setting) {
        guard let text = setting.value.text, !["", "0", "1"].contains(text) else { return }
        findings.warning(at: setting.offset, "\(setting.subject) is '\(text)', which counts as 1. Write 1 or 0.")
    }

    /// Warns about top-level keys that are nearly, but not quite, one of those that Rollcall reads.
    mutating func checkTopLevelKeys() {
        for pair in settings.hash.pairs {
            guard let nearest = Keys.nearestAtTop(to: pair.key) else { continue }
            findings.warning(
                at: pair.keyOffset, "\(pair.key) is unknown to Rollcall and has no effect. Is '\(nearest)' meant?")
        }
    }
}
