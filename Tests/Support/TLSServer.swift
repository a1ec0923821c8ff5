import CGnuTLS
import Foundation

/// The server's side of TLS.
package struct TLSServer: Sendable {
    /// PEM files.
    let certificate: String
    let key: String
    /// An authority: clients have to show a certificate of it.
    let clientAuthority: String?

    /// - Parameter folder: with `server.pem` and `server.key`, as `Certificates.makeServer` makes them.
    package init(in folder: TestFolder, clientAuthority: String? = nil) {
        certificate = folder["server.pem"]
        key = folder["server.key"]
        self.clientAuthority = clientAuthority
    }

    /// One connection. A class because it owns GnuTLS's handles.
    final class Session {
        private let session: gnutls_session_t
        private let credentials: gnutls_certificate_credentials_t

        fileprivate init(_ session: gnutls_session_t, _ credentials: gnutls_certificate_credentials_t) {
            self.session = session
            self.credentials = credentials
        }

        deinit {
            gnutls_bye(session, GNUTLS_SHUT_WR)
            gnutls_deinit(session)
            gnutls_certificate_free_credentials(credentials)
        }

        /// As `read` does.
        func read(_ buffer: inout [UInt8]) -> Int {
            while true {
                let count = gnutls_record_recv(session, &buffer, buffer.count)
                if count != Int(GNUTLS_E_AGAIN), count != Int(GNUTLS_E_INTERRUPTED) { return count }
            }
        }
    }

    /// - Returns: a connection whose handshake may have failed, so that nothing can be read from it.
    func session(over client: Int32) -> Session? {
        var (handle, credentials): (gnutls_session_t?, gnutls_certificate_credentials_t?)
        guard gnutls_certificate_allocate_credentials(&credentials) == GNUTLS_E_SUCCESS, let credentials,
            gnutls_certificate_set_x509_key_file(credentials, certificate, key, GNUTLS_X509_FMT_PEM) == GNUTLS_E_SUCCESS,
            // GNUTLS_SERVER and GNUTLS_NO_SIGNAL, which are both macros and enumerators: Swift takes them for neither.
            gnutls_init(&handle, 1 | 1 << 6) == GNUTLS_E_SUCCESS, let handle
        else { return nil }
        gnutls_set_default_priority(handle)
        gnutls_credentials_set(handle, GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(credentials))
        gnutls_transport_set_int2(handle, client, client)
        if let clientAuthority {
            gnutls_certificate_set_x509_trust_file(credentials, clientAuthority, GNUTLS_X509_FMT_PEM)
            gnutls_certificate_server_set_request(handle, GNUTLS_CERT_REQUIRE)
            gnutls_session_set_verify_cert(handle, nil, 0)
        }
        var code: Int32
        repeat {
            code = gnutls_handshake(handle)
        } while code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED
        if code != GNUTLS_E_SUCCESS { gnutls_alert_send_appropriate(handle, code) }
        return Session(handle, credentials)
    }
}
