import Foundation

/// Where the next reading of a back end goes on: kept with the data, in the same transaction, so that it never runs ahead
/// of them.
package struct ReadingState: Sendable, Hashable {
    /// Whose cookie it is.
    package var strategy: Strategy
    /// A server's cookie, or the change number or time stamp up to which `changed` has read.
    package var cookie: [UInt8]
    /// The same for people, in Base64 where it is binary; nil where there is none.
    package var position: String? {
        if cookie.isEmpty { return nil }
        let isText = cookie.allSatisfy { 0x20..<0x7F ~= $0 }
        return isText ? String(decoding: cookie, as: UTF8.self) : Data(cookie).base64EncodedString()
    }

    /// Which data the server holds: the immutable id of the base and, where there is one, the id of the server's database.
    /// A cookie is good for nothing when this is another one.
    package var lineage: String
    /// A digest of what was asked for and how it was mapped.
    package var request: UInt128
    /// A digest of what entries do not tell by themselves: the tree and the LDAP groups that filters name.
    package var surroundings: UInt128
    /// The bind account could read its own entry.
    package var seesItself: Bool
    /// The LDAP groups that decide about grants. To be kept: those that this reading has read.
    package var groups: [DecidingGroup: KnownGroup]
    /// Microseconds since 1970 (UTC) at the beginning of the last reading that proved who is absent.
    package var lastComplete: Int64

    package init(
        strategy: Strategy, cookie: [UInt8], lineage: String, request: UInt128, surroundings: UInt128, seesItself: Bool,
        groups: [DecidingGroup: KnownGroup] = [:], lastComplete: Int64
    ) {
        self.strategy = strategy
        self.cookie = cookie
        self.lineage = lineage
        self.request = request
        self.surroundings = surroundings
        self.seesItself = seesItself
        self.groups = groups
        self.lastComplete = lastComplete
    }
}
