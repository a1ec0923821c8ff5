/// Settings that Rollcall passes over, with what the ticket system expects of each.
enum TicketSystemKeys {
    enum Shape {
        case flag
        /// Such as ` of seconds`, behind "a whole number".
        case wholeNumber(unit: String)
        case oneOf([String])
        /// What the text is, such as `a prefix such as '*'`.
        case text(String)
        /// What the list holds, such as `a list of attributes, such as ['mail']`.
        case list(String)
        case hash(String)
    }

    static let backEnd: [(key: String, shape: Shape)] = [
        ("CustomerUserListFields", .list("a list of attributes, such as ['cn', 'mail']")),
        ("CustomerUserSearchFields", .list("a list of attributes, such as ['uid', 'cn', 'mail']")),
        ("CustomerUserSearchPrefix", .text("text, such as '*'")),
        ("CustomerUserSearchSuffix", .text("text, such as '*'")),
        ("CustomerUserSearchListLimit", .wholeNumber(unit: "")),
        ("CustomerUserPostMasterSearchFields", .list("a list of attributes, such as ['mail']")),
        ("CustomerUserNameFields", .list("a list of attributes, such as ['givenName', 'sn']")),
        ("CustomerUserNameFieldsJoin", .text("text, such as ' '")),
        ("CustomerUserExcludePrimaryCustomerID", .flag),
        ("CustomerUserEmailUniqCheck", .flag),
        ("CustomerCompanySupport", .flag),
        ("TranslateManagerTo", .text("an attribute, such as 'cn'")),
        ("CacheTTL", .wholeNumber(unit: " of seconds")),
        ("AdminSetPreferences", .flag),
        ("Selections", .hash("a hash, such as { UserTitle => { 'Dr.' => 'Dr.' } }")),
        ("ReadOnly", .flag),
        ("AutoLoginCreation", .flag),
        ("AutoLoginCreationPrefix", .text("text, such as 'auto'")),
    ]

    /// In `Params`.
    static let parameters: [(key: String, shape: Shape)] = [
        ("DestCharset", .text("a character set, such as 'utf-8'")),
        ("Die", .flag),
    ]

    /// In `Params.Params`.
    static let connection: [(key: String, shape: Shape)] = [
        ("async", .flag),
        ("version", .oneOf(["2", "3"])),
    ]
}
