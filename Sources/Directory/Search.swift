import CLDAP
import Foundation
import Model

/// What to search for.
struct SearchRequest: Sendable {
    var base: String
    var scope: SearchSettings.Scope
    var filter: String
    var attributes: AttributeList
    /// Entries a page (RFC 2696); nil asks for everything at once.
    var pageSize: Int?

    /// Entries that are wanted at most; 0 is all of them.
    var sizeLimit: Int32 = 0

    /// RFC 2696: what most servers allow; Active Directory's MaxPageSize.
    static let usualPageSize = 1000
}

extension SearchRequest {
    /// A search for some of a back end's people.
    init(among backEnd: BackEnd, matching filter: String, asking attributes: AttributeList) {
        self.init(
            base: backEnd.search.baseDN, scope: backEnd.search.scope, filter: filter, attributes: attributes,
            pageSize: Self.usualPageSize)
    }
}

extension Connection {
    /// Runs a search to its end, page after page, and gives every entry to `entry` as it arrives.
    ///
    /// - Returns: `.complete`, or `.partial` when the server cut the answer short or named other servers.
    /// - Throws: any other error; what `entry` was given until then is true, but not all there is.
    func search(
        _ request: SearchRequest, root: RootDSE, _ entry: (OpaquePointer, OpaquePointer) throws(DirectoryProblem) -> Void
    ) throws(DirectoryProblem) -> Coverage {
        var page = PageControl(size: root.supportsPaging ? request.pageSize : nil)
        var coverage = Coverage.complete
        repeat {
            let number = try send(request, page: page, root: root)
            let end = try receivePage(number, request, entry)
            if end.sawReference { coverage = .partial(reason: Self.referenceReason) }
            switch end.code {
            case LDAP_SUCCESS: page.cookie = end.cookie
            case LDAP_REFERRAL: return .partial(reason: Self.referralReason)
            case LDAP_TIMELIMIT_EXCEEDED, LDAP_SIZELIMIT_EXCEEDED, LDAP_ADMINLIMIT_EXCEEDED:
                return .partial(reason: Self.limitReason(end.code, end.diagnostic))
            default:
                throw .result(end.code, diagnostic: end.diagnostic, server: server, step: "search below '\(request.base)'")
            }
        } while !page.cookie.isEmpty
        return coverage
    }

    private static let referenceReason =
        "the server referred to another server for a part of the tree, which is not followed"

    private static let referralReason = "the server referred to another server for the whole tree, which is not followed"

    private static func limitReason(_ code: Int32, _ diagnostic: String) -> String {
        "the server stopped with \(String(cString: ldap_err2string(code))) (\(code))"
            + (diagnostic.isEmpty ? "" : ": \(diagnostic)") + ". Raise the limit for the bind account"
    }

    // MARK: One page

    /// The paging state between one page and the next.
    private struct PageControl {
        let size: Int?
        /// From the last page; empty before the first and after the last one.
        var cookie: [UInt8] = []

        init(size: Int?) { self.size = size }
    }

    private struct PageEnd {
        var code: Int32
        var diagnostic: String
        var cookie: [UInt8]
        var sawReference = false
    }

    private func send(
        _ request: SearchRequest, page: PageControl, root: RootDSE
    ) throws(DirectoryProblem) -> Int32 {
        try self.request("search below '\(request.base)'") { handle, number in
            var controls = RequestControls()
            defer { controls.free() }
            if let size = page.size {
                let code = controls.addPaging(handle, size: size, cookie: page.cookie)
                if code != LDAP_SUCCESS { return code }
            }
            if root.supportsDomainScope { controls.addDomainScope() }
            let scope =
                switch request.scope {
                case .base: LDAP_SCOPE_BASE
                case .one: LDAP_SCOPE_ONELEVEL
                case .sub: LDAP_SCOPE_SUBTREE
                }
            return request.attributes.names.withCStringArray { names in
                controls.withList { list in
                    ldap_search_ext(
                        handle, request.base, ber_int_t(scope), request.filter, names, 0, list, nil, nil, request.sizeLimit,
                        &number)
                }
            }
        }
    }

    private func receivePage(
        _ number: Int32, _ request: SearchRequest,
        _ entry: (OpaquePointer, OpaquePointer) throws(DirectoryProblem) -> Void
    ) throws(DirectoryProblem) -> PageEnd {
        var sawReference = false
        while true {
            let end = try receive(number, "search below '\(request.base)'") {
                (handle, message) throws(DirectoryProblem) -> PageEnd? in
                switch UInt32(bitPattern: ldap_msgtype(message)) {
                case UInt32(LDAP_RES_SEARCH_ENTRY): try entry(handle, message)
                case UInt32(LDAP_RES_SEARCH_REFERENCE): sawReference = true
                case UInt32(LDAP_RES_SEARCH_RESULT): return self.pageEnd(handle, message)
                default: break
                }
                return nil
            }
            if var end {
                end.sawReference = sawReference
                return end
            }
        }
    }

    private func pageEnd(_ handle: OpaquePointer, _ message: OpaquePointer) -> PageEnd {
        var code: Int32 = LDAP_OTHER
        var text: UnsafeMutablePointer<CChar>?
        var controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
        let parsed = ldap_parse_result(handle, message, &code, nil, &text, nil, &controls, 0)
        defer {
            ldap_memfree(text)
            ldap_controls_free(controls)
        }
        return PageEnd(
            code: parsed == LDAP_SUCCESS ? code : parsed, diagnostic: text.map { String(cString: $0) } ?? "",
            cookie: Self.cookie(handle, controls))
    }

    private static func cookie(
        _ handle: OpaquePointer, _ controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
    ) -> [UInt8] {
        guard let control = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, nil) else { return [] }
        var estimate: ber_int_t = 0
        var cookie = berval()
        guard ldap_parse_pageresponse_control(handle, control, &estimate, &cookie) == LDAP_SUCCESS else { return [] }
        defer { ber_memfree(cookie.bv_val) }
        return Array(UnsafeRawBufferPointer(start: cookie.bv_val, count: Int(cookie.bv_len)))
    }
}

/// The controls of one request, owned until `free`.
private struct RequestControls {
    private var controls: [UnsafeMutablePointer<LDAPControl>] = []

    /// RFC 2696, critical: an unpaged answer in its place could be cut short.
    mutating func addPaging(_ handle: OpaquePointer, size: Int, cookie: [UInt8]) -> Int32 {
        var control: UnsafeMutablePointer<LDAPControl>?
        var bytes = cookie.map { CChar(bitPattern: $0) }
        let code = bytes.withUnsafeMutableBufferPointer { buffer in
            var value = berval(bv_len: ber_len_t(buffer.count), bv_val: buffer.baseAddress)
            return ldap_create_page_control(handle, ber_int_t(size), &value, 1, &control)
        }
        if let control { controls.append(control) }
        return code
    }

    /// Active Directory's LDAP_SERVER_DOMAIN_SCOPE_OID: no references to its other naming contexts.
    mutating func addDomainScope() {
        var control: UnsafeMutablePointer<LDAPControl>?
        if ldap_control_create(RootDSE.domainScope, 0, nil, 0, &control) == LDAP_SUCCESS, let control {
            controls.append(control)
        }
    }

    func withList<Result>(_ body: (UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?) -> Result) -> Result {
        var list: [UnsafeMutablePointer<LDAPControl>?] = controls + [nil]
        return list.withUnsafeMutableBufferPointer { body(controls.isEmpty ? nil : $0.baseAddress) }
    }

    mutating func free() {
        for control in controls { ldap_control_free(control) }
        controls = []
    }
}

extension [String] {
    /// A NULL-terminated array of C strings, for as long as `body` runs.
    fileprivate func withCStringArray<Result>(
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress) }
    }
}
