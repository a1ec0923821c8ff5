import ChangeLog
import Directory
import Foundation
import Logging
import Model
import ServiceLifecycle
import Settings
import Store
import Sync
import UnixSignals

/// The one place that knows every room: makes the parts of a run and puts them together.
struct Assembly {
    private let source: ConfigurationSource
    private let storePath: String?
    private let changeLogPath: String?
    private let log: Logger

    init(source: ConfigurationSource, store: String?, changeLog: String?, level: Logger.Level) {
        self.source = source
        storePath = store
        changeLogPath = changeLog
        let environment = ProcessInfo.processInfo.environment
        log = Logger(label: "rollcall") { _ in LineLogHandler(level: level, environment: environment) }
    }

    /// The configuration with the paths of the command line in place.
    private func configuration() throws -> Configuration {
        applyOptions(
            try source.load(log) { reading in
                // Nothing else would tell later why no cycle came. The store is the one that the files name, as far as they go.
                guard let path = storePath ?? reading.storePath, FileManager.default.fileExists(atPath: path) else { return }
                record(reading.rejection) { try Store(commanding: path, form: Record.form) }
            })
    }

    private func record(_ rejection: (files: [String], reason: String)?, in store: () throws -> Store) {
        guard let rejection else { return }
        do {
            try store().rejectConfiguration(rejection.files, reason: rejection.reason, now: Clock.now())
        } catch {
            log.warning("the rejection is not in the change log", metadata: ["reason": "\(error)"])
        }
    }

    private func applyOptions(_ configuration: Configuration) -> Configuration {
        var configuration = configuration
        configuration.storePath = storePath ?? configuration.storePath
        configuration.changeLogPath = changeLogPath ?? configuration.changeLogPath
        return configuration
    }

    /// One cycle.
    func runOnce() throws -> ExitStatus {
        let configuration = try configuration()
        try checkKey(configuration)
        // The log first: a store is only made, and changed, where its changes can be told.
        _ = try LogFile(path: configuration.changeLogPath)
        let store = try Store(writingTo: configuration.storePath, form: Record.form)
        let outlets = outlets(of: configuration, store)
        try outlets.configure(configuration)
        // Also when the file could not be written.
        defer { outlets.finish() }
        let report = try stoppable { stop in
            try Cycle(configuration, store: store, delivery: outlets.file, stop: stop, log: log).run()
        }
        return ExitStatus(rawValue: report.exitCode) ?? .backEndUnreadable
    }

    /// Whoever wants heads signed is told at the start when they cannot be.
    private func checkKey(_ configuration: Configuration) throws {
        if let path = configuration.signingKeyPath { _ = try HeadSigner(path: path) }
    }

    private func outlets(of configuration: Configuration, _ store: Store) -> Outlets {
        Outlets(
            store: store, path: configuration.changeLogPath, environment: ProcessInfo.processInfo.environment, log: log)
    }

    /// One cycle over a copy of the store, whose records are printed and then thrown away with it.
    func dryRun() throws -> ExitStatus {
        var configuration = try configuration()
        // It is told to somebody who may read the store, and to no log.
        configuration.changeLogValues = .values
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let store = try Store.copy(of: configuration.storePath, to: folder.path + "/plan.sqlite", form: Record.form)
        var sequence = try store.lastSequence()
        let report = try stoppable { stop in
            try Cycle(configuration, store: store, delivery: nil, stop: stop, log: log).run()
        }
        var changes = 0
        while true {
            let records = try store.records(after: sequence)
            guard let last = records.last else { break }
            for text in try records.map({ try RecordText($0.line) }) where !text.isProceeding {
                print(text.change)
                changes += 1
            }
            sequence = last.sequence
        }
        print("Dry run: \(changes) changes planned, none made.")
        return ExitStatus(rawValue: report.exitCode) ?? .backEndUnreadable
    }

    /// The daemon, until it is told to stop.
    func serve() async throws -> ExitStatus {
        let configuration = try configuration()
        try checkKey(configuration)
        _ = try LogFile(path: configuration.changeLogPath)
        let store = try Store(writingTo: configuration.storePath, form: Record.form)
        let service = SyncService(
            configuration, store: store, outlets: outlets(of: configuration, store),
            notifier: Notifier(environment: ProcessInfo.processInfo.environment), log: log
        ) { [self] in reload(instead: configuration, store) }
        log.notice(
            "started", metadata: ["back_ends": "\(configuration.backEnds.count)", "store": "\(configuration.storePath)"])
        var quiet = log
        quiet.logLevel = .error
        try await ServiceGroup(services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet).run()
        log.notice("stopped")
        return .done
    }

    /// Reads the configuration again. Store and change log stay what they were when the daemon started.
    private func reload(instead running: Configuration, _ store: Store) -> Configuration? {
        let read = source.reload(log) { reading in record(reading.rejection) { store } }
        guard let new = read.map(applyOptions) else { return nil }
        if new.storePath != running.storePath || new.changeLogPath != running.changeLogPath {
            log.warning("a new path of the store or the change log takes effect with the next start")
        }
        return new
    }

    /// Runs `body` with a signal that SIGTERM and SIGINT raise.
    private func stoppable<Result>(_ body: (StopSignal) throws -> Result) rethrows -> Result {
        let stop = StopSignal()
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { stop.raise() }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        return try body(stop)
    }
}

/// A folder of our own that only we can read.
struct TemporaryFolder {
    let path: String

    init() throws {
        let base = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(base)/rollcall.XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw StoreProblem(
                .unusable, path: base, reason: String(cString: strerror(errno)),
                remedy: "Name a folder that can be written with TMPDIR.")
        }
        path = String(cString: made)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
