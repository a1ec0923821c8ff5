import ChangeLog
import Dispatch
import Logging
import Model
import Store
import Synchronization

/// Brings change records from the store to one outlet besides the file: in order, at the outlet's own pace. An outlet that is
/// down delays itself alone, and is tried again.
///
/// A class because whoever commits wakes it, and it works on a queue of its own.
final class OutletFeed: Sendable {
    private struct State {
        var isWoken = false
        var isEnded = false
        var failures = 0
        /// The head that is to be told when all records before it are.
        var head: (sequence: Int64, hash: ChainHash)?
    }

    /// What the store calls the outlet.
    let name: String
    private let store: Store
    private let sender: any RecordSender
    private let log: Logger
    private let queue: DispatchQueue
    private let state = Mutex(State())

    /// So much is sent at a time; then the store learns how far it is.
    private static let pieceBytes = 1 << 20
    private static let longestPauseSeconds = 300

    /// - Parameter name: what the store calls the outlet.
    init(_ name: String, _ sender: any RecordSender, store: Store, log: Logger) {
        self.name = name
        self.sender = sender
        self.store = store
        self.log = log
        queue = DispatchQueue(label: "rollcall.outlet.\(name)")
    }

    /// There may be something new. Returns at once.
    func wake() {
        let isFirst = state.withLock { state in
            defer { state.isWoken = true }
            return !state.isWoken && state.failures == 0
        }
        if isFirst { queue.async { [self] in work() } }
    }

    /// A cycle has ended with this record. Returns at once.
    func announce(_ head: (sequence: Int64, hash: ChainHash)) {
        state.withLock { $0.head = head }
        wake()
    }

    /// Sends what there is, once, and waits for it.
    func finish() { queue.sync { if state.withLock({ !$0.isEnded }) { work() } } }

    /// Nothing more is sent, but what is being sent.
    func end() { state.withLock { $0.isEnded = true } }

    private func work() {
        state.withLock { $0.isWoken = false }
        do {
            try send()
            recovered()
        } catch {
            failed(error)
        }
    }

    private func send() throws {
        var sent = try store.delivered(to: name)
        while !state.withLock(\.isEnded) {
            let records = try store.records(after: sent, bytes: Self.pieceBytes)
            guard let last = records.last else { break }
            try sender.send(records.map(\.line))
            sent = last.sequence
            try store.setDelivered(sent, to: name)
        }
        let head = state.withLock { state in
            guard let head = state.head, head.sequence <= sent else { return nil as (sequence: Int64, hash: ChainHash)? }
            state.head = nil
            return head
        }
        if let head { try sender.announce(head: head.sequence, hash: "\(head.hash)") }
    }

    private func recovered() {
        let failures = state.withLock { state in
            defer { state.failures = 0 }
            return state.failures
        }
        if failures > 0 { log.notice("outlet has caught up", metadata: ["outlet": "\(name)"]) }
    }

    /// The first failure is told, then there is patience.
    private func failed(_ error: any Error) {
        let failures = state.withLock { state in
            state.failures += 1
            return state.failures
        }
        if failures == 1 {
            log.error(
                "change records wait in the store until they can be sent",
                metadata: ["outlet": "\(name)", "reason": "\(error)"])
        }
        let seconds = min(Self.longestPauseSeconds, 1 << min(failures - 1, 9))
        queue.asyncAfter(deadline: .now() + .seconds(seconds)) { [weak self] in
            guard let self, !state.withLock(\.isEnded) else { return }
            work()
        }
    }
}
