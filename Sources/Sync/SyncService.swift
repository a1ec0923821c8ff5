import ChangeLog
import Directory
import Foundation
import Logging
import Model
import ServiceLifecycle
import Store
import Synchronization

/// The daemon: a cycle at every tick, the configuration again on SIGHUP, an orderly end on SIGTERM and SIGINT.
package struct SyncService: Service {
    private let store: Store
    private let outlets: Outlets
    private let ticker = Ticker()
    private let stop = StopSignal()
    private let directories: Directories
    private let doorbells: Doorbells
    private let heartbeat = Heartbeat()
    private let notifier: Notifier
    private let log: Logger
    private let initial: Configuration
    private let reload: @Sendable () -> Configuration?
    private let queue = DispatchQueue(label: "rollcall.cycle")

    /// - Parameter reload: reads the configuration again; nil when it is bad, which it has then reported.
    package init(
        _ configuration: Configuration, store: Store, outlets: Outlets, notifier: Notifier, log: Logger,
        reload: @escaping @Sendable () -> Configuration?
    ) {
        initial = configuration
        self.store = store
        self.outlets = outlets
        self.notifier = notifier
        self.log = log
        self.reload = reload
        directories = Directories(
            Directories.Recovery(stop: stop, log: log) { [ticker] slot in ticker.ask(.some([slot])) })
        doorbells = Doorbells(store, directories, log: log) { [ticker] slot in ticker.ask(.some([slot])) }
    }

    package func run() async throws {
        let watchdog = feedWatchdog()
        defer { watchdog?.cancel() }
        ticker.listenToSignals()
        ticker.start(everySeconds: initial.intervalSeconds, immediately: true)
        setHeartbeatLimit(initial)
        configureOutlets(initial)
        let watch = CommitWatch(store: store.path) { [outlets] in outlets.wakeAfterCommit() }
        if watch == nil { log.warning("commits of commands are noticed with the next cycle only: inotify has no watch left") }
        defer { withExtendedLifetime(watch) {} }
        notifier.ready(status: "ready")
        await withGracefulShutdownHandler {
            await serve()
        } onGracefulShutdown: {
            notifier.stopping()
            doorbells.end()
            outlets.end()
            stop.raise()
            ticker.finish()
        }
    }

    private func serve() async {
        var configuration = initial
        for await request in ticker.requests where !stop.isRaised {
            switch request {
            case .cycle(let extent):
                await runCycle(configuration, extent)
                doorbells.start(configuration)
            case .reload:
                notifier.reloading()
                if let new = reload() {
                    if new.intervalSeconds != configuration.intervalSeconds {
                        ticker.start(everySeconds: new.intervalSeconds, immediately: false)
                    }
                    setHeartbeatLimit(new)
                    configuration = new
                    configureOutlets(new)
                    doorbells.end()
                    directories.forgetFailures()
                    ticker.ask(.all)
                    log.notice("configuration read again")
                }
                // The file may have been renamed, which is what this signal tells others.
                outlets.wake()
                notifier.ready(status: "ready")
            }
        }
    }

    private func configureOutlets(_ configuration: Configuration) {
        do {
            try outlets.configure(configuration)
        } catch {
            log.error("outlets of the change log cannot be served", metadata: ["reason": "\(error)"])
        }
    }

    private func setHeartbeatLimit(_ configuration: Configuration) {
        // Look-up, connect, handshake, bind and an answer may each last the time limit, at every server.
        let longest = configuration.backEnds.map { $0.connection.timeoutSeconds * $0.connection.servers.count * 6 }.max()
        heartbeat.setLimit(seconds: max(600, longest ?? 0))
    }

    /// Runs a cycle on a thread of its own, since libldap and SQLite block.
    private func runCycle(_ configuration: Configuration, _ extent: Request.Extent) async {
        notifier.status("a cycle is running")
        let status = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: cycle(configuration, extent)) }
        }
        notifier.status(status)
        ticker.end()
    }

    /// - Returns: what to tell the service manager.
    private func cycle(_ configuration: Configuration, _ extent: Request.Extent) -> String {
        do {
            let cycle = Cycle(
                configuration, store: store, delivery: outlets.file, directories: directories, extent: extent, stop: stop,
                heartbeat: heartbeat, log: log)
            return try outlets.cycling { try cycle.run().summary }
        } catch let problem as LogProblem {
            // The cycle itself is done, and what it recorded is in the store.
            log.error("the change log cannot be written, records wait in the store", metadata: ["reason": "\(problem)"])
            return "the change log cannot be written: \(problem)"
        } catch {
            log.error("cycle failed, the next one goes on from here", metadata: ["reason": "\(error)"])
            return "last cycle failed: \(error)"
        }
    }

    private func feedWatchdog() -> DispatchSource? {
        guard let interval = notifier.watchdogInterval else { return nil }
        let timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(deadline: .now(), repeating: interval, leeway: .milliseconds(10))
        timer.setEventHandler { [notifier, heartbeat] in if heartbeat.isAlive { notifier.watchdog() } }
        timer.resume()
        return timer as? DispatchSource
    }
}
