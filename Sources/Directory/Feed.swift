import Model

/// One way of asking a server who there is, or what has changed.
protocol Feed: Sendable {
    /// Everybody is read, so entries come in much the order of the last time.
    var isInOrder: Bool { get }

    /// Reads to the end and puts everything into `sink`.
    func read(over session: Session, into sink: PageSink) throws(DirectoryProblem) -> FeedEnd
}

/// How a feed came to its end.
enum FeedEnd: Sendable, Equatable {
    /// As the server meant it.
    ///
    /// - cookie: where the next one goes on; nil keeps what there was, or has none.
    case ended(Coverage, cookie: [UInt8]?)
    /// The server cannot go on from the cookie: everything has to be read, for this reason.
    case startOver(reason: String)
    /// The server does not do this for us: another strategy has to be used.
    case refused(reason: String)
}

/// A connection together with what its server says of itself.
struct Session {
    let connection: Connection
    let root: RootDSE

    var server: Server { connection.server }
}

/// Everybody, as one search finds them.
struct FullFeed: Feed {
    let request: SearchRequest
    let isInOrder = true

    func read(over session: Session, into sink: PageSink) throws(DirectoryProblem) -> FeedEnd {
        let coverage = try session.connection.search(request, root: session.root) { message throws(DirectoryProblem) in
            try sink.entry(message)
        }
        return .ended(coverage, cookie: nil)
    }
}
