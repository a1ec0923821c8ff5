/// `RemovalLimit`: how many customer users of one back end one cycle may invalidate.
package enum RemovalLimit: Sendable, Hashable {
    /// 0 … 100, of those who are present.
    case percent(Int)
    case count(Int)

    package static let standard = RemovalLimit.percent(20)
    /// Up to this many may always go, so that a small back end is not held for every leaver.
    package static let alwaysAllowed = 5

    /// How many of `present` people may go in one cycle.
    package func allowed(of present: Int) -> Int {
        switch self {
        case .percent(let share): max(Self.alwaysAllowed, present * share / 100)
        case .count(let count): max(Self.alwaysAllowed, count)
        }
    }
}

/// Decides whether a back end's removals of one cycle are carried out or held for a person to look at.
package struct RemovalGuard: Sendable {
    package enum Ruling: Sendable, Hashable {
        case remove
        /// All of them are held; the reason says what to do.
        case hold(reason: String)
    }

    /// What one reading came to.
    package struct Finding: Sendable, Hashable {
        /// How many are missing whose removal nobody has approved.
        package var missing: Int
        /// How many the mirror held as present before this cycle.
        package var present: Int
        /// How many entries the reading returned; nil for one that only told what has changed.
        package var entries: Int?
        /// Why the answer is not to be believed; nil when nothing speaks against it.
        package var doubt: String?
        /// Those of `Canaries` who are not there.
        package var missingCanaries: [String]

        package init(
            missing: Int, present: Int, entries: Int? = nil, doubt: String? = nil, missingCanaries: [String] = []
        ) {
            self.missing = missing
            self.present = present
            self.entries = entries
            self.doubt = doubt
            self.missingCanaries = missingCanaries
        }
    }

    package let limit: RemovalLimit
    /// `MinimumUsers`: as many have to remain.
    package let minimumUsers: Int

    package init(limit: RemovalLimit, minimumUsers: Int = 0) {
        self.limit = limit
        self.minimumUsers = minimumUsers
    }

    package func ruling(_ finding: Finding) -> Ruling {
        guard finding.missing > 0, let objection = objection(to: finding) else { return .remove }
        return .hold(reason: objection)
    }

    private func objection(to finding: Finding) -> String? {
        if let doubt = finding.doubt { return "\(doubt). \(Self.lookAtAccount)" }
        if finding.entries == 0 {
            return "the directory returned nobody, where the mirror has \(finding.present). \(Self.lookAtAccount)"
        }
        if let canary = finding.missingCanaries.first {
            return "'\(canary)' of Canaries is not there. \(Self.lookAtAccount)"
        }
        let remaining = finding.present - finding.missing
        if remaining < minimumUsers {
            return "\(remaining) people would remain, fewer than the \(minimumUsers) of MinimumUsers. \(Self.approve)"
        }
        let allowed = limit.allowed(of: finding.present)
        guard finding.missing > allowed else { return nil }
        return
            "\(finding.missing) of \(finding.present) people are missing, more than the \(allowed) that RemovalLimit allows. "
            + Self.approve
    }

    private static let approve = "If they really left, approve it with 'rollcall approve'."
    private static let lookAtAccount =
        "Check the base, the filter and what the bind account may read. \(approve)"
}
