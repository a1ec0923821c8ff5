import Foundation
import Model

extension SearchRequest {
    /// The search as an `ldapsearch` command without the password.
    func command(to server: Server, as settings: ConnectionSettings) -> String {
        var words = Self.program(settings) + ["-LLL", "-H", "\(server)"]
        if settings.security.startTLS { words.append("-ZZ") }
        words += Self.identity(settings.credentials)
        if let pageSize { words += ["-E", "pr=\(pageSize)/noprompt"] }
        words += ["-b", base, "-s", scope.rawValue, filter] + attributes.names
        return words.map(Self.quoted).joined(separator: " ")
    }

    private static func program(_ settings: ConnectionSettings) -> [String] {
        switch settings.credentials {
        case .anonymous, .simple: return ["ldapsearch", "-x"]
        case .external:
            let files = [("LDAPTLS_CERT", settings.security.clientCertificate), ("LDAPTLS_KEY", settings.security.clientKey)]
            let variables = files.compactMap { name, path in path.map { "\(name)=\($0)" } }
            return (variables.isEmpty ? [] : ["env"] + variables) + ["ldapsearch", "-Q", "-Y", "EXTERNAL"]
        case .kerberos(let account):
            return ["env", "KRB5CCNAME=MEMORY:", "KRB5_CLIENT_KTNAME=\(account.keytab)"]
                + ["ldapsearch", "-Q", "-Y", "GSSAPI", "-N"]
        }
    }

    private static func identity(_ credentials: Credentials) -> [String] {
        switch credentials {
        case .anonymous: []
        case .simple(let name, _): ["-D", name, "-W"]
        case .external(let authorization): authorization.isEmpty ? [] : ["-X", authorization]
        case .kerberos(let account): account.authorization.isEmpty ? [] : ["-X", account.authorization]
        }
    }

    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:=,%@".contains($0)) }
        return isPlain ? word : "'" + word.replacingOccurrences(of: "'", with: #"'\''"#) + "'"
    }
}
