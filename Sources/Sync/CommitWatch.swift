import Dispatch
import Foundation

/// Notices that somebody is about to commit to the store, also another process: SQLite writes its write-ahead log, and
/// inotify(7) tells of that. The commit counts a little later: see `Store.awaitCommit`.
///
/// A class because it owns a descriptor.
final class CommitWatch: Sendable {
    private let source: DispatchSource

    /// - Parameters:
    ///   - store: the path of a store that is open.
    ///   - action: called on a queue of its own, for a commit or several.
    /// - Returns: nil where the kernel has no watch left; commits are then noticed with the next cycle.
    init?(store: String, action: @escaping @Sendable () -> Void) {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        guard inotify_add_watch(descriptor, store + "-wal", UInt32(IN_MODIFY)) >= 0 else {
            close(descriptor)
            return nil
        }
        let queue = DispatchQueue(label: "rollcall.commits")
        // The class is Sendable, the protocol is not.
        guard let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue) as? DispatchSource else {
            close(descriptor)
            return nil
        }
        source.setEventHandler {
            var events = [UInt8](repeating: 0, count: 4096)
            while read(descriptor, &events, events.count) > 0 {}
            action()
        }
        source.setCancelHandler { close(descriptor) }
        source.resume()
        self.source = source
    }

    deinit { source.cancel() }
}
