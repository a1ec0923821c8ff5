import Model

/// Looks for what reading the people alone does not tell: whether filters can work, and the bind account's own entry.
struct BlindSpotSearch {
    let backEnd: BackEnd
    let connection: Connection
    let root: RootDSE

    /// - Parameter tally: of the people that were read.
    func run(_ tally: PeopleTally, _ spots: inout [BlindSpot]) throws(DirectoryProblem) {
        if let spot = try ownEntry() { spots.append(spot) }
        for use in backEnd.comparedAttributes where !tally.isShown(use.name) {
            if let spot = try search(for: use) { spots.append(spot) }
        }
    }

    /// One entry that has the attribute is enough. Filters need the right to search, which is less than to read.
    private func search(for use: AttributeUse) throws(DirectoryProblem) -> BlindSpot? {
        var request = SearchRequest(among: backEnd, matching: "(\(use.name)=*)", asking: Self.nothing)
        request.pageSize = nil
        request.sizeLimit = 1
        switch try whetherFound(request) {
        case .found: return nil
        case .absent: return .compared(use)
        case .unknown(let reason): return .undetermined(use, reason: reason)
        }
    }

    /// The bind account can read itself, if it is named by a DN.
    private func ownEntry() throws(DirectoryProblem) -> BlindSpot? {
        guard case .simple(let dn, _) = backEnd.connection.credentials, !dn.isEmpty,
            DistinguishedName.isAt(dn, orBelow: "") == true
        else { return nil }
        let request = SearchRequest(base: dn, scope: .base, filter: "(objectClass=*)", attributes: Self.nothing)
        switch try whetherFound(request) {
        case .found: return nil
        case .absent: return .ownEntry(dn: dn, reason: "the server shows no such entry")
        case .unknown(let reason): return .ownEntry(dn: dn, reason: reason)
        }
    }

    /// No attributes at all (RFC 4511 section 4.5.1.8).
    private static let nothing = AttributeList(["1.1"])

    private enum Outcome {
        case found, absent
        case unknown(reason: String)
    }

    /// What the server refuses to answer stays unknown.
    private func whetherFound(_ request: SearchRequest) throws(DirectoryProblem) -> Outcome {
        do {
            let answer = try connection.read(request, root: root)
            if answer.page.count > 0 { return .found }
            return answer.coverage.shortfall.map { .unknown(reason: $0) } ?? .absent
        } catch  where error.kind == .refused {
            return .unknown(reason: error.reason)
        }
    }
}
