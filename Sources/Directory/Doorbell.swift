import Dispatch
import Foundation
import Logging
import Model

/// Listens to a directory that tells of changes as they happen (RFC 4533 section 3.4), and rings.
///
/// It carries no data: whoever hears it reads what has changed in the usual way, so there is one way only by which data
/// come, and a bell that stays silent loses nothing but time. A class because its thread and its owner share it.
package final class Doorbell: Sendable {
    private let backEnd: BackEnd
    private let servers = BackEndServers()
    private let stop = StopSignal()
    private let events: Events
    private let log: Logger

    /// What a bell asks its owner, and what it tells; each from a thread of the bell's own.
    package struct Events: Sendable {
        let mayConnect: @Sendable () -> Bool
        let cookie: @Sendable () -> [UInt8]?
        let ring: @Sendable () -> Void
        let refused: @Sendable (DirectoryProblem) -> Void

        /// - Parameters:
        ///   - mayConnect: whether the directory is in order as far as is known; otherwise it is left to the readings.
        ///   - cookie: where the last reading came to its end; nil when that is not known.
        ///   - ring: something has changed.
        ///   - refused: another try would end in the same way, so the bell has given up.
        package init(
            mayConnect: @escaping @Sendable () -> Bool, cookie: @escaping @Sendable () -> [UInt8]?,
            ring: @escaping @Sendable () -> Void, refused: @escaping @Sendable (DirectoryProblem) -> Void
        ) {
            self.mayConnect = mayConnect
            self.cookie = cookie
            self.ring = ring
            self.refused = refused
        }
    }

    package init(_ backEnd: BackEnd, log: Logger, _ events: Events) {
        self.backEnd = backEnd
        self.log = log
        self.events = events
    }

    package func start() { Thread.detachNewThread { self.listen() } }

    package func end() { stop.raise() }

    private func listen() {
        let woken = DispatchSemaphore(value: 0)
        _ = stop.whenRaised { woken.signal() }
        while !stop.isRaised {
            do {
                if events.mayConnect(), try !listenOnce() { return }
            } catch {
                if stop.isRaised { return }
                log.info("listening for changes ended", metadata: ["problem": "\(error)"])
                if error.isPermanent { return events.refused(error) }
            }
            _ = woken.wait(timeout: .now() + Double.random(in: 2...5))
        }
    }

    /// - Returns: whether it makes sense to listen again.
    private func listenOnce() throws(DirectoryProblem) -> Bool {
        let session = try servers.open(backEnd, stop, log)
        guard session.root.strategies(for: backEnd).strategies.first == .sync else {
            log.notice("Rollcall::Persist has no effect: the directory does not tell of changes as they happen")
            return false
        }
        // Without a cookie everything would be sent; the next reading has one.
        guard let cookie = events.cookie(), !cookie.isEmpty else { return true }
        var request = session.contentSyncRequest(backEnd)
        request.attributes = AttributeList(["1.1"])
        request.controls = [ContentSync.request(.refreshAndPersist, cookie: cookie)]
        let number = try session.connection.send(request, root: session.root)
        log.info("listening for changes", metadata: ["server": "\(session.server)"])
        let end = try session.connection.receiveAnswer(number, "listening for changes", isPatient: true) {
            message throws(DirectoryProblem) in
            switch message {
            case .entry, .reference: events.ring()
            case .information(ContentSync.informationOID, let value):
                if case .ids = ContentSync.Information(value) { events.ring() }
            case .information: break
            }
        }
        log.info("the directory ended telling of changes", metadata: ["code": "\(end.code)"])
        // The cookie may be of no use any more; a reading will find a new one.
        events.ring()
        return true
    }
}

extension Session {
    /// The search whose content is kept in step. 389 Directory Server does not tell who has left a filter, so everything is
    /// followed there.
    func contentSyncRequest(_ backEnd: BackEnd) -> SearchRequest {
        var request = SearchRequest(among: backEnd, matching: backEnd.peopleFilter, asking: IdentityAttribute.list)
        request.pageSize = nil
        guard root.product == .directoryServer389 else { return request }
        request.base = root.namingContext(of: backEnd.search.baseDN) ?? backEnd.search.baseDN
        request.scope = .sub
        request.filter = "(objectClass=*)"
        return request
    }
}
