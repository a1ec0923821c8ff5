/// The names that a group may have.
package enum GroupName {
    /// The ticket systems' column has room for so many characters.
    package static let longest = 200

    /// Why `name` cannot be one, and what to do; nil if it can.
    package static func objection(to name: String) -> String? {
        if name.trimmingSpaces().isEmpty { return "a group needs a name." }
        if name.trimmingSpaces() != name {
            return "the name '\(name)' begins or ends with a space, which nobody would see. Leave it out."
        }
        if name.count > longest {
            return "the name has \(name.count) characters, and the ticket system has room for \(longest). Choose a shorter one."
        }
        if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return "the name has a line break or another control character. Leave it out."
        }
        return nil
    }
}
