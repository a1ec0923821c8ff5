import Model
import Store

/// What one cycle did, for people, logs and exit codes.
package struct CycleReport: Sendable {
    package var cycle: Int64
    package var outcome: CycleOutcome
    package var backEnds: [BackEndReport]
    package var customers: CustomerEnd
    package var customerRules: CustomerRuleEnd
    package var requirements: RequirementEnd
    package var nanoseconds: Int64
    package var seconds: Double { Double(nanoseconds) / 1e9 }

    /// 0 done, 1 a back end could not be read, 3 removals held.
    package var exitCode: Int32 {
        switch outcome {
        case .done: 0
        case .failed, .stopped: 1
        case .held: 3
        }
    }

    /// All back ends together.
    package var counts: MergeCounts {
        backEnds.reduce(into: MergeCounts()) { sum, report in
            sum.added += report.counts.added
            sum.updated += report.counts.updated
            sum.renamed += report.counts.renamed
            sum.invalidated += report.counts.invalidated
            sum.revalidated += report.counts.revalidated
            sum.grantsAdded += report.counts.grantsAdded
            sum.grantsRemoved += report.counts.grantsRemoved
            sum.held += report.counts.held
            sum.grantsHeld += report.counts.grantsHeld
            sum.problems += report.counts.problems
        }
    }

    private var people: Int { backEnds.reduce(0) { $0 + $1.people } }

    /// For the record of the end: how many people there are, and whatever is not zero, as in "grants_added".
    package var ending: CycleSummary {
        var counts = ["people": Int64(people)]
        for (count, name) in parts where count > 0 { counts[name.replacing(" ", with: "_")] = Int64(count) }
        return CycleSummary(outcome: outcome, counts: counts, nanoseconds: nanoseconds)
    }

    private var parts: [(Int, String)] {
        let counts = counts
        let failed = backEnds.count { $0.failure != nil }
        return [
            (counts.added, "added"), (counts.updated, "updated"), (counts.renamed, "renamed"),
            (counts.invalidated, "invalidated"), (counts.revalidated, "revalidated"), (counts.grantsAdded, "grants added"),
            (counts.grantsRemoved, "grants removed"), (counts.held, "held"),
            (counts.grantsHeld, "grants held"), (counts.problems, "problems"),
            (customerRules.given, "customer grants added"), (customerRules.taken, "customer grants removed"),
            (customerRules.held, "customer grants held"), (requirements.invalidated, "invalidated without a group"),
            (requirements.revalidated, "revalidated with a group"), (requirements.held, "without a group held"),
            (customers.invalidated, "customers invalidated"), (customers.held, "customers held"),
            (failed, "back ends not read"),
        ]
    }

    /// One line, as in "cycle 7: 60 people, 1 added, 1 renamed".
    package var summary: String {
        let words = parts.filter { $0.0 > 0 }
            .map { $0 == (1, "back ends not read") ? "1 back end not read" : "\($0.0) \($0.1)" }
        return "cycle \(cycle): \(people) people read"
            + (words.isEmpty ? ", nothing changed" : ", " + words.joined(separator: ", "))
    }
}

/// What one cycle did to one back end.
package struct BackEndReport: Sendable {
    package var slot: Slot
    package var counts = MergeCounts()
    /// People who are present, as far as this cycle knows.
    package var people = 0
    /// Why the back end could not be read, or not to its end.
    package var failure: String?
    package var heldReason: String?
    package var wasStopped = false
    /// How the reading ended; nil when it did not come to an end.
    package var end: ReadingEnd?

    package init(slot: Slot) { self.slot = slot }
}
