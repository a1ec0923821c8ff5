import CGnuTLS
import Foundation
import Model

/// TLS over a socket (RFC 5425), with a receiver whose certificate is right.
///
/// A class because it owns GnuTLS's handles.
final class TLSStream: OutletStream {
    let socket: OutletSocket
    private let session: gnutls_session_t
    private let credentials: gnutls_certificate_credentials_t

    /// Seconds for which a receiver may say that it does not take the client's certificate, or the lack of one.
    private static let objectionSeconds = 1

    /// - Throws: when a file is of no use, the handshake fails, or the receiver is not who it should be.
    static func open(over socket: OutletSocket, to target: SyslogTarget) throws(OutletProblem) -> TLSStream {
        guard let stream = TLSStream(over: socket) else { throw socket.lost(ENOMEM) }
        let files = OutletTLSFiles(target, socket.outlet)
        try files.load(into: stream.credentials)
        try stream.handshake(with: target.host)
        try stream.verify(target.host, files)
        try stream.awaitObjection()
        return stream
    }

    private init?(over socket: OutletSocket) {
        var session: gnutls_session_t?
        var credentials: gnutls_certificate_credentials_t?
        guard gnutls_certificate_allocate_credentials(&credentials) == GNUTLS_E_SUCCESS, let credentials else { return nil }
        guard gnutls_init(&session, rollcall_gnutls_client) == GNUTLS_E_SUCCESS, let session else {
            gnutls_certificate_free_credentials(credentials)
            return nil
        }
        self.socket = socket
        self.session = session
        self.credentials = credentials
        gnutls_set_default_priority(session)
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(credentials))
        gnutls_transport_set_int2(session, socket.descriptor, socket.descriptor)
    }

    deinit {
        gnutls_bye(session, GNUTLS_SHUT_WR)
        gnutls_deinit(session)
        gnutls_certificate_free_credentials(credentials)
    }

    // MARK: Beginning

    private func handshake(with host: String) throws(OutletProblem) {
        // RFC 6066 section 3 allows no address.
        if !Self.isAddress(host) { gnutls_server_name_set(session, GNUTLS_NAME_DNS, host, host.utf8.count) }
        while true {
            let code = gnutls_handshake(session)
            switch code {
            case GNUTLS_E_SUCCESS: return
            case GNUTLS_E_AGAIN:
                let events = gnutls_record_get_direction(session) == 0 ? POLLIN : POLLOUT
                guard socket.wait(for: events, seconds: socket.limits.connectSeconds) else {
                    throw socket.outlet.problem(
                        "no answer to the TLS handshake for \(socket.limits.connectSeconds) s", Self.noTLSRemedy)
                }
            case GNUTLS_E_INTERRUPTED, GNUTLS_E_WARNING_ALERT_RECEIVED: continue
            default: throw failure(code)
            }
        }
    }

    private static func isAddress(_ host: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
    }

    /// Chain and name (RFC 5425 section 5.2).
    private func verify(_ host: String, _ files: OutletTLSFiles) throws(OutletProblem) {
        var status: UInt32 = 0
        let code = gnutls_certificate_verify_peers3(session, host, &status)
        guard code == GNUTLS_E_SUCCESS else { throw failure(code) }
        if status != 0 { throw files.untrusted(status, host: host) }
    }

    /// With TLS 1.3 the client is done before the receiver has looked at its certificate, and what it sends in the meantime
    /// is lost if that is refused (RFC 8446 section 4.4.2.4). Whether it is taken, nothing but a moment of silence says.
    private func awaitObjection() throws(OutletProblem) {
        guard gnutls_protocol_get_version(session) == GNUTLS_TLS1_3,
            gnutls_certificate_client_get_request_status(session) != 0,
            socket.wait(for: POLLIN, seconds: Self.objectionSeconds)
        else { return }
        if try !takeIncoming() { throw socket.lost(ECONNRESET) }
    }

    // MARK: Records

    func write(_ bytes: [UInt8]) throws(OutletProblem) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { gnutls_record_send(session, $0.baseAddress, $0.count) }
            switch Int32(clamping: count) {
            case 0...: sent += count
            case GNUTLS_E_AGAIN: try socket.waitToSend()
            case GNUTLS_E_INTERRUPTED: continue
            case let code: throw failure(code)
            }
        }
    }

    func takeIncoming() throws(OutletProblem) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let code = Int32(clamping: gnutls_record_recv(session, &buffer, buffer.count))
            switch code {
            case 0, GNUTLS_E_PREMATURE_TERMINATION: return false
            case 1..., GNUTLS_E_INTERRUPTED, GNUTLS_E_WARNING_ALERT_RECEIVED: continue
            case GNUTLS_E_AGAIN: return true
            default: throw failure(code)
            }
        }
    }

    // MARK: Failures

    private static let noTLSRemedy = "Check that the receiver speaks TLS at this port."

    private func failure(_ code: Int32) -> OutletProblem {
        switch code {
        case GNUTLS_E_FATAL_ALERT_RECEIVED:
            let alert = gnutls_alert_get_name(gnutls_alert_get(session)).map { String(cString: $0) } ?? "no reason"
            return socket.outlet.problem(
                "the receiver refuses TLS: \(alert)",
                "Name a certificate that it takes with CertificateFile and KeyFile, or look at what it logs.")
        case GNUTLS_E_PUSH_ERROR, GNUTLS_E_PULL_ERROR: return socket.lost(ECONNRESET)
        default:
            return socket.outlet.problem("TLS fails: \(String(cString: gnutls_strerror(code)))", Self.noTLSRemedy)
        }
    }
}
