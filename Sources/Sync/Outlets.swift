import ChangeLog
import Dispatch
import Foundation
import Logging
import Model
import Store
import Synchronization

/// All that change records are brought to: the file, and the journal and a syslog receiver where they are configured. Each has
/// its own position in the store, and waits for no other.
///
/// A class because cycles, reloads and commits share it.
package final class Outlets: Sendable {
    private struct State {
        var feeds: [String: (target: SyslogTarget?, feed: OutletFeed)] = [:]
        var isCycling = false
        var isWoken = false
        var hasFailed = false
    }

    package let file: Delivery
    private let store: Store
    private let isUnderJournal: Bool
    private let log: Logger
    private let queue = DispatchQueue(label: "rollcall.file")
    private let state = Mutex(State())

    private static let journal = "journal"

    /// - Parameters:
    ///   - path: of the change log's file.
    ///   - environment: `JOURNAL_STREAM` tells that there is a journal (systemd.exec(5)).
    package init(store: Store, path: String, environment: [String: String], log: Logger) {
        file = Delivery(store: store, path: path, log: log)
        self.store = store
        self.log = log
        isUnderJournal = environment["JOURNAL_STREAM"] != nil
    }

    /// Begins to serve what the configuration names, and ends serving what it no longer does. A new outlet begins with the
    /// records that are made from now on.
    package func configure(_ configuration: Configuration) throws(StoreProblem) {
        let syslog = configuration.syslog
        let wantsJournal =
            switch configuration.journal {
            case .always: true
            case .automatic: isUnderJournal && JournalSender.isThere()
            case .never: false
            }
        let names = [Store.fileOutlet] + (wantsJournal ? [Self.journal] : []) + (syslog.map { ["syslog \($0)"] } ?? [])
        try store.enlistOutlets(names)
        state.withLock { state in
            for (name, old) in state.feeds where !names.contains(name) || name != Self.journal && old.target != syslog {
                old.feed.end()
                state.feeds[name] = nil
            }
            if wantsJournal, state.feeds[Self.journal] == nil {
                do {
                    state.feeds[Self.journal] = (nil, feed(Self.journal, try JournalSender()))
                } catch {
                    log.error("change records do not go to the journal", metadata: ["reason": "\(error)"])
                }
            }
            if let syslog, state.feeds["syslog \(syslog)"] == nil {
                state.feeds["syslog \(syslog)"] = (syslog, feed("syslog \(syslog)", SyslogSender(to: syslog)))
            }
        }
        // Now, so that the record that opens the file comes before those of the first cycle.
        queue.sync { deliver() }
        wake()
    }

    private func feed(_ name: String, _ sender: any RecordSender) -> OutletFeed {
        OutletFeed(name, sender, store: store, log: log)
    }

    private var feeds: [OutletFeed] { state.withLock { $0.feeds.values.map(\.feed) } }

    /// Somebody is committing: what they commit is brought to all that are not the business of a cycle in hand.
    func wakeAfterCommit() {
        guard state.withLock({ !$0.isCycling || !$0.feeds.isEmpty }) else { return }
        try? store.awaitCommit()
        wake()
    }

    /// Something may have been committed. Returns at once. In a cycle, the file is the cycle's.
    package func wake() {
        for feed in feeds { feed.wake() }
        let isFirst = state.withLock { state in
            guard !state.isCycling else { return false }
            defer { state.isWoken = true }
            return !state.isWoken
        }
        if isFirst { queue.async { [self] in deliver() } }
    }

    private func deliver() {
        let isCycling = state.withLock { state in
            state.isWoken = false
            return state.isCycling
        }
        if isCycling { return }
        do {
            try file.deliver()
            state.withLock { $0.hasFailed = false }
        } catch {
            let isFirst = state.withLock { state in
                defer { state.hasFailed = true }
                return !state.hasFailed
            }
            if isFirst { log.error("change records wait in the store", metadata: ["reason": "\(error)"]) }
        }
    }

    /// Runs a cycle that delivers into the file by itself, and announces the last record that it has made.
    func cycling<Result>(_ body: () throws -> Result) rethrows -> Result {
        state.withLock { $0.isCycling = true }
        defer {
            state.withLock { $0.isCycling = false }
            if let head = try? store.head() { for feed in feeds { feed.announce(head) } }
            wake()
        }
        return try body()
    }

    /// Brings what there is to each of them, once.
    package func finish() { for feed in feeds { feed.finish() } }

    /// Nothing more is brought to anybody, but what is on its way.
    package func end() { for feed in feeds { feed.end() } }
}
