import CLDAP
import Model

extension Connection {
    /// Says who Rollcall is.
    func bind(_ credentials: Credentials) throws(DirectoryProblem) {
        switch credentials {
        case .anonymous: return
        case .simple(let name, let password):
            try bind(name, mechanism: nil, Array(password.value.utf8), step: "bind as '\(name)'") { _ in nil }
        case .external(let authorization):
            try bind(
                nil, mechanism: "EXTERNAL", Array(authorization.utf8), step: "bind by SASL EXTERNAL", Self.externalRemedy)
        case .kerberos(let account): try bind(as: account)
        }
    }

    /// A bind of one request and one answer (RFC 4511 section 4.2).
    ///
    /// - Parameters:
    ///   - mechanism: SASL's; nil for a simple bind.
    ///   - remedy: for a result code; nil for the usual one.
    private func bind(
        _ name: String?, mechanism: String?, _ credentials: [UInt8], step: String, _ remedy: (Int32) -> String?
    ) throws(DirectoryProblem) {
        let number = try request(step) { handle, number in
            // Empty credentials are not the same as none, so there is always an address.
            var bytes = credentials.map { CChar(bitPattern: $0) } + [0]
            return bytes.withUnsafeMutableBufferPointer { bytes in
                var value = berval(bv_len: ber_len_t(bytes.count - 1), bv_val: bytes.baseAddress)
                return ldap_sasl_bind(handle, name, mechanism, &value, nil, nil, &number)
            }
        }
        let end = try receive(number, step) { handle, message in self.parseResult(handle, message) }
        guard end.code == LDAP_SUCCESS else {
            throw .result(
                end.code, diagnostic: end.diagnostic, server: server, step: step, remedy: remedy(end.code))
        }
    }

    private static func externalRemedy(_ code: Int32) -> String? {
        switch code {
        case LDAP_AUTH_METHOD_NOT_SUPPORTED, LDAP_INAPPROPRIATE_AUTH:
            "The server takes no client certificate here: let it ask for one (slapd: TLSVerifyClient demand or allow)."
        case LDAP_INVALID_CREDENTIALS, LDAP_INSUFFICIENT_ACCESS:
            "Let the server map the client certificate's subject, or the account of the process, to an entry (slapd: "
                + "authz-regexp, 389 DS: certmap.conf), and allow it to act as SASL.authzid if that is set."
        default: nil
        }
    }
}
