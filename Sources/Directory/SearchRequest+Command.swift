import Foundation
import Model

extension SearchRequest {
    /// The search as an `ldapsearch` command without the password.
    func command(to server: Server, as settings: ConnectionSettings) -> String {
        var words = ["ldapsearch", "-x", "-LLL", "-H", "\(server)"]
        if settings.security.startTLS { words.append("-ZZ") }
        if case .simple(let name, _) = settings.credentials { words += ["-D", name, "-W"] }
        if let pageSize { words += ["-E", "pr=\(pageSize)/noprompt"] }
        words += ["-b", base, "-s", scope.rawValue, filter] + attributes.names
        return words.map(Self.quoted).joined(separator: " ")
    }

    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:=,%@".contains($0)) }
        return isPlain ? word : "'" + word.replacingOccurrences(of: "'", with: #"'\''"#) + "'"
    }
}
