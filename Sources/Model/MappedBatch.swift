/// What one entry says, complete: made only for entries whose fingerprint differs from the mirror's.
package struct MappedPerson: Sendable, Hashable {
    package var customerUser: CustomerUser
    package var facts: RuleFacts

    package init(customerUser: CustomerUser, facts: RuleFacts) {
        self.customerUser = customerUser
        self.facts = facts
    }
}

/// One entry, as far as it takes to see whether the mirror knows it already.
package struct EntryHeader: Sendable, Hashable {
    package var id: DirectoryID
    package var fingerprint: Fingerprint
    /// A digest of the canonical DN, by which LDAP groups name the person; nil where no rule is about LDAP groups.
    package var dnKey: UInt128?

    package init(id: DirectoryID, fingerprint: Fingerprint, dnKey: UInt128? = nil) {
        self.id = id
        self.fingerprint = fingerprint
        self.dnKey = dnKey
    }
}

/// Somebody who is no longer among the people of a back end, and how that is known.
package struct Departure: Sendable, Hashable {
    package var id: DirectoryID
    package var kind: Evidence.Kind

    package init(id: DirectoryID, kind: Evidence.Kind) {
        self.id = id
        self.kind = kind
    }
}

/// A bounded run of entries on their way from a directory to the mirror.
///
/// The seam between reading and merging: neither side knows the other. Strings are made only for what differs.
package protocol MappedBatch {
    /// One for each entry that has an immutable id, in the order of the directory.
    var headers: [EntryHeader] { get }
    /// Of entries that have no header.
    var problems: [Problem] { get }
    /// Those who are there and as they were, without their entries.
    var present: [DirectoryID] { get }
    /// Those who left.
    var departures: [Departure] { get }
    /// The entries come from a reading of everybody, most of them as they were and in much the order of the last time.
    var isInOrder: Bool { get }
    /// The DN of entry `index`, for problems.
    func dn(at index: Int) -> String
    /// - Throws: the problem of an entry that cannot become a customer user.
    func person(at index: Int) throws(Problem) -> MappedPerson
    /// What `AdditionEncoder` made of entry `index`, if it was asked to.
    func addition(at index: Int) -> ArraySlice<UInt8>?
}

/// Appends the rest of a change record's line (`RecordForm`) that tells of somebody as new. It can run on the thread that
/// reads, before it is known whether somebody is.
package typealias AdditionEncoder = @Sendable (DirectoryID, CustomerUser, inout [UInt8]) -> Void

extension MappedBatch {
    package var present: [DirectoryID] { [] }
    package var departures: [Departure] { [] }
    package var isInOrder: Bool { true }
    package func addition(at index: Int) -> ArraySlice<UInt8>? { nil }
}
