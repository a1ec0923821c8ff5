import Model

/// The thread that reads ahead.
///
/// Sendable although `Connection` is not: it is made, handed to its thread, and `Reading` does not touch the connection
/// again before the ring has ended, except for `interrupt`, which may be called from anywhere.
final class PeopleReader: @unchecked Sendable {
    private let connection: Connection
    private let root: RootDSE
    private let request: SearchRequest
    private let ring: PageRing

    init(connection: Connection, root: RootDSE, request: SearchRequest, ring: PageRing) {
        self.connection = connection
        self.root = root
        self.request = request
        self.ring = ring
    }

    func run() {
        do {
            ring.finish(.success(try read()))
        } catch {
            ring.finish(.failure(error))
        }
    }

    private func read() throws(DirectoryProblem) -> Coverage {
        guard var page = ring.takeEmpty() else { throw .stopped(connection.server) }
        let coverage = try connection.search(request, root: root) { handle, message throws(DirectoryProblem) in
            try connection.check(page.append(message, of: handle), "decoding an entry")
            guard page.isFull else { return }
            ring.putFilled(page)
            guard let empty = ring.takeEmpty() else { throw .stopped(connection.server) }
            page = empty
        }
        if !page.isEmpty { ring.putFilled(page) }
        return coverage
    }
}
