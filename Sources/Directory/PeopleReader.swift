import Model

/// What the thread that reads ahead does. `Reading` leaves the connection alone until the ring has ended, except for
/// `interrupt`, which may be called from anywhere.
struct PeopleReader: Sendable {
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
