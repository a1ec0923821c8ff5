import Directory
import Model
import Synchronization

/// What the daemon remembers of its back ends' servers from one cycle to the next.
///
/// A class because it outlives the cycles.
package final class Directories: Sendable {
    private let known = Mutex<[Slot: BackEndServers]>([:])

    package init() {}

    func servers(of slot: Slot) -> BackEndServers {
        known.withLock { known in
            let servers = known[slot] ?? BackEndServers()
            known[slot] = servers
            return servers
        }
    }
}
