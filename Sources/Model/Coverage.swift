/// How much of a back end one reading saw, and so what absence means.
package enum Coverage: Sendable, Hashable {
    /// Everything: who was not seen is not there.
    case complete
    /// Only what changed: absence means nothing.
    case delta
    /// Cut short, for this reason: absence means nothing.
    case partial(reason: String)

    /// Whether somebody who was not seen may be taken for gone.
    package var provesAbsence: Bool { self == .complete }

    /// Why it was cut short, if it was.
    package var shortfall: String? { if case .partial(let reason) = self { reason } else { nil } }

    /// One word: `complete`, `delta` or `partial`.
    package var name: String {
        switch self {
        case .complete: "complete"
        case .delta: "delta"
        case .partial: "partial"
        }
    }
}
