import CGnuTLS
import CLDAP
import Foundation
import Model

/// The PEM files of one back end: whom it trusts, and what it shows.
struct TLSFiles {
    let caFile: String?
    let caFolder: String?
    let clientCertificate: String?
    let clientKey: String?

    init(_ security: TransportSecurity) {
        let isNamed = security.caFile != nil || security.caFolder != nil
        caFile = isNamed ? security.caFile : Self.system(LDAP_OPT_X_TLS_CACERTFILE) ?? Self.usualFile
        caFolder = isNamed ? security.caFolder : Self.system(LDAP_OPT_X_TLS_CACERTDIR)
        clientCertificate = security.clientCertificate
        clientKey = security.clientKey
    }

    /// Where Debian collects the authorities that it trusts, for machines whose ldap.conf names none.
    private static let usualFile = "/etc/ssl/certs/ca-certificates.crt"

    /// What ldap.conf says. A handle with a TLS context of its own does not inherit it.
    private static func system(_ option: Int32) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        ldap_get_option(nil, option, &text)
        defer { ldap_memfree(text) }
        return text.map { String(cString: $0) }
    }

    /// Where authorities are looked for, in words.
    var authorities: String {
        [caFile, caFolder].compactMap(\.self).joined(separator: " and ")
    }

    /// The first file that this process may not read. nil if there is none.
    func unreadable(_ server: Server) -> DirectoryProblem? {
        for case let path? in [caFile, caFolder, clientCertificate, clientKey] where access(path, R_OK) != 0 {
            return Self.problem(
                server, "\(path) cannot be read: \(String(cString: strerror(errno)))",
                "Check the path and the rights of the file; the service user must be able to read it.")
        }
        return nil
    }

    /// Fills `credentials` with the authorities and the client's certificate.
    ///
    /// - Returns: what is wrong with one of them.
    func load(into credentials: gnutls_certificate_credentials_t, server: Server) -> DirectoryProblem? {
        loadAuthorities(into: credentials, server) ?? loadClientCertificate(into: credentials, server)
    }

    private func loadAuthorities(
        into credentials: gnutls_certificate_credentials_t, _ server: Server
    ) -> DirectoryProblem? {
        var count: Int32 = 0
        if let caFile {
            count += max(0, gnutls_certificate_set_x509_trust_file(credentials, caFile, GNUTLS_X509_FMT_PEM))
        }
        if let caFolder {
            count += max(0, gnutls_certificate_set_x509_trust_dir(credentials, caFolder, GNUTLS_X509_FMT_PEM))
        }
        if count > 0 { return nil }
        return Self.problem(
            server, "\(authorities) holds no certificate of an authority in PEM form",
            "Put the authority's certificate there, as '-----BEGIN CERTIFICATE-----' begins it.")
    }

    private func loadClientCertificate(
        into credentials: gnutls_certificate_credentials_t, _ server: Server
    ) -> DirectoryProblem? {
        guard let clientCertificate, let clientKey else { return nil }
        let code = gnutls_certificate_set_x509_key_file(credentials, clientCertificate, clientKey, GNUTLS_X509_FMT_PEM)
        switch code {
        case GNUTLS_E_SUCCESS...: return nil
        case GNUTLS_E_CERTIFICATE_KEY_MISMATCH:
            return Self.problem(
                server, "the key in \(clientKey) does not belong to the certificate in \(clientCertificate)",
                "Let clientcert and clientkey name a certificate and its own key.")
        case GNUTLS_E_DECRYPTION_FAILED:
            return Self.problem(
                server, "the key in \(clientKey) is protected by a passphrase",
                "Store it without one, readable for the service user alone.")
        default:
            return Self.problem(
                server,
                "\(clientCertificate) and \(clientKey) cannot be used as certificate and key: "
                    + String(cString: gnutls_strerror(code)),
                "Both must be PEM files: clientcert with '-----BEGIN CERTIFICATE-----', clientkey with its private key.")
        }
    }

    private static func problem(_ server: Server, _ reason: String, _ remedy: String) -> DirectoryProblem {
        DirectoryProblem(kind: .tls, server: server.description, step: "TLS", reason: reason, remedy: remedy)
    }
}
