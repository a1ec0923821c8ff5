import Dispatch
import Logging
import Model
import Synchronization

/// The servers of one back end over many cycles: which of them is good, and the connection that stays open between two
/// readings.
///
/// A class because it outlives the readings. One reading at a time uses it.
package final class BackEndServers: Sendable {
    private struct State {
        var settings: ConnectionSettings?
        /// Where the last reading came to its end, or at least began.
        var lastGood: Server?
        /// When the preferred server was left for another one.
        var leftPreferred: DispatchTime?
        var parked: Session?
    }

    private let state = Mutex(State())
    private let limits = AnswerLimits()
    private let secondsAway: Int

    /// - Parameter secondsAway: how long another server than the first one serves before the first one is tried again.
    package init(secondsAway: Int = 900) { self.secondsAway = secondsAway }

    /// Begins a reading: over the connection that was kept, if it still answers, else over a new one.
    ///
    /// - Parameters:
    ///   - known: the LDAP groups that decide about grants, as the last readings left them.
    ///   - now: microseconds since 1970 (UTC).
    /// - Throws: what the last server said.
    func begin(
        _ backEnd: BackEnd, known: [DecidingGroup: KnownGroup], now: Int64, _ stop: StopSignal, _ log: Logger
    ) throws(DirectoryProblem) -> (Session, Preliminaries) {
        if let parked = takeParked(backEnd.connection) {
            do {
                let preliminaries = try Preliminaries(of: backEnd, known: known, now: now, over: parked)
                return (Session(connection: parked.connection, root: preliminaries.root, limits: limits), preliminaries)
            } catch {
                // Servers close connections that rest; a new one will tell what is the matter, if something is.
                if error.kind != .lost { throw error }
            }
        }
        let session = try open(backEnd, stop, log)
        return (session, try Preliminaries(of: backEnd, known: known, now: now, over: session))
    }

    /// A new connection to the server that was good the last time, or to the first of the others that answers.
    ///
    /// - Throws: what the last server said. A refused bind is not tried elsewhere: it could lock the account.
    func open(_ backEnd: BackEnd, _ stop: StopSignal, _ log: Logger) throws(DirectoryProblem) -> Session {
        let settings = backEnd.connection
        var problem: DirectoryProblem?
        for server in order(settings) {
            do {
                let connection = try Connection(to: server, as: settings, stop: stop)
                let session = Session(connection: connection, root: try RootDSE(of: connection), limits: limits)
                noteGood(server, settings)
                return session
            } catch {
                if error.kind == .credentials || error.kind == .stopped { throw error }
                if problem == nil, settings.servers.count > 1 {
                    log.warning("server cannot be used, trying the next", metadata: ["problem": "\(error)"])
                }
                problem = error
            }
        }
        throw problem
            ?? DirectoryProblem(
                kind: .unreachable, server: backEnd.slot.key, step: "connecting", reason: "no server is configured",
                remedy: "Set Host.")
    }

    /// Connects and keeps the connection for the next reading.
    package func connect(_ backEnd: BackEnd, stop: StopSignal, log: Logger) throws(DirectoryProblem) {
        park(try open(backEnd, stop, log))
    }

    /// Keeps a connection that is in order for the next reading.
    func park(_ session: Session) { state.withLock { $0.parked = session } }

    /// Closes the connection that was kept.
    package func close() { state.withLock { $0.parked = nil } }

    /// The kept connection, if it is one with these settings.
    private func takeParked(_ settings: ConnectionSettings) -> Session? {
        state.withLock { state in
            defer { state.parked = nil }
            return state.settings == settings && !isTimeForPreferred(state) ? state.parked : nil
        }
    }

    private func order(_ settings: ConnectionSettings) -> [Server] {
        state.withLock { state in
            guard state.settings == settings, let good = state.lastGood, !isTimeForPreferred(state) else {
                return settings.servers
            }
            return [good] + settings.servers.filter { $0 != good }
        }
    }

    private func isTimeForPreferred(_ state: State) -> Bool {
        state.leftPreferred.map { $0 + .seconds(secondsAway) <= .now() } ?? false
    }

    private func noteGood(_ server: Server, _ settings: ConnectionSettings) {
        state.withLock { state in
            if state.settings != settings { state = State() }
            if server == settings.servers.first {
                state.leftPreferred = nil
            } else if state.lastGood != server || isTimeForPreferred(state) {
                state.leftPreferred = .now()
            }
            state.settings = settings
            state.lastGood = server
        }
    }
}
