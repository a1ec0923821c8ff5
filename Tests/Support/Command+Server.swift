import Foundation
import Synchronization

extension Command {
    /// Starts a server, which ends with the test run at the latest, whatever ends that.
    static func server(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Command {
        try LastingThread.perform {
            try Command("/usr/bin/setpriv", untilParentEnds(path, arguments), environment: environment)
        }
    }

    /// Starts a server that needs root: as anybody else, in a user and a network namespace of its own.
    static func privilegedServer(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Command {
        guard geteuid() != 0 else { return try server(path, arguments, environment: environment) }
        // The wish to end with the parent is lost on the way into a namespace, so it comes after.
        let command = ["/usr/bin/setpriv"] + untilParentEnds(path, arguments)
        let script = "ip link set lo up && exec \"$@\""
        return try LastingThread.perform {
            try Command("/usr/bin/unshare", ["-Urn", "/bin/sh", "-c", script, "sh"] + command, environment: environment)
        }
    }

    private static func untilParentEnds(_ path: String, _ arguments: [String]) -> [String] {
        ["--pdeathsig", "KILL", "--", path] + arguments
    }
}

/// A thread that lives as long as the test run. To the kernel, a process ends with its parent when the thread ends that
/// started it, and those on which tests run come and go.
private enum LastingThread {
    private final class Job: Sendable {
        let body: @Sendable () throws -> Command
        let result = Mutex<Result<Command, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)

        init(_ body: @escaping @Sendable () throws -> Command) { self.body = body }
    }

    private static let jobs = Mutex<[Job]>([])
    private static let arrived = DispatchSemaphore(value: 0)

    private static let thread: Void = Thread.detachNewThread {
        while true {
            arrived.wait()
            guard let job = jobs.withLock({ $0.popLast() }) else { continue }
            let result = Result { try job.body() }
            job.result.withLock { $0 = result }
            job.done.signal()
        }
    }

    /// Runs `body` on the thread and waits for what it makes.
    static func perform(_ body: @escaping @Sendable () throws -> Command) throws -> Command {
        _ = thread
        let job = Job(body)
        jobs.withLock { $0.append(job) }
        arrived.signal()
        job.done.wait()
        guard let result = job.result.withLock({ $0 }) else { throw TestFailure("a server was not started") }
        return try result.get()
    }
}
