/// How a reading of one back end came to its end.
package struct ReadingEnd: Sendable, Hashable {
    package var coverage: Coverage
    package var strategy: Strategy
    /// Why everybody was read; empty when only what has changed was.
    package var reason: String
    /// Why the answer is not to be believed where it says that somebody is missing.
    package var doubt: String?
    /// Entries that the server has sent.
    package var entries: Int
    /// Where the next reading goes on. Nil: what there was stays.
    package var state: ReadingState?

    package init(
        coverage: Coverage, strategy: Strategy, reason: String = "", doubt: String? = nil, entries: Int,
        state: ReadingState? = nil
    ) {
        self.coverage = coverage
        self.strategy = strategy
        self.reason = reason
        self.doubt = doubt
        self.entries = entries
        self.state = state
    }

    /// Why the reading says less than it was meant to, if it does.
    package var shortfall: String? { coverage.shortfall ?? doubt }
}
