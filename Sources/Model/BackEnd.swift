/// The place of a back end in the configuration: `CustomerUser` is 0, `CustomerUser1` … `CustomerUser10` are 1 … 10.
///
/// A lower slot wins when two back ends claim one login.
package struct Slot: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// 0 … 10.
    package let number: Int

    /// `nil` unless `number` is 0 … 10.
    package init?(_ number: Int) {
        guard Self.numbers.contains(number) else { return nil }
        self.number = number
    }

    /// All slots that the ticket system reads.
    package static let numbers = 0...10

    /// The configuration key, such as `CustomerUser3`.
    package var key: String { number == 0 ? "CustomerUser" : "CustomerUser\(number)" }

    /// The slot of a configuration key; nil for anything else.
    package init?(key: String) {
        guard let slot = Self.numbers.compactMap(Self.init).first(where: { $0.key == key }) else { return nil }
        self = slot
    }

    package var description: String { key }

    package static func < (left: Slot, right: Slot) -> Bool { left.number < right.number }
}

/// What becomes of somebody who has no permission on any group, where their back end requires groups.
package enum MissingGroup: String, Sendable, Hashable, CaseIterable {
    /// They are listed as unassigned.
    case report
    /// They are valid only while they have one.
    case invalidate
}

/// One `CustomerUser…` hash: where its directory is, whom to read there, how to map them, which groups they get.
package struct BackEnd: Sendable, Hashable {
    package var slot: Slot
    /// What the administrator calls it; shown in listings and records.
    package var name: String
    package var connection: ConnectionSettings
    package var search: SearchSettings
    package var mapping: Mapping
    package var rules: GroupRules
    /// `CustomerGroupSupport`: its customer users need a group assignment. When false, every valid group is open to them.
    package var requiresGroups: Bool
    package var removalLimit: RemovalLimit
    /// `OnMissingGroup`: what becomes of somebody without any permission where groups are required.
    package var onMissingGroup = MissingGroup.report
    /// `NestedGroups`: members of groups within the LDAP groups that rules name count as well.
    package var followsNestedGroups = false
    /// `Canaries`: logins that are always there. When one is missing nobody is removed.
    package var canaries: [String] = []
    /// `MinimumUsers`: when fewer would remain nobody is removed.
    package var minimumUsers = 0
    /// `DisabledAccounts`: those whose account is disabled or has expired are not valid.
    package var honoursAccountState = false
    package var strategy = StrategyChoice.automatic
    /// `FullEvery`: seconds after which a reading of changes only gives way to one that proves who is absent. At least 1.
    package var fullEverySeconds = Self.defaultFullEverySeconds

    package static let defaultFullEverySeconds = 86_400

    package init(
        slot: Slot, name: String, connection: ConnectionSettings, search: SearchSettings, mapping: Mapping,
        rules: GroupRules = GroupRules(), requiresGroups: Bool = false, removalLimit: RemovalLimit = .standard
    ) {
        self.slot = slot
        self.name = name
        self.connection = connection
        self.search = search
        self.mapping = mapping
        self.rules = rules
        self.requiresGroups = requiresGroups
        self.removalLimit = removalLimit
    }
}
