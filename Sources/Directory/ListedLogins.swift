import Model

/// What `GroupDN` lists.
struct ListedLogins {
    /// Digests of the logins in `memberUid` at or below it.
    let logins: Set<UInt128>
    /// Why these are not all there are. People who are not listed cannot be called missing then.
    let shortfall: String?

    static func request(_ groupDN: String) -> SearchRequest {
        SearchRequest(base: groupDN, scope: .sub, filter: "(memberUid=*)", attributes: AttributeList(["memberUid"]))
    }

    /// - Returns: nil when there is no such restriction.
    init?(_ answer: (page: EntryPage, coverage: Coverage), of backEnd: BackEnd) {
        guard let groupDN = backEnd.search.groupDN else { return nil }
        var logins: Set<UInt128> = []
        for entry in 0..<answer.page.count {
            answer.page.forEachValue(entry, of: 0) { logins.insert(Digest128.of(Array($0))) }
        }
        self.logins = logins
        shortfall =
            answer.page.count == 0
            ? "the server shows no memberUid at or below GroupDN \(groupDN)" : answer.coverage.shortfall
    }
}
