import Support

/// The directories that the matrix is run on.
enum Product: Sendable {
    case openLDAP, directoryServer389, sambaAD

    /// A new server, with nobody in it.
    func start() throws -> any LDAPServer {
        switch self {
        case .openLDAP: try Slapd("", overlays: Slapd.Overlay.allCases)
        case .directoryServer389: try DirectoryServer389()
        case .sambaAD: try SambaDomain()
        }
    }

    var dialect: Dialect {
        switch self {
        case .openLDAP: .openLDAP
        case .directoryServer389: .directoryServer389
        case .sambaAD: .activeDirectory
        }
    }

    /// Values of the back end's key `Strategy` under which every case has to hold; nil leaves the key out.
    var strategies: [String?] { [nil, "changed", "full"] }

    /// The strategy that `rollcall status` names under a value of the key `Strategy`.
    func strategy(_ configured: String?) -> String {
        switch self {
        case .openLDAP, .directoryServer389: configured ?? "sync"
        case .sambaAD: configured ?? "dirsync"
        }
    }

    /// Under this strategy, who is deleted is only noticed when everybody is read.
    func noticesDeletionsLater(_ strategy: String?) -> Bool { self != .sambaAD && strategy == "changed" }
}
