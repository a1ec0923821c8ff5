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
    private let cookie: @Sendable () -> [UInt8]?
    private let ring: @Sendable () -> Void
    private let log: Logger

    /// - Parameters:
    ///   - cookie: where the last reading came to its end; nil when that is not known.
    ///   - ring: called whenever something has changed, from a thread of the bell's own.
    package init(
        _ backEnd: BackEnd, cookie: @escaping @Sendable () -> [UInt8]?, log: Logger, ring: @escaping @Sendable () -> Void
    ) {
        self.backEnd = backEnd
        self.cookie = cookie
        self.ring = ring
        self.log = log
    }

    package func start() { Thread.detachNewThread { self.listen() } }

    package func end() { stop.raise() }

    private func listen() {
        let woken = DispatchSemaphore(value: 0)
        _ = stop.whenRaised { woken.signal() }
        while !stop.isRaised {
            do {
                guard try listenOnce() else { return }
            } catch {
                if stop.isRaised { return }
                log.info("listening for changes ended", metadata: ["problem": "\(error)"])
                // What a wrong password is, the cycles tell.
                if error.isPermanent { return }
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
        guard let cookie = cookie(), !cookie.isEmpty else { return true }
        var request = session.contentSyncRequest(backEnd)
        request.attributes = AttributeList(["1.1"])
        request.controls = [ContentSync.request(.refreshAndPersist, cookie: cookie)]
        let number = try session.connection.send(request, root: session.root)
        log.info("listening for changes", metadata: ["server": "\(session.server)"])
        let end = try session.connection.receiveAnswer(number, "listening for changes", isPatient: true) {
            message throws(DirectoryProblem) in
            switch message {
            case .entry, .reference: ring()
            case .information(ContentSync.informationOID, let value):
                if case .ids = ContentSync.Information(value) { ring() }
            case .information: break
            }
        }
        log.info("the directory ended telling of changes", metadata: ["code": "\(end.code)"])
        // The cookie may be of no use any more; a reading will find a new one.
        ring()
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
