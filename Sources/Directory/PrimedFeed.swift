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

/// Everybody by content sync from OpenLDAP, and those whom it leaves out there: who was changed later than the server's
/// data as a whole, by what entries and server say of themselves (`entryCSN`, `contextCSN`). Clocks that were put back and
/// loaded data make such entries.
struct WholeContentFeed: Feed {
    let sync: ContentSyncFeed
    let isInOrder = true

    func read(over session: Session, into sink: PageSink) throws(DirectoryProblem) -> FeedEnd {
        let end = try sync.read(over: session, into: sink)
        guard case .ended(.complete, let cookie?) = end, let latest = ContentSync.latestChange(in: cookie) else { return end }
        var late = sync.request
        late.filter = "(&\(late.filter)(entryCSN>=\(latest)))"
        let coverage = try session.connection.search(late, root: session.root) { message throws(DirectoryProblem) in
            try sink.entry(message)
        }
        return coverage == .complete ? end : .ended(coverage, cookie: nil)
    }
}
