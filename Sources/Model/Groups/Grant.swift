/// Where a grant comes from. Sources are kept apart: a sync takes back only what a sync gave.
package enum GrantSource: String, Sendable, Hashable, CaseIterable {
    /// A person gave it.
    case manual
    /// Given once, when the customer user first appeared (`UserSyncInitialGroups`).
    case initial
    /// A rule gives it for as long as it matches.
    case rule
}

/// One permission on one group, with its source.
package struct Grant: Sendable, Hashable {
    package var group: String
    package var permission: Permission
    package var source: GrantSource
    /// Which rule, in words that stay the same while the rule does; empty for manual grants.
    package var rule: String

    package init(group: String, permission: Permission, source: GrantSource, rule: String = "") {
        self.group = group
        self.permission = permission
        self.source = source
        self.rule = rule
    }
}
