import CLDAP
import Model

extension Connection {
    /// Runs a search to its end, page after page, and gives every entry to `entry` as it arrives.
    ///
    /// - Returns: `.complete`, or `.partial` when the server cut the answer short or named other servers.
    /// - Throws: any other error; what `entry` was given until then is true, but not all there is.
    func search(
        _ request: SearchRequest, root: RootDSE, hops: Int = 0,
        _ entry: (EntryMessage) throws(DirectoryProblem) -> Void
    ) throws(DirectoryProblem) -> Coverage {
        var pages = Pages(request, isOffered: root.supportsPaging)
        var references: [[String]] = []
        while true {
            let number = try send(pages.request, root: root)
            let end = try receiveAnswer(number, request.step) { message throws(DirectoryProblem) in
                switch message {
                case .entry(let message):
                    pages.hasEntries = true
                    try entry(message)
                case .reference(let uris): references.append(uris)
                case .information: break
                }
            }
            if pages.canGoOnSmaller(after: end) { continue }
            if end.code == LDAP_REFERRAL, let elsewhere = try follow(end.referrals, request, hops, isReference: false, entry) {
                return elsewhere
            }
            if let reason = end.shortfall { return .partial(reason: reason) }
            guard end.code == LDAP_SUCCESS else { throw refusal(end, step: request.step) }
            if !pages.advance(after: end) { break }
        }
        for reference in references {
            let part = try follow(reference, request, hops, isReference: true, entry)
            if part != .complete { return part ?? .partial(reason: SearchEnd.referenceShortfall) }
        }
        return .complete
    }

    /// How many servers one after another may refer to the next.
    private static let mostHops = 4

    /// Runs the search where the server sends it, if that is one of the servers that may be told the credentials.
    ///
    /// - Returns: nil when it is none.
    private func follow(
        _ uris: [String], _ request: SearchRequest, _ hops: Int, isReference: Bool,
        _ entry: (EntryMessage) throws(DirectoryProblem) -> Void
    ) throws(DirectoryProblem) -> Coverage? {
        guard let settings, hops < Self.mostHops else { return nil }
        for referral in uris.compactMap(Referral.init) {
            guard let server = settings.server(for: referral) else { continue }
            let connection = try Connection(to: server, as: settings, stop: stop)
            let root = try RootDSE(of: connection)
            return try connection.search(
                request.redirected(by: referral, isReference: isReference), root: root, hops: hops + 1, entry)
        }
        return nil
    }

    /// Runs a search whose answer is small, and returns it whole.
    func read(_ request: SearchRequest, root: RootDSE) throws(DirectoryProblem) -> (page: EntryPage, coverage: Coverage) {
        var page = EntryPage()
        let coverage = try search(request, root: root) { message throws(DirectoryProblem) in
            try check(page.append(message, asking: request.attributes), "decoding an entry")
        }
        return (page, coverage)
    }
}

/// The pages of one search (RFC 2696).
private struct Pages {
    private let original: SearchRequest
    /// Nil when everything comes at once.
    private var size: Int?
    /// From the last page; empty before the first one.
    private var cookie: [UInt8] = []
    var hasEntries = false

    init(_ request: SearchRequest, isOffered: Bool) {
        original = request
        size = isOffered ? request.pageSize : nil
    }

    /// The search for the next page.
    var request: SearchRequest {
        guard let size else { return original }
        var request = original
        request.controls.append(.paging(size: size, cookie: cookie))
        return request
    }

    /// A server may refuse pages of this size before the first one has come (OpenLDAP's `size.pr`, result 11): then smaller
    /// ones are asked for.
    mutating func canGoOnSmaller(after end: SearchEnd) -> Bool {
        guard let size, size > Self.smallest, !hasEntries, cookie.isEmpty, end.code == LDAP_ADMINLIMIT_EXCEEDED else {
            return false
        }
        self.size = max(Self.smallest, size / 2)
        return true
    }

    private static let smallest = 25

    /// - Returns: whether there is another page.
    mutating func advance(after end: SearchEnd) -> Bool {
        cookie = end.controls.pagingCookie ?? []
        return size != nil && !cookie.isEmpty
    }
}
