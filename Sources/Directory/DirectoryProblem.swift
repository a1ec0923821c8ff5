import CLDAP
import Model

/// Why a back end could not be read: what failed, at which server, why, and what to do.
package struct DirectoryProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: String, Sendable, Hashable {
        /// No connection: name, address, port, or nobody listens.
        case unreachable
        /// Connected, and then no answer in time.
        case timedOut = "timed-out"
        /// No trusted channel.
        case tls
        /// The bind was refused, or there is nothing to bind with.
        case credentials
        /// The server answered with an error.
        case refused
        /// The connection ended in the middle.
        case lost
        /// Rollcall was asked to stop.
        case stopped
    }

    package var kind: Kind
    /// The server's URI.
    package var server: String
    /// What was being done, as in "connecting".
    package var step: String
    package var reason: String
    package var remedy: String
    /// The server's result code (RFC 4511 section 4.1.9), if it gave one.
    package var code: Int32? = nil
    /// With what the last reading has left, the next one would end in the same way.
    package var spoilsCookie = false

    package var description: String {
        "\(server): \(step) failed: \(reason)." + (remedy.isEmpty ? "" : " \(remedy)")
    }
}

extension DirectoryProblem {
    /// From an LDAP result code (RFC 4511 section 4.1.9) and the server's own words.
    ///
    /// - Parameter remedy: for where the usual one does not fit.
    static func result(
        _ code: Int32, diagnostic: String, server: Server, step: String, remedy: String? = nil
    ) -> DirectoryProblem {
        let name = String(cString: ldap_err2string(code))
        let words = printable(diagnostic)
        let reason = "\(name) (\(code))" + (words.isEmpty ? "" : ": \(words)")
        return DirectoryProblem(
            kind: code == LDAP_INVALID_CREDENTIALS || code == LDAP_INAPPROPRIATE_AUTH ? .credentials : .refused,
            server: server.description, step: step, reason: reason, remedy: remedy ?? usualRemedy(for: code), code: code)
    }

    static func timedOut(_ server: Server, step: String, seconds: Int) -> DirectoryProblem {
        DirectoryProblem(
            kind: .timedOut, server: server.description, step: step, reason: "no answer within \(seconds) s",
            remedy: "Check that the server is alive, or give it longer with Params.Params.timeout.")
    }

    static func lost(_ server: Server, step: String) -> DirectoryProblem {
        DirectoryProblem(
            kind: .lost, server: server.description, step: step, reason: "the connection was closed in the middle",
            remedy: "Look at the server's log; the next cycle tries again.")
    }

    static func stopped(_ server: Server) -> DirectoryProblem {
        DirectoryProblem(
            kind: .stopped, server: server.description, step: "reading", reason: "Rollcall was asked to stop", remedy: "")
    }

    private static func usualRemedy(for code: Int32) -> String {
        switch code {
        case LDAP_INVALID_CREDENTIALS: "Check UserDN and UserPw of the back end."
        case LDAP_INAPPROPRIATE_AUTH: "The server does not allow this kind of bind: set UserDN and UserPw."
        case 0x08: "The server wants an encrypted channel: use ldaps:// or StartTLS."
        case 0x0D: "The server wants an encrypted channel before the bind: use ldaps:// or StartTLS."
        case LDAP_NO_SUCH_OBJECT: "Check BaseDN of the back end, and that the bind account may read it."
        case LDAP_INVALID_DN_SYNTAX: "Check BaseDN and UserDN of the back end."
        case LDAP_INSUFFICIENT_ACCESS: "Give the bind account the right to read below BaseDN."
        case LDAP_FILTER_ERROR: "Check AlwaysFilter and CustomerUserValidFilter of the back end."
        case LDAP_BUSY, LDAP_UNAVAILABLE: "The server is overloaded or going down; the next cycle tries again."
        case LDAP_UNWILLING_TO_PERFORM: "Look at the server's log for what it is unwilling to do."
        default: "Look the code up in RFC 4511 appendix A, and at the server's log."
        }
    }

    /// A server's words on one line, without control characters.
    static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
            .trimmingSpaces()
    }
}
