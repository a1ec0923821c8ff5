import Model
import Synchronization

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
    /// The same once more: the feed goes about it in another way then.
    case again
}

/// A connection together with what its server says of itself.
struct Session {
    let connection: Connection
    let root: RootDSE
    let limits: AnswerLimits

    var server: Server { connection.server }
}

/// Which servers cut answers short that come without pages, as the readings of a back end have found out. A class because
/// it outlives them.
final class AnswerLimits: Sendable {
    private let servers = Mutex<Set<Server>>([])

    func note(_ server: Server) { servers.withLock { _ = $0.insert(server) } }

    func contains(_ server: Server) -> Bool { servers.withLock { $0.contains(server) } }
}

/// Everybody, as one search finds them.
///
/// Without pages, which is quicker, unless the server is known to cut such answers short: Active Directory always does.
struct FullFeed: Feed {
    let request: SearchRequest
    let isInOrder = true

    func read(over session: Session, into sink: PageSink) throws(DirectoryProblem) -> FeedEnd {
        var request = request
        let isWhole =
            session.root.supportsPaging && !session.root.product.isActiveDirectory
            && !session.limits.contains(session.server)
        if isWhole { request.pageSize = nil }
        do {
            let coverage = try session.connection.search(request, root: session.root) { message throws(DirectoryProblem) in
                try sink.entry(message)
            }
            if !isWhole || coverage == .complete { return .ended(coverage, cookie: nil) }
        } catch {
            guard isWhole, error.kind == .refused else { throw error }
        }
        session.limits.note(session.server)
        return .again
    }
}
