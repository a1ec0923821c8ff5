import Model

/// What the servers of one back end said when each was asked by itself.
package struct BackEndProbe: Sendable, Hashable {
    package let slot: Slot
    package let name: String
    /// Of the servers that were asked, in the order of the configuration.
    package internal(set) var reports: [ProbeReport] = []
    /// Servers that were left alone because another one refused the bind: one more try could lock the account.
    package internal(set) var untried: [String] = []

    /// Every server could be read.
    package var isReadable: Bool { untried.isEmpty && reports.allSatisfy(\.isReadable) }
}

/// What one server would come to in a cycle. It is filled in as far as the probe came.
package struct ProbeReport: Sendable, Hashable {
    /// The server's URI.
    package let server: String
    /// The search for people as a command that can be pasted into a shell; the password is asked for.
    package let command: String
    /// What the server showed; nil without TLS.
    package internal(set) var certificate: Certificate?
    /// Nil when the server did not let the probe in.
    package internal(set) var root: RootDSE?
    /// The LDAP groups of the rules, in their order.
    package internal(set) var groups: [ProbedGroup] = []
    /// Nil when the people could not be read.
    package internal(set) var people: ProbedPeople?
    /// What the bind account does not see.
    package internal(set) var blindSpots: [BlindSpot] = []
    /// What ended the probe before its end.
    package internal(set) var failure: DirectoryProblem?

    /// A cycle would read this server completely, and mirror somebody.
    package var isReadable: Bool { failure == nil && !blindSpots.contains(where: \.isGrave) }

    /// How a cycle would read it; nil when the server did not let the probe in.
    package internal(set) var offer: StrategyOffer?
}

/// One LDAP group that a rule names.
package struct ProbedGroup: Sendable, Hashable {
    package let dn: String
    /// Nil when it could not be read.
    package let members: Int?
}

/// The people of a back end as one server shows them.
package struct ProbedPeople: Sendable, Hashable {
    /// Entries that match the filter, as far as they were sent.
    package internal(set) var matching = 0
    /// Those of them that `GroupDN` lists; nil when there is no such restriction.
    package internal(set) var listed: Int?
    /// Those who can be mirrored.
    package internal(set) var mirrored = 0
    /// Those of the mirrored whom `CustomerUserValidFilter` matches; nil when there is no such filter.
    package internal(set) var valid: Int?
    /// Those of the mirrored who lack a value that `Map` marks as required.
    package internal(set) var incomplete = 0
    /// Why the others cannot be mirrored, in the order in which it was met.
    package internal(set) var problems: [ProblemCount] = []
    /// The first ones.
    package internal(set) var samples: [Sample] = []
    /// Why these are not all; nil if they are.
    package internal(set) var shortfall: String?
}

/// How many entries have a problem of one kind with one attribute.
package struct ProblemCount: Sendable, Hashable {
    package internal(set) var count: Int
    /// The first one.
    package let example: Problem
}

/// One person as they would be mirrored.
package struct Sample: Sendable, Hashable {
    package struct Value: Sendable, Hashable {
        /// The Map variable.
        package let variable: String
        package let text: String
    }

    package let dn: String
    /// In the order of `Map`; absent ones are empty.
    package let values: [Value]
    package let isValid: Bool
    /// Map variables that are marked as required and have no value.
    package let missing: [String]
    /// What the rules and the initial groups give, by group; only on groups that exist.
    package let grants: [Grant]
    /// Rules that could not be decided.
    package let undecided: [String]
}
