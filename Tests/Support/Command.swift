import Foundation
import Synchronization

/// What a finished process left behind.
package struct Outcome: Sendable {
    package var status: Int32
    package var output: String
    package var errors: String
}

/// A process that a test has started, whose output can be waited for. Killed when the test lets go of it.
package final class Command: Sendable {
    private struct State {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var openPipes = 2
        var exitStatus: Int32?
        var processID: pid_t = 0
    }

    private static let starting = Mutex(())
    private let state = Mutex(State())
    private let changed = Signal()
    package var processID: pid_t { state.withLock(\.processID) }
    package var isRunning: Bool { state.withLock { $0.exitStatus == nil } }

    /// Starts `path` with `arguments`; standard input is empty.
    package init(_ path: String, _ arguments: [String], environment: [String: String] = [:], folder: String? = nil) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        process.standardInput = FileHandle.nullDevice
        process.terminationHandler = { [weak self] process in self?.ended(process) }
        // One at a time: a process that is started meanwhile would inherit the pipes and keep them open.
        let (output, errors) = try Self.starting.withLock { _ in
            let pipes = (Pipe(), Pipe())
            process.standardOutput = pipes.0
            process.standardError = pipes.1
            // The thread of a test may block signals, which the new process would inherit.
            var none = sigset_t()
            var before = sigset_t()
            sigemptyset(&none)
            pthread_sigmask(SIG_SETMASK, &none, &before)
            defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
            try process.run()
            return pipes
        }
        state.withLock { $0.processID = process.processIdentifier }
        collect(output) { $0.output += $1 }
        collect(errors) { $0.errors += $1 }
    }

    deinit { if state.withLock({ $0.exitStatus == nil }) { kill(processID, SIGKILL) } }

    private func ended(_ process: Process) {
        let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        state.withLock { $0.exitStatus = status }
        changed.raise()
    }

    private func collect(_ pipe: Pipe, _ keep: @escaping @Sendable (inout State, [UInt8]) -> Void) {
        let descriptor = dup(pipe.fileHandleForReading.fileDescriptor)
        // A Process keeps its pipes for good, and with some thousand open descriptors the next one crashes as it starts.
        try? pipe.fileHandleForReading.close()
        Thread.detachNewThread { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count <= 0 { break }
                let some = Array(buffer[..<count])
                guard let self else { break }
                self.state.withLock { keep(&$0, some) }
                self.changed.raise()
            }
            close(descriptor)
            self?.state.withLock { $0.openPipes -= 1 }
            self?.changed.raise()
        }
    }

    package var errors: String { state.withLock { String(decoding: $0.errors, as: UTF8.self) } }
    package var output: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }

    /// Sends a signal, while the process runs: afterwards its number may be another's.
    package func send(_ signal: Int32) { state.withLock { if $0.exitStatus == nil { kill($0.processID, signal) } } }

    /// Waits for the process to end, and for all that it wrote.
    package func finish(seconds: Int = 60) throws -> Outcome {
        try wait(seconds: seconds, for: "its end") { $0.exitStatus != nil && $0.openPipes == 0 }
        return state.withLock { state in
            Outcome(
                status: state.exitStatus ?? -1, output: String(decoding: state.output, as: UTF8.self),
                errors: String(decoding: state.errors, as: UTF8.self))
        }
    }

    /// Waits until standard output has `text`.
    package func waitForOutput(_ text: String, seconds: Int = 60) throws {
        try wait(seconds: seconds, for: text) { String(decoding: $0.output, as: UTF8.self).contains(text) }
    }

    /// Waits until standard error has `text`, `count` times.
    package func waitForErrors(_ text: String, count: Int = 1, seconds: Int = 60) throws {
        try wait(seconds: seconds, for: "'\(text)'") { state in
            String(decoding: state.errors, as: UTF8.self).components(separatedBy: text).count > count
        }
    }

    private func wait(seconds: Int, for what: String, _ isDone: (State) -> Bool) throws {
        let deadline = DispatchTime.now() + .seconds(seconds)
        while !state.withLock({ isDone($0) }) {
            guard changed.wait(until: deadline) else {
                throw TestFailure("process \(processID): waited \(seconds) s for \(what); its errors so far:\n\(errors)")
            }
        }
    }
}

/// Wakes one waiter whenever something has happened.
package final class Signal: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    package init() {}

    package func raise() { semaphore.signal() }

    /// - Returns: false when nothing happened in time.
    package func wait(until deadline: DispatchTime) -> Bool { semaphore.wait(timeout: deadline) == .success }
}

/// Runs a program to its end.
@discardableResult
package func run(
    _ path: String, _ arguments: [String], environment: [String: String] = [:], folder: String? = nil, seconds: Int = 120
) throws -> Outcome {
    try Command(path, arguments, environment: environment, folder: folder).finish(seconds: seconds)
}

/// Runs a program that has to succeed.
@discardableResult
package func succeed(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws -> String {
    let outcome = try run(path, arguments, environment: environment)
    guard outcome.status == 0 else {
        throw TestFailure("\(path) \(arguments) ended with \(outcome.status): \(outcome.errors)\(outcome.output)")
    }
    return outcome.output
}
