import Model

/// Rule grants as they are read from the store, each made once: a few hundred are held by everybody.
struct KnownGrants {
    /// Names of groups by their number.
    private let groups: [Int64: String]
    /// By the bytes that they were made of.
    private var grants: [Int: Grant] = [:]

    /// How many are remembered.
    private static let limit = 10_000

    init(groups: [Int64: String]) { self.groups = groups }

    /// - Parameter row: the columns are the group's number, permission and rule.
    /// - Returns: nil for a group that there is not.
    mutating func grant(_ row: RowStatement) -> Grant? {
        guard let group = groups[row.integer(0)] else { return nil }
        var hasher = Hasher()
        hasher.combine(row.integer(0))
        hasher.combine(bytes: UnsafeRawBufferPointer(row.utf8(1)))
        hasher.combine(bytes: UnsafeRawBufferPointer(row.utf8(2)))
        let hash = hasher.finalize()
        if let grant = grants[hash], UTF8Key(grant.group) == UTF8Key(group), row.utf8(1).isSame(as: grant.permission.name),
            row.utf8(2).isSame(as: grant.rule)
        {
            return grant
        }
        let grant = Grant(group: group, permission: Permission(row.text(1)), source: .rule, rule: row.text(2))
        if grants.count == Self.limit { grants.removeAll() }
        grants[hash] = grant
        return grant
    }
}
