import CLDAP
import Model

/// What a server says of itself (RFC 4512 section 5.1), as far as Rollcall makes use of it or tells it.
package struct RootDSE: Sendable, Hashable {
    package let product: ServerProduct
    /// Name and version as the server gives them; empty when it does not.
    package let vendor: String
    /// The trees that the server holds.
    package let namingContexts: [String]
    /// RFC 2696.
    package let supportsPaging: Bool
    /// RFC 4533.
    package let supportsContentSync: Bool
    /// Active Directory's way of telling what has changed (MS-ADTS section 3.1.1.3.4.1.3).
    package let supportsDirSync: Bool
    let supportsDomainScope: Bool
    /// The change number that Active Directory has given last (MS-ADTS section 3.1.1.3.2).
    let highestCommittedUSN: Int?
    /// The entry that has the id of Active Directory's database.
    let serviceName: String?
    /// The first and the last change that 389 Directory Server still has a record of.
    let recordedChanges: ClosedRange<Int>?
    /// Whether the server shows any of this.
    package let isShown: Bool

    /// LDAP_SERVER_DOMAIN_SCOPE_OID (MS-ADTS section 3.1.1.3.4.1.5).
    static let domainScope = "1.2.840.113556.1.4.1339"
    private static let paging = LDAP_CONTROL_PAGEDRESULTS

    /// Everything that is asked for.
    private static let attributes = [
        "supportedControl", "namingContexts", "vendorName", "vendorVersion", "objectClass", "supportedCapabilities",
        "highestCommittedUSN", "dsServiceName", "firstChangeNumber", "lastChangeNumber",
    ]

    /// - Parameter values: those of the root DSE, by attribute.
    init(_ values: [String: [String]]) {
        let controls = Set(values["supportedControl"] ?? [])
        product = ServerProduct(values)
        vendor = ["vendorName", "vendorVersion"].compactMap { values[$0]?.first }.joined(separator: ", ")
        namingContexts = values["namingContexts"] ?? []
        supportsPaging = controls.contains(Self.paging)
        supportsContentSync = controls.contains(ContentSync.requestOID)
        supportsDirSync = controls.contains(DirSync.oid)
        supportsDomainScope = controls.contains(Self.domainScope)
        highestCommittedUSN = values["highestCommittedUSN"]?.first.flatMap { Int($0) }
        serviceName = values["dsServiceName"]?.first
        let first = values["firstChangeNumber"]?.first.flatMap { Int($0) }
        let last = values["lastChangeNumber"]?.first.flatMap { Int($0) }
        recordedChanges = if let first, let last, first <= last { first...last } else { nil }
        isShown = !controls.isEmpty || !namingContexts.isEmpty
    }

    /// The naming context that `dn` lies in; the longest one, when one holds another.
    func namingContext(of dn: String) -> String? {
        namingContexts.filter { DistinguishedName.isAt(dn, orBelow: $0) == true }.max { $0.utf8.count < $1.utf8.count }
    }

    /// For reading the root DSE itself: nothing is known yet.
    private static let unknown = RootDSE([:])

    static let request = SearchRequest(entry: "", asking: AttributeList(attributes))

    init(of connection: Connection) throws(DirectoryProblem) {
        self = try connection.read(Self.request, root: .unknown).page.asRootDSE
    }

    /// - Parameter page: the answer to `request`.
    fileprivate init(_ page: EntryPage) {
        var values: [String: [String]] = [:]
        if page.count > 0 {
            for (position, name) in Self.attributes.enumerated() {
                page.forEachValue(0, of: position) { values[name, default: []].append(String(decoding: $0, as: UTF8.self)) }
            }
        }
        self.init(values)
    }
}

extension EntryPage {
    /// The answer to `RootDSE.request`.
    var asRootDSE: RootDSE { RootDSE(self) }
}

/// Whose server it is, as far as its root DSE tells.
package enum ServerProduct: String, Sendable, Hashable {
    case openLDAP = "OpenLDAP"
    case directoryServer389 = "389 Directory Server"
    case samba = "Samba Active Directory"
    case activeDirectory = "Active Directory"
    case other = "other"

    var isActiveDirectory: Bool { self == .samba || self == .activeDirectory }

    /// LDAP_CAP_ACTIVE_DIRECTORY_OID and LDAP_CAP_ACTIVE_DIRECTORY_ADAM_OID (MS-ADTS section 3.1.1.3.4.3).
    private static let activeDirectoryCapabilities: Set = ["1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1851"]

    fileprivate init(_ values: [String: [String]]) {
        let vendor = (values["vendorName"]?.first ?? "").lowercased()
        let classes = (values["objectClass"] ?? []).map { $0.lowercased() }
        if vendor.hasPrefix("samba") {
            self = .samba
        } else if !Self.activeDirectoryCapabilities.isDisjoint(with: values["supportedCapabilities"] ?? []) {
            self = .activeDirectory
        } else if vendor.hasPrefix("389 ") {
            self = .directoryServer389
        } else if classes.contains("openldaprootdse") {
            self = .openLDAP
        } else {
            self = .other
        }
    }
}
