import CGSSAPI
import CLDAP
import Foundation
import Model

extension Connection {
    private static let kerberosStep = "bind by SASL GSSAPI"

    /// RFC 4752. The ticket is there before libsasl wants it, so that only the directory is waited for.
    func bind(as account: KerberosAccount) throws(DirectoryProblem) {
        let ticket = try KerberosTicket.get(for: account, server: server, seconds: seconds, stop: stop)
        try setSecurityLayer()
        let authorization = strdup(account.authorization)
        defer { free(authorization) }
        try withExtendedLifetime(ticket) { () throws(DirectoryProblem) in
            var answers = rollcall_sasl_answers(
                credential: UnsafeMutableRawPointer(ticket.credential), authorization: UnsafePointer(authorization),
                is_asked: 0)
            try converse(&answers, account)
        }
    }

    /// Over TLS nothing is encrypted twice, which Active Directory refuses, but the ticket is bound to the server's
    /// certificate (RFC 5929 section 4), which Active Directory may demand.
    private func setSecurityLayer() throws(DirectoryProblem) {
        // The name in Host is the server's, whatever a reverse look-up says.
        try check(rollcall_ldap_option_on(handle, LDAP_OPT_X_SASL_NOCANON), "setting SASL options")
        if security != nil {
            try check(ldap_set_option(handle, LDAP_OPT_X_SASL_SECPROPS, "maxssf=0"), "setting SASL options")
            var binding = LDAP_OPT_X_SASL_CBINDING_TLS_ENDPOINT
            try check(ldap_set_option(handle, LDAP_OPT_X_SASL_CBINDING, &binding), "setting SASL options")
        }
    }

    /// Request after request, until the server is content.
    private func converse(_ answers: inout rollcall_sasl_answers, _ account: KerberosAccount) throws(DirectoryProblem) {
        var mechanism: UnsafePointer<CChar>?
        var answer: OpaquePointer?
        defer { ldap_msgfree(answer) }
        while true {
            var number: Int32 = 0
            watchdog.expectAnswer()
            let code = ldap_sasl_interactive_bind(
                handle, nil, "GSSAPI", nil, nil, LDAP_SASL_QUIET, rollcall_sasl_answer, &answers, answer, &mechanism, &number)
            watchdog.rest()
            guard code == LDAP_SUCCESS || code == LDAP_SASL_BIND_IN_PROGRESS else { throw refusal(code, account) }
            if answers.is_asked == 0 { throw otherIdentity }
            if code == LDAP_SUCCESS { return }
            ldap_msgfree(answer)
            answer = nil
            answer = try wait(for: number, Self.kerberosStep)
        }
    }

    /// libsasl would have taken whatever tickets it finds on the disk.
    private var otherIdentity: DirectoryProblem {
        DirectoryProblem(
            kind: .credentials, server: server.description, step: Self.kerberosStep,
            reason: "libsasl did not ask for the ticket",
            remedy: "Install libsasl2-modules-gssapi-mit, and no other GSSAPI module.")
    }

    private func refusal(_ code: Int32, _ account: KerberosAccount) -> DirectoryProblem {
        guard watchdog.verdict == nil, code != LDAP_SERVER_DOWN, code != LDAP_TIMEOUT else {
            return failure(code, step: Self.kerberosStep)
        }
        return .result(
            code, diagnostic: diagnostic, server: server, step: Self.kerberosStep, remedy: kerberosRemedy(code, account))
    }

    private func kerberosRemedy(_ code: Int32, _ account: KerberosAccount) -> String? {
        switch code {
        case LDAP_AUTH_UNKNOWN: "Install libsasl's module for GSSAPI: on Debian libsasl2-modules-gssapi-mit."
        case LDAP_AUTH_METHOD_NOT_SUPPORTED:
            "The server does not offer GSSAPI: look at supportedSASLMechanisms of its root DSE."
        case LDAP_INVALID_CREDENTIALS, LDAP_INSUFFICIENT_ACCESS:
            "The server's log tells more: its own keytab may be old or unreadable for it, its clock may be wrong, or it may "
                + "not let \(account.principal) act as SASL.authzid."
        case LDAP_STRONG_AUTH_REQUIRED, LDAP_CONFIDENTIALITY_REQUIRED:
            "The server wants an encrypted channel: use ldaps:// or StartTLS."
        default: nil
        }
    }
}
