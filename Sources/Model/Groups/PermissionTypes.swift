/// The list `System::Customer::Permission`.
package enum PermissionTypes {
    /// The ticket systems' column has room for so many characters.
    package static let longest = 20

    /// What is wrong with a list of types; empty if nothing is.
    package static func objections(to names: [String]) -> [String] {
        var reasons: [String] = []
        if names.last != Permission.readWrite.name {
            reasons.append("the types end with 'rw', which includes all others. Write rw as the last one.")
        }
        if Set(names).count < names.count { reasons.append("a type is there twice. Name each once.") }
        for name in names where name.count > longest || !isWord(name) {
            reasons.append(
                "'\(name)' cannot be a type: up to \(longest) letters, digits and underscores, such as move_into.")
        }
        return reasons
    }

    private static func isWord(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
    }
}
