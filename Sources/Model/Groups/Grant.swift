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
///
/// A million people hold the same few grants. So what a grant says is there once, however many copies of it there are, its hash
/// is reckoned once, and a grant and its copy are compared without looking at their texts.
package struct Grant: Sendable, Hashable {
    /// What a grant says, with its hash. A class because it is shared.
    private final class Content: Sendable {
        let group: String
        let permission: Permission
        let source: GrantSource
        let rule: String
        let hash: Int

        init(_ group: String, _ permission: Permission, _ source: GrantSource, _ rule: String) {
            self.group = group
            self.permission = permission
            self.source = source
            self.rule = rule
            var hasher = Hasher()
            hasher.combine(group)
            hasher.combine(permission)
            hasher.combine(source)
            hasher.combine(rule)
            hash = hasher.finalize()
        }
    }

    private var content: Content

    package init(group: String, permission: Permission, source: GrantSource, rule: String = "") {
        content = Content(group, permission, source, rule)
    }

    package var group: String {
        get { content.group }
        set { content = Content(newValue, permission, source, rule) }
    }

    package var permission: Permission { content.permission }

    package var source: GrantSource { content.source }

    /// Which rule, in words that stay the same while the rule does; empty for manual grants.
    package var rule: String { content.rule }

    /// The same for a grant and its copies, and nothing else, as long as there is one of them.
    package var identity: ObjectIdentifier { ObjectIdentifier(content) }

    package static func == (left: Grant, right: Grant) -> Bool {
        if left.content === right.content { return true }
        return left.content.hash == right.content.hash && left.group == right.group && left.permission == right.permission
            && left.source == right.source && left.rule == right.rule
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(content.hash) }
}
