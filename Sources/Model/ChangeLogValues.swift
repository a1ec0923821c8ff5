/// `Rollcall::ChangeLogValues`: what the change log tells of people.
package enum ChangeLogValues: String, Sendable, Hashable, CaseIterable {
    /// Who they are, and each value before and after.
    case values
    /// Who they are, and which of their fields changed.
    case names
    /// Their immutable id; of all else salted digests.
    case digest
}
