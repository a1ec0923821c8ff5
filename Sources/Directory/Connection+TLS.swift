import CLDAP
import Foundation
import Model

extension Connection {
    /// Makes the channel a trusted one, if the server's URI or StartTLS says so. Nothing goes on without it.
    func secure(_ security: TransportSecurity) throws(DirectoryProblem) {
        let isTLS = if case .tcp(_, _, true) = server { true } else { false }
        guard isTLS || security.startTLS else { return }
        try setTLSOptions(security)
        if !isTLS { try askForStartTLS() }
        watchdog.expectAnswer()
        let code = ldap_install_tls(handle)
        watchdog.rest()
        if code != LDAP_SUCCESS { throw tlsFailure(code, security) }
        self.security = security
    }

    private func setTLSOptions(_ security: TransportSecurity) throws(DirectoryProblem) {
        var demand =
            switch security.verification {
            case .none: LDAP_OPT_X_TLS_NEVER
            case .optional: LDAP_OPT_X_TLS_TRY
            case .required: LDAP_OPT_X_TLS_DEMAND
            }
        try check(ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand), "setting TLS options")
        // Where a certificate has alternative names, only they count (RFC 6125 section 6.4.4), not its subject as well.
        var names = LDAP_OPT_X_TLS_TRY
        try check(ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_SAN, &names), "setting TLS options")
        let files = TLSFiles(security)
        if let problem = files.unreadable(server) { throw problem }
        let options = [
            (LDAP_OPT_X_TLS_CACERTFILE, files.caFile), (LDAP_OPT_X_TLS_CACERTDIR, files.caFolder),
            (LDAP_OPT_X_TLS_CERTFILE, files.clientCertificate), (LDAP_OPT_X_TLS_KEYFILE, files.clientKey),
        ]
        for case (let option, let path?) in options {
            try check(ldap_set_option(handle, option, path), "setting TLS options")
        }
        var isServer: Int32 = 0
        let code = ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &isServer)
        if code != LDAP_SUCCESS { throw tlsFailure(code, security) }
    }

    /// RFC 4511 section 4.14. A server that refuses ends the matter: nothing goes on in plain text.
    func askForStartTLS() throws(DirectoryProblem) {
        let number = try request("StartTLS") { handle, number in ldap_start_tls(handle, nil, nil, &number) }
        let end = try receive(number, "StartTLS") { handle, message in self.parseResult(handle, message) }
        guard end.code == LDAP_SUCCESS else {
            throw .result(end.code, diagnostic: end.diagnostic, server: server, step: "StartTLS")
        }
    }

    /// The server's certificate, if there is TLS.
    var peerCertificate: Certificate? {
        var value = berval()
        guard security != nil, ldap_get_option(handle, LDAP_OPT_X_TLS_PEERCERT, &value) == LDAP_SUCCESS,
            let bytes = value.bv_val
        else { return nil }
        defer { ber_memfree(bytes) }
        return Certificate(der: Array(UnsafeRawBufferPointer(start: bytes, count: Int(value.bv_len))))
    }

    // MARK: Failures

    private func tlsFailure(_ code: Int32, _ security: TransportSecurity) -> DirectoryProblem {
        guard watchdog.verdict == nil else { return failure(code, step: TLSDiagnosis.step) }
        let words = diagnostic
        let diagnosis = diagnosis(security)
        interrupt()
        return diagnosis.problem() ?? diagnosis.unexplained(words)
    }

    /// In TLS 1.3 a server looks at the client's certificate when the client thinks that all is well, and hangs up.
    func refusalOfClient() -> DirectoryProblem? {
        guard let security, !hasAnswered else { return nil }
        return diagnosis(security).problem()
    }

    private func diagnosis(_ security: TransportSecurity) -> TLSDiagnosis {
        TLSDiagnosis(server: server, security: security, seconds: seconds, stop: stop)
    }
}
