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
    /// Controls beside that of the pages.
    var controls: [RequestControl] = []

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

    /// One entry, by its name.
    init(entry dn: String, asking attributes: AttributeList) {
        self.init(base: dn, scope: .base, filter: "(objectClass=*)", attributes: attributes)
    }

    var step: String { "search below '\(base)'" }
}

/// One message of an answer, while it is there.
struct EntryMessage {
    let handle: OpaquePointer
    let message: OpaquePointer

    /// The controls that came with the entry.
    var controls: [ResponseControl] {
        var list: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
        guard ldap_get_entry_controls(handle, message, &list) == LDAP_SUCCESS else { return [] }
        defer { ldap_controls_free(list) }
        return ResponseControl.all(list)
    }
}

/// What an answer consists of before its end.
enum SearchMessage {
    case entry(EntryMessage)
    /// URIs of servers that hold a part of the tree (RFC 4511 section 4.5.3).
    case reference([String])
    /// An intermediate response (RFC 4511 section 4.13).
    case information(oid: String, value: [UInt8])
}

/// How an answer ended (RFC 4511 section 4.5.2).
struct SearchEnd {
    var code: Int32
    var diagnostic: String
    var controls: [ResponseControl] = []
    /// URIs of servers that have the answer instead.
    var referrals: [String] = []

    /// Why the answer is not all there is; nil if it is, or if the code says something else.
    var shortfall: String? {
        switch code {
        case LDAP_REFERRAL: "the server referred to another server for the whole tree, which is not followed"
        case LDAP_TIMELIMIT_EXCEEDED, LDAP_SIZELIMIT_EXCEEDED, LDAP_ADMINLIMIT_EXCEEDED:
            "the server stopped with \(String(cString: ldap_err2string(code))) (\(code))"
                + (diagnostic.isEmpty ? "" : ": \(diagnostic)") + ". Raise the limit for the bind account"
        default: nil
        }
    }

    static let referenceShortfall =
        "the server referred to another server for a part of the tree, which is not followed"
}

extension Connection {
    /// Sends a search; its answer is to be received with `receiveAnswer`.
    func send(_ request: SearchRequest, root: RootDSE) throws(DirectoryProblem) -> Int32 {
        let scope =
            switch request.scope {
            case .base: LDAP_SCOPE_BASE
            case .one: LDAP_SCOPE_ONELEVEL
            case .sub: LDAP_SCOPE_SUBTREE
            }
        let controls = request.controls + (root.supportsDomainScope ? [.domainScope] : [])
        return try self.request(request.step) { handle, number in
            request.attributes.names.withCStringArray { names in
                controls.withLDAPControls { list in
                    ldap_search_ext(
                        handle, request.base, ber_int_t(scope), request.filter, names, 0, list, nil, nil, request.sizeLimit,
                        &number)
                }
            }
        }
    }

    /// Receives an answer to its end, and gives each message to `body` as it arrives.
    ///
    /// - Parameter isPatient: the next message may take any time.
    func receiveAnswer(
        _ number: Int32, _ step: String, isPatient: Bool = false,
        _ body: (SearchMessage) throws(DirectoryProblem) -> Void
    ) throws(DirectoryProblem) -> SearchEnd {
        var count = 0
        while true {
            count += 1
            if count > Self.longAnswer { letDataGather() }
            let end = try receive(number, step, isPatient: isPatient) {
                (handle, message) throws(DirectoryProblem) -> SearchEnd? in
                switch UInt32(bitPattern: ldap_msgtype(message)) {
                case UInt32(LDAP_RES_SEARCH_ENTRY): try body(.entry(EntryMessage(handle: handle, message: message)))
                case UInt32(LDAP_RES_SEARCH_REFERENCE): try body(.reference(Self.references(handle, message)))
                case UInt32(LDAP_RES_INTERMEDIATE):
                    if let (oid, value) = Self.information(handle, message) {
                        try body(.information(oid: oid, value: value))
                    }
                case UInt32(LDAP_RES_SEARCH_RESULT): return Self.end(handle, message)
                default: break
                }
                return nil
            }
            if let end { return end }
        }
    }

    /// An answer with more messages than this is long.
    private static let longAnswer = 500

    /// Servers send each entry by itself. Whoever reads faster than they send would be woken for every one, which costs both
    /// sides more than the entry does; so a long answer is left alone for half a millisecond whenever it has been read up.
    private func letDataGather() { if rollcall_ldap_has_data(handle) == 0 { usleep(500) } }

    /// The problem that an answer's code stands for.
    func refusal(_ end: SearchEnd, step: String) -> DirectoryProblem {
        .result(end.code, diagnostic: end.diagnostic, server: server, step: step)
    }

    private static func references(_ handle: OpaquePointer, _ message: OpaquePointer) -> [String] {
        var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        guard ldap_parse_reference(handle, message, &list, nil, 0) == LDAP_SUCCESS else { return [] }
        defer { ldap_memvfree(UnsafeMutableRawPointer(list)?.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)) }
        return strings(list)
    }

    private static func information(_ handle: OpaquePointer, _ message: OpaquePointer) -> (oid: String, value: [UInt8])? {
        var oid: UnsafeMutablePointer<CChar>?
        var value: UnsafeMutablePointer<berval>?
        guard ldap_parse_intermediate(handle, message, &oid, &value, nil, 0) == LDAP_SUCCESS, let oid else { return nil }
        defer {
            ldap_memfree(oid)
            ber_bvfree(value)
        }
        let bytes = value.map { Array(UnsafeRawBufferPointer(start: $0.pointee.bv_val, count: Int($0.pointee.bv_len))) }
        return (String(cString: oid), bytes ?? [])
    }

    private static func end(_ handle: OpaquePointer, _ message: OpaquePointer) -> SearchEnd {
        var code: Int32 = LDAP_OTHER
        var text: UnsafeMutablePointer<CChar>?
        var referrals: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        var controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
        let parsed = ldap_parse_result(handle, message, &code, nil, &text, &referrals, &controls, 0)
        defer {
            ldap_memfree(text)
            ldap_memvfree(UnsafeMutableRawPointer(referrals)?.assumingMemoryBound(to: UnsafeMutableRawPointer?.self))
            ldap_controls_free(controls)
        }
        return SearchEnd(
            code: parsed == LDAP_SUCCESS ? code : parsed, diagnostic: text.map { String(cString: $0) } ?? "",
            controls: ResponseControl.all(controls), referrals: strings(referrals))
    }

    private static func strings(_ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String] {
        guard let list else { return [] }
        return sequence(first: 0) { $0 + 1 }.lazy.map { list[$0] }.prefix { $0 != nil }
            .compactMap { $0.map { String(cString: $0) } }
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
