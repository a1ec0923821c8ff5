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

/// Reads what has to be known before the people come.
struct SurroundingsReader {
    let backEnd: BackEnd
    let connection: Connection
    let root: RootDSE
    let log: Logger

    /// Who is in the LDAP groups of the rules.
    ///
    /// - Parameter before: how many members each group showed the last time, by its DN.
    func memberships(before: [String: Int] = [:]) throws(DirectoryProblem) -> GroupMembership {
        try GroupMembership(backEnd.rules.byLDAPGroup, before: before, over: connection, root: root)
    }

    /// What `GroupDN` lists.
    struct Listed {
        /// Digests of the logins in `memberUid`.
        let logins: Set<UInt128>
        /// Why these are not all there are. People who are not listed cannot be called missing then.
        let shortfall: String?
    }

    /// The logins in `memberUid` at or below `GroupDN`. Nil when there is no such restriction.
    func listedLogins() throws(DirectoryProblem) -> Listed? {
        guard let groupDN = backEnd.search.groupDN else { return nil }
        let request = SearchRequest(
            base: groupDN, scope: .sub, filter: "(memberUid=*)", attributes: AttributeList(["memberUid"]))
        let answer = try connection.read(request, root: root)
        var logins: Set<UInt128> = []
        for entry in 0..<answer.page.count {
            answer.page.forEachValue(entry, of: 0) { logins.insert(Digest128.of(Array($0))) }
        }
        if answer.page.count == 0 {
            return Listed(logins: [], shortfall: "the server shows no memberUid at or below GroupDN \(groupDN)")
        }
        return Listed(logins: logins, shortfall: answer.coverage.shortfall)
    }

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
