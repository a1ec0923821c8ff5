import Foundation

/// Keeps a second Rollcall away from a store, for as long as it lives. The system releases it when the process ends.
final class InstanceLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `.inUse` when another process has it.
    init(store path: String) throws(StoreProblem) {
        let lockPath = path + ".lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw StoreProblem(
                .unusable, path: path, reason: "\(lockPath): \(String(cString: strerror(errno)))",
                remedy: "Check that its folder exists and that the service user may write there.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StoreProblem(
                .inUse, path: path, reason: "another Rollcall is using it",
                remedy: "Stop the other one, or give this one a store of its own with --store.")
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
