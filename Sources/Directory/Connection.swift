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
    let handle: OpaquePointer
    let descriptor: Int32
    let watchdog: Watchdog
    let stop: StopSignal
    /// As whom the connection was made; nil for one that only looks.
    private(set) var settings: ConnectionSettings?
    private let stopToken: Int
    /// How TLS was asked for; nil while nothing is encrypted.
    var security: TransportSecurity?
    /// The server has answered something since the connection was made or secured.
    private(set) var hasAnswered = false

    /// Connects, secures and binds.
    convenience init(to server: Server, as settings: ConnectionSettings, stop: StopSignal) throws(DirectoryProblem) {
        try self.init(opening: server, seconds: settings.timeoutSeconds, stop: stop)
        try secure(settings.security)
        hasAnswered = false
        try bind(settings.credentials)
        self.settings = settings
    }

    /// Connects, and sends nothing.
    init(opening server: Server, seconds: Int, stop: StopSignal) throws(DirectoryProblem) {
        if stop.isRaised { throw .stopped(server) }
        let descriptor = try Socket.connect(to: server, seconds: seconds)
        var handle: OpaquePointer?
        let isTCP = if case .tcp = server { true } else { false }
        let code = ldap_init_fd(descriptor, isTCP ? LDAP_PROTO_TCP : LDAP_PROTO_IPC, server.description, &handle)
        guard code == LDAP_SUCCESS, let handle else {
            close(descriptor)
            throw .result(code, diagnostic: "", server: server, step: "setting up the connection")
        }
        self.server = server
        self.handle = handle
        self.descriptor = descriptor
        self.stop = stop
        self.seconds = seconds
        let watchdog = Watchdog(descriptor: descriptor, seconds: seconds)
        self.watchdog = watchdog
        stopToken = stop.whenRaised { watchdog.stop() }
        try setOptions()
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
        _ number: Int32, _ step: String, isPatient: Bool = false,
        _ body: (OpaquePointer, OpaquePointer) throws(DirectoryProblem) -> Answer
    ) throws(DirectoryProblem) -> Answer {
        let message = try wait(for: number, step, isPatient: isPatient)
        defer { ldap_msgfree(message) }
        return try body(handle, message)
    }

    /// Waits for the next message of request `number`, which the caller frees.
    ///
    /// - Parameter isPatient: it may take any time.
    func wait(for number: Int32, _ step: String, isPatient: Bool = false) throws(DirectoryProblem) -> OpaquePointer {
        var message: OpaquePointer?
        if isPatient { watchdog.rest() } else { watchdog.expectAnswer() }
        let kind = rollcall_ldap_result(handle, number, isPatient ? -1 : seconds, &message)
        watchdog.rest()
        guard let message, kind > 0 else {
            if kind == 0 { throw .timedOut(server, step: step, seconds: seconds) }
            throw failure(lastCode, step: step)
        }
        hasAnswered = true
        return message
    }

    /// The problem that libldap's `code` stands for, knowing whether this side ended the connection.
    func failure(_ code: Int32, step: String) -> DirectoryProblem {
        switch watchdog.verdict {
        case .timedOut: .timedOut(server, step: step, seconds: seconds)
        case .stopped: .stopped(server)
        case nil where code == LDAP_SERVER_DOWN: refusalOfClient() ?? .lost(server, step: step)
        case nil where code == LDAP_TIMEOUT: .timedOut(server, step: step, seconds: seconds)
        case nil: .result(code, diagnostic: diagnostic, server: server, step: step)
        }
    }

    private var lastCode: Int32 {
        var code: Int32 = LDAP_OTHER
        ldap_get_option(handle, LDAP_OPT_RESULT_CODE, &code)
        return code
    }

    /// libldap's, or the server's, own words about the last failure.
    var diagnostic: String {
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
        try check(rollcall_ldap_read_ahead(handle, Self.readAheadBytes), "setting options")
    }

    private static let readAheadBytes: ber_len_t = 1 << 16

    func check(_ code: Int32, _ step: String) throws(DirectoryProblem) {
        if code != LDAP_SUCCESS { throw failure(code, step: step) }
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
