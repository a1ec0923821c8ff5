import Model

/// By what it can be told that a group's entry is as it was: the operational attribute that changes with the entry.
///
/// A change of members that leaves it alone comes from a change of the members' own names: referential integrity, the links
/// of Active Directory, a renamed unit. Those who are new or have another name make the members be read.
struct GroupStamp {
    /// Nil where there is none to be relied on.
    let attribute: String?
    /// Times from here on may be those of a further change as well.
    private let firstUncertain: String?

    /// - Parameter now: microseconds since 1970 (UTC).
    init(_ root: RootDSE, now: Int64) {
        switch root.product {
        case .openLDAP: (attribute, firstUncertain) = ("entryCSN", nil)
        case .samba, .activeDirectory: (attribute, firstUncertain) = ("uSNChanged", nil)
        case .directoryServer389: (attribute, firstUncertain) = ("modifyTimestamp", GeneralizedTime.of(now - Self.tolerance))
        case .other: (attribute, firstUncertain) = (nil, nil)
        }
    }

    /// Microseconds that the clocks of two machines may be apart; within a second, time stamps do not tell two changes apart.
    private static let tolerance: Int64 = 300_000_000

    /// What is asked for: classes first.
    var attributes: [String] { ["objectClass"] + [attribute].compactMap(\.self) }

    /// - Parameter first: the position of `attributes` among those that were asked for.
    /// - Returns: nil when the group may change without its stamp.
    func value(of entry: Int, in page: EntryPage, at first: Int) -> String? {
        guard attribute != nil, let bytes = page.firstValue(entry, of: first + 1) else { return nil }
        var isPlain = page.firstValue(entry, of: first) != nil
        page.forEachValue(entry, of: first) { value in
            isPlain = isPlain && Self.plainClasses.contains(String(decoding: value, as: UTF8.self).lowercased())
        }
        let stamp = String(decoding: bytes, as: UTF8.self)
        if let firstUncertain, stamp.prefix(firstUncertain.count) >= firstUncertain { return nil }
        return isPlain ? stamp : nil
    }

    /// Groups of other classes may have members that the server works out.
    private static let plainClasses: Set = [
        "top", "groupofnames", "groupofuniquenames", "groupofmembers", "posixgroup", "group", "nsmemberof",
    ]
}
