/// How a cycle ended, for the store, the change log and people.
package enum CycleOutcome: String, Sendable, Hashable, CaseIterable {
    case done, failed, held, stopped
}

/// What a cycle came to, for the record of its end.
package struct CycleSummary: Sendable, Hashable {
    package var outcome: CycleOutcome
    /// By name, as in "added" and "people_read".
    package var counts: [String: Int64]
    package var nanoseconds: Int64
    /// Of the record before that of the end.
    package var signature: HeadSignature?

    package init(outcome: CycleOutcome, counts: [String: Int64], nanoseconds: Int64, signature: HeadSignature? = nil) {
        self.outcome = outcome
        self.counts = counts
        self.nanoseconds = nanoseconds
        self.signature = signature
    }
}
