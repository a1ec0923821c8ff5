import CLDAP
import Model

/// A control that goes with a request (RFC 4511 section 4.1.11).
struct RequestControl: Sendable, Hashable {
    let oid: String
    let isCritical: Bool
    /// Nil for a control that has none.
    let value: [UInt8]?

    init(oid: String, isCritical: Bool, value: [UInt8]? = nil) {
        self.oid = oid
        self.isCritical = isCritical
        self.value = value
    }

    /// RFC 2696, critical: an answer without pages in its place could be cut short.
    static func paging(size: Int, cookie: [UInt8]) -> RequestControl {
        RequestControl(
            oid: LDAP_CONTROL_PAGEDRESULTS, isCritical: true, value: BER.sequence(BER.number(size), BER.octets(cookie)))
    }

    /// Active Directory's LDAP_SERVER_DOMAIN_SCOPE_OID (MS-ADTS section 3.1.1.3.4.1.5): no references to its other naming
    /// contexts.
    static let domainScope = RequestControl(oid: RootDSE.domainScope, isCritical: false)

    /// LDAP_SERVER_SHOW_DELETED_OID (MS-ADTS section 3.1.1.3.4.1.14): tombstones as well.
    static let showDeleted = RequestControl(oid: "1.2.840.113556.1.4.417", isCritical: true)
}

/// A control that came with an answer.
struct ResponseControl: Sendable, Hashable {
    let oid: String
    let value: [UInt8]

    /// Copies a NULL-terminated array of libldap's, and leaves it the caller's.
    static func all(_ list: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?) -> [ResponseControl] {
        guard let list else { return [] }
        var controls: [ResponseControl] = []
        var index = 0
        while let control = list[index]?.pointee {
            let value = UnsafeRawBufferPointer(start: control.ldctl_value.bv_val, count: Int(control.ldctl_value.bv_len))
            controls.append(ResponseControl(oid: String(cString: control.ldctl_oid), value: Array(value)))
            index += 1
        }
        return controls
    }
}

extension [ResponseControl] {
    func value(of oid: String) -> [UInt8]? { first { $0.oid == oid }?.value }

    /// The cookie of a paged answer (RFC 2696); nil when the server did not answer in pages, empty after the last one.
    var pagingCookie: [UInt8]? {
        value(of: LDAP_CONTROL_PAGEDRESULTS).flatMap { value in
            BER.readingSequence(value) { content in content.integer() == nil ? nil : content.octets() }
        }
    }
}

extension [RequestControl] {
    /// The controls as libldap takes them, for as long as `body` runs; nil for none.
    func withLDAPControls<Result>(
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?) -> Result
    ) -> Result {
        if isEmpty { return body(nil) }
        var made: [UnsafeMutablePointer<LDAPControl>?] = map(Self.make) + [nil]
        defer { for control in made { if let control { ldap_control_free(control) } } }
        return made.withUnsafeMutableBufferPointer { body($0.baseAddress) }
    }

    private static func make(_ control: RequestControl) -> UnsafeMutablePointer<LDAPControl>? {
        var made: UnsafeMutablePointer<LDAPControl>?
        var value = control.value ?? []
        value.withUnsafeMutableBytes { bytes in
            var berval = berval(
                bv_len: ber_len_t(bytes.count), bv_val: bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
            if control.value == nil {
                _ = ldap_control_create(control.oid, control.isCritical ? 1 : 0, nil, 1, &made)
            } else {
                _ = ldap_control_create(control.oid, control.isCritical ? 1 : 0, &berval, 1, &made)
            }
        }
        return made
    }
}
