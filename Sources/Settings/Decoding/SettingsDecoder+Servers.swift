import Model

extension Server {
    /// Without TLS of its own.
    var isPlain: Bool { if case .tcp(_, _, false) = self { true } else { false } }

    /// `ldaps://`
    var hasTLS: Bool { if case .tcp(_, _, true) = self { true } else { false } }

    /// On this machine.
    var isLoopback: Bool {
        guard case .tcp(let host, _, _) = self else { return true }
        return Self.isLoopback(host)
    }

    static func isLoopback(_ host: String) -> Bool {
        host.lowercased() == "localhost" || host == "::1"
            || host.hasPrefix("127.") && host.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: ".") }
    }
}

extension SettingsDecoder {
    private static let expectedHost = "one host or a list, such as 'ldaps://ldap.example.org'"

    /// Nil if one of them cannot be used, so that none is left out silently.
    mutating func servers(_ parameters: Section, _ options: Section) -> [Server]? {
        let defaults = ServerDefaults(
            scheme: scheme(options), port: wholeNumber(options.setting("port"), in: 1...65_535, unit: ""))
        guard let setting = required("Host", in: parameters, example: "'ldaps://ldap.example.org'") else { return nil }
        guard case .list(let list) = setting.value.content else { return server(setting, defaults).map { [$0] } }
        if list.elements.isEmpty {
            findings.error(at: setting.offset, "\(setting.subject) is an empty list. Expected \(Self.expectedHost).")
        }
        let servers = list.elements.map { server(Setting(subject: setting.subject, value: $0), defaults) }
        return servers.contains(nil) ? nil : servers.compactMap { $0 }
    }

    /// `FollowReferrals`: each must say for itself whether it is encrypted.
    mutating func followedServers(_ setting: Setting?) -> [Server] {
        guard let setting else { return [] }
        let expected = "a list of servers, such as ['ldaps://ldap2.example.org']"
        guard case .list(let list) = setting.value.content else {
            refuse(setting, expected: expected)
            return []
        }
        return list.elements.compactMap {
            server(Setting(subject: setting.subject, value: $0), ServerDefaults(scheme: "ldap", port: nil))
        }
    }

    private mutating func scheme(_ options: Section) -> String {
        guard let setting = options.setting("scheme"), let text = text(setting, expected: "'ldap', 'ldaps' or 'ldapi'")
        else { return "ldap" }
        let scheme = text.lowercased()
        if ServerDefaults.schemes.contains(scheme) { return scheme }
        findings.error(at: setting.offset, "\(setting.subject) is '\(text)'. Expected 'ldap', 'ldaps' or 'ldapi'.")
        return "ldap"
    }

    private mutating func server(_ setting: Setting, _ defaults: ServerDefaults) -> Server? {
        guard let text = text(setting, expected: Self.expectedHost)?.trimmingSpaces() else { return nil }
        switch defaults.server(text) {
        case .success(let server): return server
        case .failure(let flaw):
            // What stands before an '@' may be a password.
            let shown = text.contains("@") ? "" : " '\(text)'"
            findings.error(at: setting.offset, "\(setting.subject)\(shown) \(flaw.words). Expected \(Self.expectedHost).")
            return nil
        }
    }
}

/// What holds for a host that does not say it itself.
struct ServerDefaults {
    struct Flaw: Error {
        let words: String
    }

    static let schemes = ["ldap", "ldaps", "ldapi"]

    let scheme: String
    let port: Int?

    /// Reads `host`, `host:port`, `[::1]:port`, `ldap://host`, `ldaps://host:port` or `ldapi://%2Fpath`.
    func server(_ text: String) -> Result<Server, Flaw> {
        guard !text.isEmpty else { return .failure(Flaw(words: "is empty")) }
        var (scheme, rest) = (scheme, text[...])
        if let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") {
            scheme = text[..<colon].lowercased()
            rest = text[colon...].dropFirst(3)
        }
        guard Self.schemes.contains(scheme) else { return .failure(Flaw(words: "has the scheme '\(scheme)'")) }
        return scheme == "ldapi" ? local(rest) : tcp(rest, tls: scheme == "ldaps")
    }

    private func local(_ rest: Substring) -> Result<Server, Flaw> {
        var path = rest
        if path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        guard let decoded = String(path).removingPercentEscapes, decoded.count > 1 else {
            return .failure(Flaw(words: "names no socket; write its path as in ldapi://%2Frun%2Fslapd%2Fldapi"))
        }
        return .success(.local(path: decoded))
    }

    private func tcp(_ rest: Substring, tls: Bool) -> Result<Server, Flaw> {
        var address = rest
        if address.hasSuffix("/") { address = address.dropLast() }
        if address.contains("@") { return .failure(Flaw(words: "names no host, or more than a host")) }
        if address.contains("/") { return .failure(Flaw(words: "has a path; the base belongs in BaseDN")) }
        var portText: Substring?
        var host = address
        if address.hasPrefix("["), let close = address.firstIndex(of: "]") {
            host = address[address.index(after: address.startIndex)..<close]
            let behind = address[address.index(after: close)...]
            guard behind.isEmpty || behind.hasPrefix(":") else { return .failure(Flaw(words: "has text after ']'")) }
            portText = behind.isEmpty ? nil : behind.dropFirst()
        } else if address.count(where: { $0 == ":" }) == 1, let colon = address.firstIndex(of: ":") {
            host = address[..<colon]
            portText = address[address.index(after: colon)...]
        }
        guard !host.isEmpty, host.allSatisfy({ !$0.isWhitespace }) else {
            return .failure(Flaw(words: "names no host"))
        }
        guard let portText else { return .success(.tcp(host: String(host), port: port ?? (tls ? 636 : 389), tls: tls)) }
        guard let port = Int(portText), (1...65_535).contains(port) else {
            return .failure(Flaw(words: "has a port that is none from 1 to 65535"))
        }
        return .success(.tcp(host: String(host), port: port, tls: tls))
    }
}

extension String {
    /// `%2F` and the like decoded. Nil if an escape is broken or the result is no UTF-8.
    var removingPercentEscapes: String? {
        var bytes: [UInt8] = []
        var rest = Array(utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
