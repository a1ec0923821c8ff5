import CLDAP
import Logging
import Model

/// What one reading knows besides the entries themselves.
struct Surroundings: Sendable {
    /// The attribute that has the immutable ids, as far as the server has it.
    var identity = IdentityAttribute.entryUUID
    /// Microseconds since 1970 (UTC): by when accounts have expired or not.
    var now: Int64 = 0
    var memberships = GroupMembership()
    /// Ids of those whom `CustomerUserValidFilter` matches; nil when there is no such filter.
    var valid: IDSet?
    /// Digests of the logins that `GroupDN` lists; nil when there is no such restriction.
    var listedLogins: Set<UInt128>?
}

/// Reads who is valid before the people come.
struct ValidPeopleReader {
    let backEnd: BackEnd
    let connection: Connection
    let root: RootDSE
    let log: Logger

    /// Whom `CustomerUserValidFilter` matches.
    struct ValidPeople {
        let ids: IDSet
        /// Why this cannot be all, so that validity must not be taken from it.
        let problem: DirectoryProblem?
    }

    /// The ids of those whom `CustomerUserValidFilter` matches. Nil when there is no such filter.
    func validPeople() throws(DirectoryProblem) -> ValidPeople? {
        guard let filter = backEnd.validPeopleFilter else { return nil }
        let request = SearchRequest(
            among: backEnd, matching: filter, asking: IdentityAttribute.list)
        log.search(request, to: connection.server, as: backEnd.connection)
        let (ids, coverage) = try connection.readIDs(request, root: root)
        return ValidPeople(ids: IDSet(ids), problem: problem(coverage, isEmpty: ids.isEmpty))
    }

    private func problem(_ coverage: Coverage, isEmpty: Bool) -> DirectoryProblem? {
        let step = "reading who is valid"
        if let reason = coverage.shortfall { return connection.cutShort(reason, step: step) }
        guard isEmpty else { return nil }
        return connection.cutShort(
            "nobody matches CustomerUserValidFilter", step: step,
            remedy: "Check the filter, and that the bind account may read the attributes that it names.")
    }
}

extension Connection {
    /// The immutable ids of all that a search finds. The request asks for the attributes of `IdentityAttribute`.
    func readIDs(_ request: SearchRequest, root: RootDSE) throws(DirectoryProblem) -> ([DirectoryID], Coverage) {
        let usual = IdentityAttribute.usual(of: root.product)
        var ids: [DirectoryID] = []
        var page = EntryPage()
        let coverage = try search(request, root: root) { message throws(DirectoryProblem) in
            try check(page.append(message, asking: request.attributes), "decoding an entry")
            if let identity = IdentityAttribute.identity(of: 0, in: page, preferring: usual) { ids.append(identity.id) }
            page.removeAll()
        }
        return (ids, coverage)
    }
}

extension Logger {
    /// The search as a command that can be pasted into a shell; the password is asked for.
    func search(_ request: SearchRequest, to server: Server, as settings: ConnectionSettings) {
        debug("search", metadata: ["command": "\(request.command(to: server, as: settings))"])
    }
}
