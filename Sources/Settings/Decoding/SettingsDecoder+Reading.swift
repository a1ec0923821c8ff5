import Model

extension SettingsDecoder {
    /// How one back end is read, and what has to hold before anybody is removed.
    mutating func decodeReading(_ section: Section, into backEnd: inout BackEnd) {
        backEnd.honoursAccountState = honoursAccountState(section.setting("DisabledAccounts"))
        backEnd.strategy = strategy(section.setting("Strategy")) ?? .automatic
        backEnd.fullEverySeconds =
            wholeNumber(section.setting("FullEvery"), in: 1...31_536_000, unit: " of seconds")
            ?? BackEnd.defaultFullEverySeconds
        backEnd.canaries =
            names(section.setting("Canaries"), expected: "a list of logins, such as ['ada', 'bob']")?.map(\.name) ?? []
        backEnd.minimumUsers = wholeNumber(section.setting("MinimumUsers"), in: 0...1_000_000_000, unit: " of people") ?? 0
    }

    private mutating func honoursAccountState(_ setting: Setting?) -> Bool {
        let expected = "'invalid' or 'valid'"
        guard let setting, let text = text(setting, expected: expected) else { return false }
        if ["invalid", "valid"].contains(text) { return text == "invalid" }
        findings.error(at: setting.offset, "\(setting.subject) is '\(text)'. Expected \(expected).")
        return false
    }

    private mutating func strategy(_ setting: Setting?) -> StrategyChoice? {
        let words = StrategyChoice.words.map { "'\($0)'" }
        let expected = words.dropLast().joined(separator: ", ") + " or " + words.suffix(1).joined()
        guard let setting, let text = text(setting, expected: expected) else { return nil }
        if let choice = StrategyChoice(text) { return choice }
        findings.error(at: setting.offset, "\(setting.subject) is '\(text)'. Expected \(expected).")
        return nil
    }
}
