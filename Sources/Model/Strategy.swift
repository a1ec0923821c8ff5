/// How a back end is read.
package enum Strategy: String, Sendable, Hashable, CaseIterable {
    /// What has changed, as the server's content sync tells it (RFC 4533).
    case sync
    /// What has changed, as Active Directory's DirSync control tells it (MS-ADTS section 3.1.1.3.4.1.3).
    case dirsync
    /// What has a later change number or time stamp than the last reading, and now and then all ids.
    case changed
    /// Everybody, every time.
    case full
}

/// `Strategy` of a back end.
package enum StrategyChoice: Sendable, Hashable {
    /// What suits the server, by its root DSE.
    case automatic
    case fixed(Strategy)

    /// - Returns: nil for a word that means none.
    package init?(_ word: String) {
        if word == "auto" {
            self = .automatic
        } else if let strategy = Strategy(rawValue: word) {
            self = .fixed(strategy)
        } else {
            return nil
        }
    }

    /// As the configuration has it.
    package var word: String {
        switch self {
        case .automatic: "auto"
        case .fixed(let strategy): strategy.rawValue
        }
    }

    /// Every word that means one.
    package static let words = ["auto"] + Strategy.allCases.map(\.rawValue)
}
