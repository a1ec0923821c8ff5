import Model

/// Everybody, after a first cookie was had from a feed that tells changes only: what changes during the reading is told
/// by the next one.
struct PrimedFeed: Feed {
    let primer: any Feed
    let everybody: FullFeed
    let isInOrder = true

    func read(over session: Session, into sink: PageSink) throws(DirectoryProblem) -> FeedEnd {
        let first = try primer.read(over: session, into: sink)
        guard case .ended(let coverage, let cookie?) = first else { return first }
        if case .partial = coverage { return first }
        let second = try everybody.read(over: session, into: sink)
        guard case .ended(let end, _) = second else { return second }
        return .ended(end, cookie: cookie)
    }
}
