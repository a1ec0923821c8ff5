/// Whom a back end reads.
package struct SearchSettings: Sendable, Hashable {
    package enum Scope: String, Sendable, Hashable, CaseIterable {
        case base, one, sub
    }

    package var baseDN: String
    package var scope: Scope
    /// RFC 4515 filter in parentheses, or empty.
    package var alwaysFilter: String
    /// `CustomerUserValidFilter`: those that match are valid. Empty: everybody is.
    package var validFilter: String
    /// `GroupDN`: only those count whose login is a `memberUid` at or below it. Nil: everybody counts.
    package var groupDN: String?
    package var charset: Charset

    /// How the directory's values are encoded (`SourceCharset`).
    package enum Charset: Sendable, Hashable {
        case utf8, latin1
    }

    package init(
        baseDN: String, scope: Scope, alwaysFilter: String = "", validFilter: String = "", groupDN: String? = nil,
        charset: Charset = .utf8
    ) {
        self.baseDN = baseDN
        self.scope = scope
        self.alwaysFilter = alwaysFilter
        self.validFilter = validFilter
        self.groupDN = groupDN
        self.charset = charset
    }
}
