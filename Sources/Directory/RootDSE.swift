import CLDAP
import Model

/// What a server says of itself (RFC 4512 section 5.1), as far as Rollcall makes use of it.
struct RootDSE: Sendable {
    static let paging = LDAP_CONTROL_PAGEDRESULTS
    /// LDAP_SERVER_DOMAIN_SCOPE_OID (MS-ADTS section 3.1.1.3.4.1.5).
    static let domainScope = "1.2.840.113556.1.4.1339"

    let supportsPaging: Bool
    let supportsDomainScope: Bool

    private init(controls: Set<String>) {
        supportsPaging = controls.contains(Self.paging)
        supportsDomainScope = controls.contains(Self.domainScope)
    }

    /// For reading the root DSE itself: nothing is known yet.
    private static let unknown = RootDSE(controls: [])

    init(of connection: Connection) throws(DirectoryProblem) {
        let list = AttributeList(["supportedControl"])
        let page = try connection.read(
            SearchRequest(base: "", scope: .base, filter: "(objectClass=*)", attributes: list), root: .unknown
        ).page
        var controls: Set<String> = []
        if page.count > 0 { page.forEachValue(0, of: 0) { controls.insert(String(decoding: $0, as: UTF8.self)) } }
        self.init(controls: controls)
    }
}

extension Connection {
    /// Runs a search whose answer is small, and returns it whole.
    func read(_ request: SearchRequest, root: RootDSE) throws(DirectoryProblem) -> (page: EntryPage, coverage: Coverage) {
        var page = EntryPage()
        let coverage = try search(request, root: root) { handle, message throws(DirectoryProblem) in
            try check(page.append(message, of: handle, asking: request.attributes), "decoding an entry")
        }
        return (page, coverage)
    }
}
