import CGnuTLS
import Model

/// A handshake that takes any certificate, to look at what a server shows. Nothing else is ever sent over it.
///
/// A class because it owns GnuTLS's handles.
final class TLSHandshake {
    private let session: gnutls_session_t
    private let credentials: gnutls_certificate_credentials_t

    /// - Parameters:
    ///   - descriptor: a connected socket, which stays the caller's.
    ///   - host: a name to ask for; RFC 6066 section 3 allows no address. nil asks for none.
    init?(over descriptor: Int32, askingFor host: String?) {
        var session: gnutls_session_t?
        var credentials: gnutls_certificate_credentials_t?
        guard gnutls_certificate_allocate_credentials(&credentials) == GNUTLS_E_SUCCESS, let credentials else { return nil }
        guard gnutls_init(&session, rollcall_gnutls_client) == GNUTLS_E_SUCCESS, let session else {
            gnutls_certificate_free_credentials(credentials)
            return nil
        }
        self.session = session
        self.credentials = credentials
        gnutls_set_default_priority(session)
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(credentials))
        gnutls_transport_set_int2(session, descriptor, descriptor)
        if let host { gnutls_server_name_set(session, GNUTLS_NAME_DNS, host, host.utf8.count) }
    }

    deinit {
        gnutls_deinit(session)
        gnutls_certificate_free_credentials(credentials)
    }

    /// What is wrong with one of the files.
    func load(_ files: TLSFiles, server: Server) -> DirectoryProblem? { files.load(into: credentials, server: server) }

    /// - Returns: one of GnuTLS's codes.
    func run() -> Int32 {
        var code: Int32
        repeat {
            code = gnutls_handshake(session)
        } while code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED
            || code == GNUTLS_E_WARNING_ALERT_RECEIVED
        return code
    }

    /// Waits for an alert that may follow the handshake (RFC 8446 section 4.4.2.4).
    ///
    /// - Returns: one of GnuTLS's codes.
    func waitForAlert(seconds: Int) -> Int32 {
        gnutls_record_set_timeout(session, UInt32(clamping: seconds * 1000))
        var byte: UInt8 = 0
        var code = 0
        repeat {
            code = gnutls_record_recv(session, &byte, 1)
        } while code == Int(GNUTLS_E_AGAIN)
            || code == Int(GNUTLS_E_INTERRUPTED)
        return Int32(clamping: code)
    }

    /// The last alert's name.
    var alert: String { gnutls_alert_get_name(gnutls_alert_get(session)).map { String(cString: $0) } ?? "no reason" }

    /// The server has asked for a client certificate.
    var wantsClientCertificate: Bool { gnutls_certificate_client_get_request_status(session) != 0 }

    /// What the server shows: its own certificate, and those that lead to an authority.
    var chain: [Certificate] {
        var count: UInt32 = 0
        guard let first = gnutls_certificate_get_peers(session, &count) else { return [] }
        return UnsafeBufferPointer(start: first, count: Int(count)).compactMap { datum in
            Certificate(der: Array(UnsafeBufferPointer(start: datum.data, count: Int(datum.size))))
        }
    }

    /// What the client has to show.
    var ownCertificate: Certificate? {
        var datum = gnutls_datum_t()
        guard gnutls_certificate_get_crt_raw(credentials, 0, 0, &datum) == GNUTLS_E_SUCCESS else { return nil }
        return Certificate(der: Array(UnsafeBufferPointer(start: datum.data, count: Int(datum.size))))
    }

    /// Bits of `gnutls_certificate_status_t`; nil when there is nothing to verify.
    var verificationStatus: UInt32? {
        var status: UInt32 = 0
        return gnutls_certificate_verify_peers2(session, &status) == GNUTLS_E_SUCCESS ? status : nil
    }

    /// A status in GnuTLS's words.
    static func words(_ status: UInt32) -> String {
        var datum = gnutls_datum_t()
        guard gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &datum, 0) == GNUTLS_E_SUCCESS,
            let bytes = datum.data
        else { return "it cannot be trusted" }
        defer { rollcall_gnutls_free(bytes) }
        let text = String(cString: UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self)).trimmingSpaces()
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
