import Model

extension SettingsDecoder {
    private static let expectedRow = "a list such as ['UserLogin', 'Login', 'uid', 1, 1, 'var']"

    /// `Map`, with `CustomerKey` and `CustomerID`.
    mutating func mapping(_ section: Section) -> Mapping? {
        let key = attribute(required("CustomerKey", in: section, example: "'uid'"))
        let customer = attribute(required("CustomerID", in: section, example: "'o'"))
        guard let setting = required("Map", in: section, example: "[ ['UserLogin', 'Login', 'uid', 1, 1, 'var'], … ]")
        else { return nil }
        guard case .list(let list) = setting.value.content else {
            refuse(setting, expected: "a list of rows")
            return nil
        }
        var rows: [(row: Mapping.Row, offset: Int)] = []
        for value in list.elements {
            guard let row = row(value, of: setting.subject) else { continue }
            if rows.contains(where: { $0.row.target == row.target }) {
                reportTwice(row, at: value.offset, setting.subject)
            } else {
                rows.append((row, value.offset))
            }
        }
        checkEssential(rows.map(\.row), list.elements, setting)
        checkVariables(rows, map: setting.subject)
        warnOfDifference(rows, .login, key, "CustomerKey", setting.subject)
        warnOfDifference(rows, .customerID, customer, "CustomerID", setting.subject)
        guard let key, customer != nil else { return nil }
        return Mapping(keyAttribute: key, rows: rows.map(\.row))
    }

    /// Nil for a row that reads no attribute, and for one that cannot be used.
    private mutating func row(_ value: Value, of map: String) -> Mapping.Row? {
        let setting = Setting(subject: "a row of \(map)", value: value)
        guard case .list(let list) = setting.value.content else {
            refuse(setting, expected: Self.expectedRow)
            return nil
        }
        let cells = list.elements
        guard (5...10).contains(cells.count) else {
            findings.error(
                at: setting.offset, "\(setting.subject) has \(cells.count) columns. Expected 5 to 10: \(Self.expectedRow).")
            return nil
        }
        guard let variable = text(Setting(subject: "the variable of \(setting.subject)", value: cells[0]), expected: "a name")
        else { return nil }
        checkColumns(cells, variable: variable, map: map)
        if cells[2].isUndefined || cells[2].text?.isEmpty == true || variable == "ValidID" { return nil }
        guard !variable.isEmpty else {
            findings.error(
                at: setting.offset, "\(setting.subject) has no variable in its first column. Write one, or remove the row.")
            return nil
        }
        let source = Setting(subject: "the attribute of \(variable) in \(map)", value: cells[2])
        return attribute(source).map {
            Mapping.Row(Field(variable: variable).map { .field($0) } ?? .extra(variable), from: $0, isRequired: cells[4].isTrue)
        }
    }

    /// An LDAP attribute without options.
    mutating func attribute(_ setting: Setting?) -> String? {
        guard let setting, let text = text(setting, expected: "an LDAP attribute, such as 'uid'")?.trimmingSpaces()
        else { return nil }
        // Some directories have underscores, against RFC 4512.
        if AttributeName.isValid(text.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }) { return text }
        findings.error(
            at: setting.offset, "\(setting.subject) is '\(text)'. Expected an LDAP attribute without options, such as 'uid'.")
        return nil
    }

    private mutating func reportTwice(_ row: Mapping.Row, at offset: Int, _ subject: String) {
        findings.error(at: offset, "\(subject) has two rows for \(row.target.variable). Remove one.")
    }

    private mutating func checkEssential(_ rows: [Mapping.Row], _ written: [Value], _ setting: Setting) {
        for field in Field.essential where !rows.contains(where: { $0.target == .field(field) }) {
            if written.contains(where: { Self.isRefused($0, for: field.variable) }) { continue }
            findings.error(
                at: setting.offset,
                "\(setting.subject) has no row for \(field.variable), without which nobody can be a customer user. "
                    + "Add ['\(field.variable)', 'Label', 'attribute', 1, 1, 'var'].")
        }
    }

    /// Whether a row that has been reported is, or may be, the one for a variable.
    private static func isRefused(_ row: Value, for variable: String) -> Bool {
        guard case .list(let list) = row.content, let name = list.elements.first else { return row.isUnknown }
        guard !name.isUnknown, list.elements.count > 2 else { return name.isUnknown || name.text == variable }
        let attribute = list.elements[2]
        let hasNone = attribute.isUndefined || attribute.text?.isEmpty == true
        return name.text == variable && !hasNone
    }

    /// LDAP attributes compare without regard to case.
    private mutating func warnOfDifference(
        _ rows: [(row: Mapping.Row, offset: Int)], _ field: Field, _ attribute: String?, _ key: String, _ subject: String
    ) {
        guard let attribute, let (row, offset) = rows.first(where: { $0.row.target == .field(field) }),
            row.attribute.lowercased() != attribute.lowercased()
        else { return }
        findings.warning(
            at: offset,
            "\(subject) takes \(field.variable) from '\(row.attribute)', but \(key) is '\(attribute)'. "
                + "Rollcall follows Map: make both the same.")
    }
}
