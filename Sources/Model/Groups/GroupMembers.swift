/// Whom an LDAP group names, and all groups within it where those count.
package struct GroupMembers: Sendable, Hashable {
    /// Digests of canonical DNs (`DistinguishedName.canonical`), ascending, each once.
    package let dns: [UInt128]
    /// What `memberUid` names, in the order of the bytes, each once.
    package let logins: [String]

    package init(dns: [UInt128] = [], logins: [String] = []) {
        self.dns = Self.each(dns.sorted())
        self.logins = logins.isEmpty ? [] : Self.each(logins.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    package var count: Int { dns.count + logins.count }
    package var isEmpty: Bool { dns.isEmpty && logins.isEmpty }

    /// - Parameters:
    ///   - dnKey: the digest of somebody's canonical DN.
    ///   - login: the bytes of their login, compared exactly.
    package func contains(dnKey: UInt128?, login: ArraySlice<UInt8>?) -> Bool {
        if let dnKey, Self.find(in: dns, { $0 < dnKey }).map({ $0 == dnKey }) == true { return true }
        guard !logins.isEmpty, let login else { return false }
        return Self.find(in: logins) { $0.utf8.lexicographicallyPrecedes(login) }?.utf8.elementsEqual(login) ?? false
    }

    /// Whom one of the two names and the other does not.
    package func difference(from other: GroupMembers) -> GroupMembers {
        GroupMembers(
            dns: Self.difference(dns, other.dns, <),
            logins: Self.difference(logins, other.logins) { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    /// Whom at least one of the two names.
    package func union(_ other: GroupMembers) -> GroupMembers {
        if isEmpty { return other }
        return other.isEmpty ? self : GroupMembers(dns: dns + other.dns, logins: logins + other.logins)
    }

    /// What is in one of two sorted lists alone.
    private static func difference<Element>(
        _ one: [Element], _ other: [Element], _ precedes: (Element, Element) -> Bool
    ) -> [Element] {
        var alone: [Element] = []
        var (left, right) = (0, 0)
        while left < one.count, right < other.count {
            if precedes(one[left], other[right]) {
                alone.append(one[left])
                left += 1
            } else if precedes(other[right], one[left]) {
                alone.append(other[right])
                right += 1
            } else {
                left += 1
                right += 1
            }
        }
        return alone + one[left...] + other[right...]
    }

    /// The first element of a sorted list that does not precede what is looked for.
    private static func find<Element>(in list: [Element], _ precedes: (Element) -> Bool) -> Element? {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if precedes(list[middle]) { low = middle + 1 } else { high = middle }
        }
        return low < list.count ? list[low] : nil
    }

    private static func each(_ sorted: [UInt128]) -> [UInt128] {
        sorted.enumerated().filter { $0.offset == 0 || sorted[$0.offset - 1] != $0.element }.map(\.element)
    }

    private static func each(_ sorted: [String]) -> [String] {
        // By bytes: for Swift, two texts that only look alike are the same.
        sorted.enumerated().filter { $0.offset == 0 || !sorted[$0.offset - 1].utf8.elementsEqual($0.element.utf8) }
            .map(\.element)
    }
}

/// An LDAP group whose members decide about grants without their entries being changed.
package struct DecidingGroup: Sendable, Hashable {
    package var dn: String
    /// Members of groups within it count as well.
    package var countsNested: Bool

    package init(dn: String, countsNested: Bool = false) {
        self.dn = dn
        self.countsNested = countsNested
    }
}

/// What is known of an LDAP group that decides about grants, from the last reading that saw it.
package struct KnownGroup: Sendable, Hashable {
    /// How many members it showed.
    package var count: Int
    /// Whom it named, if the mirror agrees with that: who has which grants then follows from these members and from the
    /// rows alone. Nil when a reading could not tell who is in it, or ended while its changes were being merged.
    package var members: GroupMembers?
    /// By what it can be told that these still are the members; nil when they have to be read.
    package var stamps: GroupStamps?

    package init(count: Int, members: GroupMembers?, stamps: GroupStamps? = nil) {
        self.count = count
        self.members = members
        self.stamps = stamps
    }
}

/// By what a group, and every group within it, can be told to be as they were.
package struct GroupStamps: Sendable, Hashable, Codable {
    /// Of the server's data (`ReadingState.lineage`): stamps of other data say nothing.
    package var lineage: String
    /// By canonical DN, the operational attribute that changes with the entry.
    package var entries: [String: String]
    /// A digest of which groups there are that could be members; empty where groups within groups do not count.
    package var catalogue: String

    package init(lineage: String, entries: [String: String], catalogue: String) {
        self.lineage = lineage
        self.entries = entries
        self.catalogue = catalogue
    }
}
