import CLDAP
import Foundation
import Logging
import Model

/// One pass over the directory of one back end.
///
/// A class because it owns a connection. Used by one thread at a time; while `people` runs, a thread of its own reads
/// ahead of the caller.
package final class Reading {
    /// The server that answered, as a URI.
    package var server: String { connection.server.description }
    /// LDAP groups that could not be read.
    package var problems: [Problem] { surroundings.memberships.problems }
    /// Entries that the server has sent so far.
    package private(set) var entryCount = 0

    private let backEnd: BackEnd
    private let connection: Connection
    private let root: RootDSE
    private let mapping: EntryMapping
    private var surroundings = Surroundings()
    /// Why what was read beforehand is not all there is.
    private var shortfall: String?
    private var identityAttribute: IdentityAttribute?
    private let log: Logger

    /// Connects to the first of the back end's servers that answers, and reads what the rules and filters need.
    ///
    /// - Throws: what the last server said. A refused bind is not tried elsewhere: it could lock the account.
    package init(
        _ backEnd: BackEnd, knownGroups: [String], stop: StopSignal, log: Logger
    ) throws(DirectoryProblem) {
        self.backEnd = backEnd
        self.log = log
        connection = try Self.connect(backEnd, stop, log)
        root = try RootDSE(of: connection)
        mapping = EntryMapping(backEnd, knownGroups: knownGroups)
        try readSurroundings()
    }

    private func readSurroundings() throws(DirectoryProblem) {
        let reader = SurroundingsReader(backEnd: backEnd, connection: connection, root: root, log: log)
        surroundings.memberships = try reader.memberships()
        let listed = try reader.listedLogins()
        surroundings.listedLogins = listed?.logins
        shortfall = listed?.shortfall
        let valid = try reader.validPeople()
        if let problem = valid?.problem { throw problem }
        surroundings.valid = valid?.ids
    }

    private static func connect(
        _ backEnd: BackEnd, _ stop: StopSignal, _ log: Logger
    ) throws(DirectoryProblem) -> Connection {
        var problem: DirectoryProblem?
        for server in backEnd.connection.servers {
            do {
                return try Connection(to: server, as: backEnd.connection, stop: stop)
            } catch {
                if error.kind == .credentials || error.kind == .stopped { throw error }
                if server != backEnd.connection.servers.last {
                    log.warning("server cannot be used, trying the next", metadata: ["problem": "\(error)"])
                }
                problem = error
            }
        }
        throw problem
            ?? DirectoryProblem(
                kind: .unreachable, server: backEnd.slot.key, step: "connecting", reason: "no server is configured",
                remedy: "Set Host.")
    }

    // MARK: People

    private var request: SearchRequest { request(matching: backEnd.peopleFilter) }

    private func request(matching filter: String) -> SearchRequest {
        SearchRequest(among: backEnd, matching: filter, asking: mapping.attributes)
    }

    /// Gives all people to `body`, page after page, while the next page is being read.
    ///
    /// - Parameter expectingNew: nearly everybody is going to be new to the mirror.
    /// - Returns: what absence means after this.
    /// - Throws: a `DirectoryProblem`, or what `body` throws, after the reading has ended.
    package func people(expectingNew: Bool, _ body: (MappedPage) throws -> Void) throws -> Coverage {
        log.search(request, to: connection.server, as: backEnd.connection)
        let empty = { [mapping, surroundings] in
            MappedPage(mapping: mapping, surroundings: surroundings, isPreparing: expectingNew)
        }
        let ring = PageRing((0..<3).map { _ in empty() })
        startReader(ring)
        do {
            while let page = ring.takeFilled() {
                entryCount += page.entryCount
                identityAttribute = page.identityAttribute ?? identityAttribute
                // An entry that does not say who it is could be anybody who seems to be missing.
                if !page.problems.isEmpty { shortfall = "some entries show no immutable id, so nobody can be called missing" }
                try body(page)
                ring.putEmpty(page)
            }
        } catch {
            connection.interrupt()
            ring.cancel()
            throw error
        }
        let coverage = try ring.end?.get() ?? .partial(reason: "the reading did not end")
        if coverage == .complete, let shortfall { return .partial(reason: shortfall) }
        return coverage
    }

    private func startReader(_ ring: PageRing) {
        let reader = PeopleReader(connection: connection, root: root, request: request, ring: ring)
        Thread.detachNewThread { reader.run() }
    }

    /// Reads those of `ids` again that still match, by immutable id, a few hundred at a time.
    package func reread(_ ids: [DirectoryID], _ body: (MappedPage) throws -> Void) throws {
        if ids.isEmpty { return }
        guard let identityAttribute else {
            throw connection.cutShort("no entry has shown an immutable id", step: "reading people again")
        }
        for start in stride(from: 0, to: ids.count, by: Self.rereadCount) {
            let some = ids[start..<min(start + Self.rereadCount, ids.count)]
            let items = some.map { identityAttribute.filter(for: $0) }.joined()
            var request = request(matching: "(&\(backEnd.peopleFilter)(|\(items)))")
            request.pageSize = nil
            var page = MappedPage(mapping: mapping, surroundings: surroundings)
            let coverage = try connection.search(request, root: root) { handle, message throws(DirectoryProblem) in
                try connection.check(page.append(message, of: handle), "decoding an entry")
            }
            if let reason = coverage.shortfall { throw connection.cutShort(reason, step: "reading people again") }
            try body(page)
        }
    }

    private static let rereadCount = 200
}
