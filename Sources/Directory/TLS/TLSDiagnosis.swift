import CGnuTLS
import Foundation
import Model

/// Finds out why there is no trusted channel, because libldap does not tell.
///
/// It connects once more, goes through one handshake that takes any certificate, and looks at what the server shows.
/// Nothing else is sent: no bind, no search.
struct TLSDiagnosis {
    static let step = "TLS handshake"
    /// Servers that do not want the client's certificate say so at once.
    private static let alertSeconds = 5

    let server: Server
    let security: TransportSecurity
    let seconds: Int
    let stop: StopSignal
    private var files: TLSFiles { TLSFiles(security) }

    /// Nil when nothing wrong can be seen.
    func problem() -> DirectoryProblem? {
        do throws(DirectoryProblem) {
            let connection = try Connection(opening: server, seconds: seconds, stop: stop)
            defer { connection.interrupt() }
            if isStartTLS { try connection.askForStartTLS() }
            guard let handshake = TLSHandshake(over: connection.descriptor, askingFor: server.hostName) else { return nil }
            return problem(connection, handshake)
        } catch {
            return error.kind == .stopped ? error : nil
        }
    }

    /// What is left to say when the second look showed nothing.
    func unexplained(_ words: String) -> DirectoryProblem {
        if server.host?.lowercased() == "localhost", words.contains("hostname does not match") {
            return problem(
                "libldap takes 'localhost' for this machine's own name, and the certificate is not for that",
                "Write 127.0.0.1 in Host, or another name that the certificate has.")
        }
        return problem(
            words.isEmpty ? "no trusted channel" : DirectoryProblem.printable(words),
            "Check that the certificate is issued for this host name by an authority in \(files.authorities), that it is "
                + "valid today, and that the server speaks TLS on this port.")
    }

    private var isStartTLS: Bool { if case .tcp(_, _, true) = server { false } else { true } }

    private func problem(_ connection: Connection, _ handshake: TLSHandshake) -> DirectoryProblem? {
        if let problem = handshake.load(files, server: server) { return problem }
        connection.watchdog.expectAnswer()
        defer { connection.watchdog.rest() }
        let code = handshake.run()
        guard connection.watchdog.verdict == nil else { return nil }
        if let problem = distrust(handshake) { return problem }
        if code != GNUTLS_E_SUCCESS { return refusal(handshake, code) }
        guard handshake.wantsClientCertificate else { return nil }
        connection.watchdog.expectAnswer()
        let end = handshake.waitForAlert(seconds: min(seconds, Self.alertSeconds))
        return end < 0 && end != GNUTLS_E_TIMEDOUT ? clientProblem(handshake, end) : nil
    }

    /// What is wrong with the server's certificates.
    private func distrust(_ handshake: TLSHandshake) -> DirectoryProblem? {
        let chain = handshake.chain
        guard security.verification != .none, !chain.isEmpty else { return nil }
        let flaws = CertificateCheck(chain: chain, status: handshake.verificationStatus ?? 0, host: server.host, files: files)
            .flaws
        if flaws.isEmpty { return nil }
        return problem(flaws.map(\.reason).joined(separator: "; "), flaws.map(\.remedy).joined(separator: " "))
    }

    /// Why the server did not go through with the handshake.
    private func refusal(_ handshake: TLSHandshake, _ code: Int32) -> DirectoryProblem {
        if handshake.wantsClientCertificate { return clientProblem(handshake, code) }
        switch code {
        case GNUTLS_E_FATAL_ALERT_RECEIVED:
            return problem(
                "the server ended it with '\(handshake.alert)'",
                "Look at the server's log; it may have no certificate, or allow only versions of TLS that are no longer safe.")
        case GNUTLS_E_UNEXPECTED_PACKET, GNUTLS_E_UNEXPECTED_PACKET_LENGTH, GNUTLS_E_UNSUPPORTED_VERSION_PACKET,
            GNUTLS_E_PREMATURE_TERMINATION, GNUTLS_E_PULL_ERROR, GNUTLS_E_PUSH_ERROR:
            return handshake.chain.isEmpty ? noTLS : unexplained(String(cString: gnutls_strerror(code)))
        default: return unexplained(String(cString: gnutls_strerror(code)))
        }
    }

    private var noTLS: DirectoryProblem {
        isStartTLS
            ? problem("the server agrees to StartTLS and then speaks no TLS", "Look at the server's log and its TLS settings.")
            : problem(
                "the server speaks no TLS on this port",
                "Write the port of ldaps://, which usually is 636, or use ldap:// with StartTLS => 'require'.")
    }

    private func clientProblem(_ handshake: TLSHandshake, _ code: Int32) -> DirectoryProblem {
        guard let own = handshake.ownCertificate else {
            return problem(
                "the server wants a client certificate, and there is none",
                "Name one that the server accepts, and its key, with Params.Params.clientcert and clientkey.")
        }
        let alert = code == GNUTLS_E_FATAL_ALERT_RECEIVED ? " with '\(handshake.alert)'" : ""
        let dates = CertificateCheck.dates(of: own)
        return problem(
            "the server refuses the client certificate '\(own.subject)' from '\(own.issuer)'\(alert)"
                + (dates.map { ": it \($0)" } ?? ""),
            dates == nil
                ? "Have it issued by an authority that the server accepts, or let the server accept this one."
                : "Renew it, or set the clock of this machine, which says \(Certificate.words(Date())).")
    }

    private func problem(_ reason: String, _ remedy: String) -> DirectoryProblem {
        DirectoryProblem(kind: .tls, server: server.description, step: Self.step, reason: reason, remedy: remedy)
    }
}
