import Foundation
import Model

/// Where a server says that a part of the tree is: an LDAP URL (RFC 4516), as far as a search needs it.
struct Referral: Equatable {
    let host: String
    /// Empty when the base stays what it was.
    let base: String
    /// Nil when the scope stays what it was.
    let scope: SearchSettings.Scope?

    /// - Returns: nil for what is no such URL.
    init?(_ text: String) {
        guard let mark = text.range(of: "://"), ["ldap", "ldaps"].contains(text[..<mark.lowerBound].lowercased()) else {
            return nil
        }
        let rest = text[mark.upperBound...]
        let address = rest.prefix { $0 != "/" && $0 != "?" }
        let parts = rest.dropFirst(address.count).drop { $0 == "/" }.split(separator: "?", omittingEmptySubsequences: false)
        guard let base = (parts.first ?? "").removingPercentEncoding, let host = Self.host(address) else { return nil }
        self.host = host
        self.base = base
        scope = parts.count > 2 ? SearchSettings.Scope(rawValue: parts[2].lowercased()) : nil
    }

    private static func host(_ address: Substring) -> String? {
        if address.hasPrefix("[") { return address.dropFirst().split(separator: "]").first.map { $0.lowercased() } }
        let host = address.prefix { $0 != ":" }
        return host.isEmpty ? nil : host.lowercased()
    }
}

extension ConnectionSettings {
    /// The listed server to which a referral may be followed, as it is listed: a referral decides neither about encryption
    /// nor about the port.
    func server(for referral: Referral) -> Server? {
        followedServers.first { server in
            if case .tcp(let host, _, _) = server { host.lowercased() == referral.host } else { false }
        }
    }
}

extension SearchRequest {
    /// The same search where a referral sends it (RFC 4511 sections 4.1.10 and 4.5.3). A reference from a search of one
    /// level is to the entry itself.
    func redirected(by referral: Referral, isReference: Bool) -> SearchRequest {
        var request = self
        if !referral.base.isEmpty { request.base = referral.base }
        request.scope = referral.scope ?? (isReference && scope == .one ? .base : scope)
        return request
    }
}
