import CLDAP
import Foundation
import Logging
import Model

/// One connection to one server, secured and bound.
///
/// A class because it owns a libldap handle, which one thread at a time may use. Every wait has a limit; `StopSignal`
/// wakes any of them. Sendable, because whoever opens a connection hands it on to the thread that reads and gets it back
/// when that has ended; only `interrupt` may be called meanwhile.
final class Connection: @unchecked Sendable {
    let server: Server
    /// Seconds that any single wait may last.
    let seconds: Int
    private let handle: OpaquePointer
    let watchdog: Watchdog
    private let stop: StopSignal
    private let stopToken: Int

    /// Connects, secures and binds.
    init(to server: Server, as settings: ConnectionSettings, stop: StopSignal) throws(DirectoryProblem) {
        if stop.isRaised { throw .stopped(server) }
        let descriptor = try Socket.connect(to: server, seconds: settings.timeoutSeconds)
        var handle: OpaquePointer?
        let isTCP = if case .tcp = server { true } else { false }
        let code = ldap_init_fd(descriptor, isTCP ? LDAP_PROTO_TCP : LDAP_PROTO_IPC, server.description, &handle)
        guard code == LDAP_SUCCESS, let handle else {
            close(descriptor)
            throw .result(code, diagnostic: "", server: server, step: "setting up the connection")
        }
        self.server = server
        self.handle = handle
        self.stop = stop
        seconds = settings.timeoutSeconds
        let watchdog = Watchdog(descriptor: descriptor, seconds: settings.timeoutSeconds)
        self.watchdog = watchdog
        stopToken = stop.whenRaised { watchdog.stop() }
        try setOptions()
        try secure(settings.security)
        try bind(settings.credentials)
    }

    deinit {
        stop.forget(stopToken)
        watchdog.release()
        ldap_unbind_ext(handle, nil, nil)
    }

    /// Sends a request with `send`, which returns libldap's code and fills in the message number.
    func request(_ step: String, _ send: (OpaquePointer, inout Int32) -> Int32) throws(DirectoryProblem) -> Int32 {
        var number: Int32 = 0
        watchdog.expectAnswer()
        let code = send(handle, &number)
        if code != LDAP_SUCCESS { throw failure(code, step: step) }
        return number
    }

    /// Waits for the next message of request `number` and gives it to `body`.
    func receive<Answer>(
        _ number: Int32, _ step: String, _ body: (OpaquePointer, OpaquePointer) throws(DirectoryProblem) -> Answer
    ) throws(DirectoryProblem) -> Answer {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        var message: OpaquePointer?
        watchdog.expectAnswer()
        let kind = ldap_result(handle, number, LDAP_MSG_ONE, &limit, &message)
        watchdog.rest()
        guard let message, kind > 0 else {
            if kind == 0 { throw .timedOut(server, step: step, seconds: seconds) }
            throw failure(lastCode, step: step)
        }
        defer { ldap_msgfree(message) }
        return try body(handle, message)
    }

    /// The problem that libldap's `code` stands for, knowing whether this side ended the connection.
    func failure(_ code: Int32, step: String) -> DirectoryProblem {
        switch watchdog.verdict {
        case .timedOut: .timedOut(server, step: step, seconds: seconds)
        case .stopped: .stopped(server)
        case nil where code == LDAP_SERVER_DOWN: .lost(server, step: step)
        case nil where code == LDAP_TIMEOUT: .timedOut(server, step: step, seconds: seconds)
        case nil: .result(code, diagnostic: diagnostic, server: server, step: step)
        }
    }

    private var lastCode: Int32 {
        var code: Int32 = LDAP_OTHER
        ldap_get_option(handle, LDAP_OPT_RESULT_CODE, &code)
        return code
    }

    private var diagnostic: String {
        var text: UnsafeMutablePointer<CChar>?
        ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text)
        defer { ldap_memfree(text) }
        return text.map { String(cString: $0) } ?? ""
    }

    private func setOptions() throws(DirectoryProblem) {
        var version = LDAP_VERSION3
        try check(ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version), "setting options")
        try check(ldap_set_option(handle, LDAP_OPT_REFERRALS, nil), "setting options")
        try check(rollcall_ldap_option_on(handle, LDAP_OPT_RESTART), "setting options")
    }

    func check(_ code: Int32, _ step: String) throws(DirectoryProblem) {
        if code != LDAP_SUCCESS { throw failure(code, step: step) }
    }

    // MARK: Security

    private func secure(_ security: TransportSecurity) throws(DirectoryProblem) {
        let isTLS = if case .tcp(_, _, true) = server { true } else { false }
        guard isTLS || security.startTLS else { return }
        try setTLSOptions(security)
        if !isTLS { try askForStartTLS() }
        watchdog.expectAnswer()
        let code = ldap_install_tls(handle)
        watchdog.rest()
        if code != LDAP_SUCCESS { throw tlsFailure(code) }
    }

    private func setTLSOptions(_ security: TransportSecurity) throws(DirectoryProblem) {
        var demand =
            switch security.verification {
            case .none: LDAP_OPT_X_TLS_NEVER
            case .optional: LDAP_OPT_X_TLS_TRY
            case .required: LDAP_OPT_X_TLS_DEMAND
            }
        try check(ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand), "setting TLS options")
        let files = [
            (LDAP_OPT_X_TLS_CACERTFILE, security.caFile), (LDAP_OPT_X_TLS_CACERTDIR, security.caFolder),
            (LDAP_OPT_X_TLS_CERTFILE, security.clientCertificate), (LDAP_OPT_X_TLS_KEYFILE, security.clientKey),
        ]
        for case (let option, let path?) in files {
            guard access(path, R_OK) == 0 else { throw unreadable(path) }
            try check(ldap_set_option(handle, option, path), "setting TLS options")
        }
        var isServer: Int32 = 0
        let code = ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &isServer)
        if code != LDAP_SUCCESS { throw tlsFailure(code) }
    }

    /// RFC 4511 section 4.14. A server that refuses ends the matter: nothing goes on in plain text.
    private func askForStartTLS() throws(DirectoryProblem) {
        let number = try request("StartTLS") { handle, number in ldap_start_tls(handle, nil, nil, &number) }
        let end = try receive(number, "StartTLS") { handle, message in self.parseResult(handle, message) }
        guard end.code == LDAP_SUCCESS else {
            throw .result(end.code, diagnostic: end.diagnostic, server: server, step: "StartTLS")
        }
    }

    private func unreadable(_ path: String) -> DirectoryProblem {
        DirectoryProblem(
            kind: .tls, server: server.description, step: "TLS", reason: "\(path) cannot be read",
            remedy: "Check the path and the rights of the file; the service user must be able to read it.")
    }

    private func tlsFailure(_ code: Int32) -> DirectoryProblem {
        guard watchdog.verdict == nil else { return failure(code, step: "TLS handshake") }
        let words = diagnostic
        return DirectoryProblem(
            kind: .tls, server: server.description, step: "TLS handshake",
            reason: words.isEmpty ? "no trusted channel (\(code))" : words,
            remedy: "Check that the certificate is issued for this host name by a CA in Params.Params.cafile (or the "
                + "system's), that it has not expired, and that the server speaks TLS on this port.")
    }

    // MARK: Bind

    private func bind(_ credentials: Credentials) throws(DirectoryProblem) {
        guard case .simple(let name, let password) = credentials else { return }
        let number = try request("bind as '\(name)'") { handle, number in
            let bytes = Array(password.value.utf8)
            return bytes.withUnsafeBufferPointer { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    var value = berval(
                        bv_len: ber_len_t(characters.count), bv_val: UnsafeMutablePointer(mutating: characters.baseAddress))
                    return ldap_sasl_bind(handle, name, nil, &value, nil, nil, &number)
                }
            }
        }
        let end = try receive(number, "bind as '\(name)'") { handle, message in self.parseResult(handle, message) }
        guard end.code == LDAP_SUCCESS else {
            throw .result(end.code, diagnostic: end.diagnostic, server: server, step: "bind as '\(name)'")
        }
    }

    /// The code and the server's words of a result message.
    func parseResult(_ handle: OpaquePointer, _ message: OpaquePointer) -> (code: Int32, diagnostic: String) {
        var code: Int32 = LDAP_OTHER
        var text: UnsafeMutablePointer<CChar>?
        let parsed = ldap_parse_result(handle, message, &code, nil, &text, nil, nil, 0)
        defer { ldap_memfree(text) }
        return (parsed == LDAP_SUCCESS ? code : parsed, text.map { String(cString: $0) } ?? "")
    }

    // MARK: For readings

    /// Ends whatever is being waited for. May be called from any thread.
    func interrupt() { watchdog.stop() }

    /// A search whose whole answer is needed was cut short.
    func cutShort(_ reason: String, step: String, remedy: String = "") -> DirectoryProblem {
        DirectoryProblem(kind: .refused, server: server.description, step: step, reason: reason, remedy: remedy)
    }
}
