import Model

/// Where the thread that reads puts what it has read: page after page, into the ring.
///
/// A class because all parts of one reading write to it.
final class PageSink {
    private let ring: PageRing
    private let connection: Connection
    private var page: MappedPage
    private let isInOrder: Bool

    /// - Parameter isInOrder: it is a reading of everybody.
    /// - Throws: `.stopped` when the merger has given up.
    init(_ ring: PageRing, of connection: Connection, isInOrder: Bool) throws(DirectoryProblem) {
        self.ring = ring
        self.connection = connection
        self.isInOrder = isInOrder
        guard var page = ring.takeEmpty() else { throw .stopped(connection.server) }
        page.isInOrder = isInOrder
        self.page = page
    }

    func entry(_ message: EntryMessage) throws(DirectoryProblem) {
        try connection.check(page.append(message), "decoding an entry")
        try passOnIfFull()
    }

    func present(_ ids: [DirectoryID]) throws(DirectoryProblem) {
        page.notePresent(ids)
        try passOnIfFull()
    }

    func departed(_ ids: [DirectoryID], _ kind: Evidence.Kind) throws(DirectoryProblem) {
        page.noteDepartures(ids, kind)
        try passOnIfFull()
    }

    /// Entries that have changed and come without what is needed to merge them.
    func touched(_ ids: [DirectoryID]) throws(DirectoryProblem) {
        page.touched.append(contentsOf: ids)
        try passOnIfFull()
    }

    /// Passes on what is left.
    func finish() { if !page.isEmpty { ring.putFilled(page) } }

    private func passOnIfFull() throws(DirectoryProblem) {
        guard page.isFull else { return }
        ring.putFilled(page)
        guard var next = ring.takeEmpty() else { throw .stopped(connection.server) }
        next.isInOrder = isInOrder
        page = next
    }
}
