import Model

/// What the change log keeps.
extension SettingsDecoder {
    /// `Rollcall::KeepRecords`: days.
    mutating func keepRecords() -> Int? {
        guard let setting = settings.setting("Rollcall::KeepRecords") else { return nil }
        let expected = "'forever', or a whole number of days, 1 to \(Self.mostDays)"
        guard let text = text(setting, expected: expected), text != "forever" else { return nil }
        if let days = Int(text.trimmingSpaces()), 1...Self.mostDays ~= days { return days }
        findings.error(at: setting.offset, "\(setting.subject) is '\(text)'. Expected \(expected).")
        return nil
    }

    /// `Rollcall::ChangeLogValues`.
    mutating func changeLogValues() -> ChangeLogValues? {
        guard let setting = settings.setting("Rollcall::ChangeLogValues") else { return nil }
        let expected = "'values', 'names' or 'digest'"
        guard let text = text(setting, expected: expected) else { return nil }
        if let values = ChangeLogValues(rawValue: text) { return values }
        findings.error(at: setting.offset, "\(setting.subject) is '\(text)'. Expected \(expected).")
        return nil
    }

    /// A hundred years.
    private static let mostDays = 36_525
}
