/// The renames of groups in a stretch of the change log: what a group of an earlier record is called at its end.
package struct GroupRenames: Sendable {
    private var renames: [(record: Int64, from: String, to: String)] = []

    package init() {}

    /// Takes the records in their order; those of anything else do not matter.
    package mutating func note(_ record: ChangeRecord) {
        if case .groupRenamed(let name, let former) = record.change { renames.append((record.sequence, former, name)) }
    }

    /// What the group is called at the end that was called `name` after the record of this number.
    package func current(_ name: String, after number: Int64) -> String {
        renames.reduce(name) { name, rename in rename.record > number && rename.from == name ? rename.to : name }
    }
}
