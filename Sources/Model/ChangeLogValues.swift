/// `Rollcall::ChangeLogValues`: what the change log tells of people.
package enum ChangeLogValues: String, Sendable, Hashable, CaseIterable {
    /// Who they are, and each value before and after.
    case values
    /// Who they are, and which of their fields changed.
    case names
    /// Their immutable id; of all else salted digests.
    case digest
}

/// What a person's digests are made with: 32 random bytes, which only the store has. Without it nobody can find out by trying
/// which value a digest stands for.
package struct PersonSalt: Sendable, Hashable {
    package static let byteCount = 32

    package let bytes: [UInt8]

    /// - Parameter bytes: 32; nil for another number.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// A new one.
    package init() {
        var random = SystemRandomNumberGenerator()
        bytes = (0..<Self.byteCount / 8).flatMap { _ in
            withUnsafeBytes(of: UInt64.random(in: 0...UInt64.max, using: &random)) { Array($0) }
        }
    }
}

/// How a record tells of the person whom it is about.
package struct Veil: Sendable, Hashable {
    package enum Values: Sendable, Hashable {
        case told
        /// Only the names of the fields.
        case names
        case digests(PersonSalt)
    }

    package let values: Values
    /// For what the store keeps beside the line: who somebody was, and of which customers, is told there, and of other fields the
    /// names.
    package let isKept: Bool

    /// Everything is told.
    package static let none = Veil(.told)

    /// For what the store keeps.
    package static let kept = Veil(.names, isKept: true)

    package init(_ values: Values) { self.init(values, isKept: false) }

    private init(_ values: Values, isKept: Bool) {
        self.values = values
        self.isKept = isKept
    }

    /// Login and customer ID of the person.
    package var tellsWho: Bool {
        if case .digests = values { false } else { true }
    }

    /// Whether the values of a field are told.
    package func tells(_ field: String) -> Bool {
        values == .told || Self.ownFields.contains(field) || isKept && Self.identifyingFields.contains(field)
    }

    /// Whether the store has to keep something beside the line of a change.
    package func needsKept(beside change: Change) -> Bool {
        !tellsWho || (change.userFields ?? []).contains { Self.kept.tells($0.field) && !tells($0.field) }
    }

    /// What Rollcall itself says of somebody.
    private static let ownFields: Set = ["valid_id", "back_end", "directory_id"]
    /// What it takes to say later who had which right: logins, and customers, whose grants their people have.
    private static let identifyingFields: Set = [Field.login, .customerID, .customerIDs].reduce(into: Set<String>()) {
        $0.insert($1.column)
    }
}

/// What the store had of somebody beside their row, and lost by `rollcall log erase`.
package struct Erasure: Sendable, Hashable {
    package var grants: Int64
    /// Records about them that the store told more of than the change log.
    package var records: Int64

    package init(grants: Int64, records: Int64) {
        self.grants = grants
        self.records = records
    }
}
