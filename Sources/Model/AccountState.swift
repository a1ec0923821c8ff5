/// What a directory says of somebody's account, besides that the entry is there.
package struct AccountState: Sendable, Hashable {
    /// An administrator has turned it off.
    package var isDisabled: Bool
    /// Microseconds since 1970 (UTC); nil for never.
    package var expires: Int64?

    package init(isDisabled: Bool = false, expires: Int64? = nil) {
        self.isDisabled = isDisabled
        self.expires = expires
    }

    /// Active Directory's flags and time (MS-ADTS section 2.2.16, MS-ADA1 section 2.2), 389 Directory Server's lock, and
    /// OpenLDAP's (draft-behera-ldap-password-policy section 5.3.3).
    package static let attributes = ["userAccountControl", "accountExpires", "nsAccountLock", "pwdAccountLockedTime"]

    /// - Parameter values: the first value of each of `attributes`, where there is one.
    package init(_ values: [String?]) {
        let value = { (index: Int) in index < values.count ? values[index] : nil }
        let isOff = value(0).flatMap { Int($0) }.map { $0 & Self.accountDisable != 0 } ?? false
        isDisabled = isOff || value(2)?.lowercased() == "true" || value(3) == Self.lockedForGood
        expires = value(1).flatMap { Int64($0) }.flatMap(Self.microseconds)
    }

    /// ADS_UF_ACCOUNT_DISABLE
    private static let accountDisable = 0x2
    /// A lock without an end. Others are of those who mistyped their password, and end by themselves.
    private static let lockedForGood = "000001010000Z"

    /// From intervals of 100 ns since 1601; 0 and the largest number mean never.
    private static func microseconds(_ interval: Int64) -> Int64? {
        interval <= 0 || interval == .max ? nil : interval / 10 - 11_644_473_600_000_000
    }

    /// - Parameter now: microseconds since 1970 (UTC).
    package func isUsable(at now: Int64) -> Bool { !isDisabled && (expires.map { $0 > now } ?? true) }
}
