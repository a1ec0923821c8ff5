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

    package let limit: RemovalLimit

    package init(limit: RemovalLimit) { self.limit = limit }

    /// - Parameters:
    ///   - missing: how many were not seen and not found again by their immutable id.
    ///   - present: how many the mirror held as present before this cycle.
    ///   - entries: how many entries the reading returned.
    package func ruling(missing: Int, present: Int, entries: Int) -> Ruling {
        if missing > 0, entries == 0 {
            return .hold(
                reason: "the directory returned nobody, where the mirror has \(present). "
                    + "Check the base, the filter and what the bind account may read.")
        }
        let allowed = limit.allowed(of: present)
        guard missing > allowed else { return .remove }
        return .hold(
            reason: "\(missing) of \(present) people are missing, more than the \(allowed) that RemovalLimit allows. "
                + "If they really left, raise RemovalLimit for one cycle.")
    }
}
