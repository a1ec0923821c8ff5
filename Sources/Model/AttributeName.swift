/// How LDAP writes the names of attributes and matching rules (RFC 4512 section 1.4).
package enum AttributeName {
    /// A short name such as `givenName`, or an OID such as `2.5.4.42`; without options.
    package static func isValid(_ name: some Collection<UInt8>) -> Bool {
        guard let first = name.first else { return false }
        if first.isASCIILetter { return name.allSatisfy(isKeyCharacter) }
        let numbers = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return numbers.count > 1 && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }
    }

    /// A name with any number of options, such as `cn;lang-de`.
    static func isValidDescription(_ description: some Collection<UInt8>) -> Bool {
        let parts = description.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard let name = parts.first, isValid(name) else { return false }
        return parts.dropFirst().allSatisfy { !$0.isEmpty && $0.allSatisfy(isKeyCharacter) }
    }

    /// The attributes, in lower case, that name the groups somebody is in: DNs that the server keeps by itself.
    static let backLinks: Set = ["memberof", "ismemberof"]

    private static func isKeyCharacter(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-")
    }
}
