import Model

/// The thread that reads ahead.
///
/// Sendable although `Connection` is not: it is made, handed to its thread, and `Reading` does not touch the connection
/// again before the ring has ended, except for `interrupt`, which may be called from anywhere.
final class PeopleReader: @unchecked Sendable {
    private let session: Session
    private let feed: any Feed
    private let ring: PageRing

    init(_ feed: any Feed, over session: Session, into ring: PageRing) {
        self.session = session
        self.feed = feed
        self.ring = ring
    }

    func run() {
        do {
            ring.finish(.success(try read()))
        } catch {
            ring.finish(.failure(error))
        }
    }

    private func read() throws(DirectoryProblem) -> FeedEnd {
        let sink = try PageSink(ring, of: session.connection, isInOrder: feed.isInOrder)
        let end = try feed.read(over: session, into: sink)
        sink.finish()
        return end
    }
}
