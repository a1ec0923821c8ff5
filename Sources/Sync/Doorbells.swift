import Directory
import Logging
import Model
import Store
import Synchronization

/// The bells of all back ends whose directories tell of changes as they happen (`Rollcall::Persist`).
///
/// A class because cycles and reloads share it.
final class Doorbells: Sendable {
    private let bells = Mutex<[Slot: Doorbell]>([:])
    private let store: Store
    private let directories: Directories
    private let log: Logger
    private let ring: @Sendable (Slot) -> Void

    init(_ store: Store, _ directories: Directories, log: Logger, ring: @escaping @Sendable (Slot) -> Void) {
        self.store = store
        self.directories = directories
        self.log = log
        self.ring = ring
    }

    /// Listens to every back end that is not listened to yet. Called after a cycle, when there is a cookie to begin with.
    func start(_ configuration: Configuration) {
        guard configuration.isPersistent else { return }
        bells.withLock { bells in
            for backEnd in configuration.backEnds where bells[backEnd.slot] == nil {
                let bell = bell(for: backEnd)
                bells[backEnd.slot] = bell
                bell.start()
            }
        }
    }

    /// Ends all of them: Rollcall stops, or has a new configuration.
    func end() {
        bells.withLock { bells in
            for bell in bells.values { bell.end() }
            bells = [:]
        }
    }

    private func bell(for backEnd: BackEnd) -> Doorbell {
        var log = log
        log[metadataKey: "back_end"] = "\(backEnd.slot.key)"
        let slot = backEnd.slot
        let events = Doorbell.Events(
            mayConnect: { [directories] in directories.standing(of: slot) == .closed },
            cookie: { [store] in (try? store.memory(of: slot))?.state.flatMap { $0.strategy == .sync ? $0.cookie : nil } },
            ring: { [ring] in ring(slot) },
            refused: { [directories, ring] problem in
                // The cycles must not try it once more, and tell it.
                directories.noteFailure(problem, of: backEnd)
                ring(slot)
            })
        return Doorbell(backEnd, log: log, events)
    }
}
