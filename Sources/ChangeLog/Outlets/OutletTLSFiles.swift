import CGnuTLS
import Foundation
import Model

/// The PEM files of a receiver: whom it is trusted by, and what the client shows.
struct OutletTLSFiles {
    private let caFile: String?
    private let certificateFile: String?
    private let keyFile: String?
    private let outlet: Outlet

    init(_ target: SyslogTarget, _ outlet: Outlet) {
        caFile = target.caFile
        certificateFile = target.certificateFile
        keyFile = target.keyFile ?? target.certificateFile
        self.outlet = outlet
    }

    /// - Throws: what is wrong with one of the files.
    func load(into credentials: gnutls_certificate_credentials_t) throws(OutletProblem) {
        for case let path? in [caFile, certificateFile, keyFile] where access(path, R_OK) != 0 {
            throw outlet.problem(
                "\(path) cannot be read: \(OutletSocket.words(errno))",
                "Check the path and the rights of the file; the service user must be able to read it.")
        }
        try loadAuthorities(into: credentials)
        try loadCertificate(into: credentials)
    }

    private func loadAuthorities(into credentials: gnutls_certificate_credentials_t) throws(OutletProblem) {
        if let caFile {
            if gnutls_certificate_set_x509_trust_file(credentials, caFile, GNUTLS_X509_FMT_PEM) > 0 { return }
            throw outlet.problem(
                "\(caFile) holds no certificate of an authority in PEM form",
                "Put the authority's certificate there, as '-----BEGIN CERTIFICATE-----' begins it.")
        }
        if gnutls_certificate_set_x509_system_trust(credentials) > 0 { return }
        throw outlet.problem(
            "this machine trusts no authority", "Name the authority's certificate with CAFile of Rollcall::Syslog.")
    }

    private func loadCertificate(into credentials: gnutls_certificate_credentials_t) throws(OutletProblem) {
        guard let certificateFile, let keyFile else { return }
        let code = gnutls_certificate_set_x509_key_file(credentials, certificateFile, keyFile, GNUTLS_X509_FMT_PEM)
        switch code {
        case GNUTLS_E_SUCCESS...: return
        case GNUTLS_E_CERTIFICATE_KEY_MISMATCH:
            throw outlet.problem(
                "the key in \(keyFile) does not belong to the certificate in \(certificateFile)",
                "Let CertificateFile and KeyFile name a certificate and its own key.")
        case GNUTLS_E_DECRYPTION_FAILED:
            throw outlet.problem(
                "the key in \(keyFile) is protected by a passphrase",
                "Store it without one, readable for the service user alone.")
        default:
            throw outlet.problem(
                "\(certificateFile) and \(keyFile) cannot be used as certificate and key: "
                    + String(cString: gnutls_strerror(code)),
                "Both must be PEM files: CertificateFile with '-----BEGIN CERTIFICATE-----', KeyFile with its private key.")
        }
    }

    // MARK: The receiver's certificate

    /// What is wrong with the receiver's certificate.
    ///
    /// - Parameter status: bits of `gnutls_certificate_status_t`.
    func untrusted(_ status: UInt32, host: String) -> OutletProblem {
        let has = { (flag: gnutls_certificate_status_t) in status & flag.rawValue != 0 }
        if has(GNUTLS_CERT_SIGNER_NOT_FOUND) {
            return outlet.problem(
                "the receiver's certificate leads to no authority in \(caFile ?? "the system's store")",
                "Name its authority's certificate with CAFile, or correct the receiver's chain.")
        }
        if has(GNUTLS_CERT_UNEXPECTED_OWNER) {
            return outlet.problem(
                "the receiver's certificate is not for '\(host)'",
                "Write one of its names in Host, or have it issued for '\(host)'.")
        }
        let remedy =
            has(GNUTLS_CERT_EXPIRED) || has(GNUTLS_CERT_NOT_ACTIVATED)
            ? "Renew it on the receiver, or set the clock of this machine." : "Have it issued anew."
        return outlet.problem("the receiver's certificate is not trusted: \(Self.words(status))", remedy)
    }

    /// A status in GnuTLS's words.
    private static func words(_ status: UInt32) -> String {
        var datum = gnutls_datum_t()
        guard gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &datum, 0) == GNUTLS_E_SUCCESS,
            let bytes = datum.data
        else { return "no reason" }
        defer { rollcall_gnutls_free(bytes) }
        let text = String(cString: UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self)).trimmingSpaces()
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
