import ChangeLog
import Foundation
import Logging

/// Writes each event as one line to standard error: for people with time and level, for the journal with its
/// `<N>` priority prefix (sd-daemon(3)).
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let isJournal: Bool

    init(level: Logger.Level, environment: [String: String]) {
        logLevel = level
        isJournal = Self.isJournal(environment["JOURNAL_STREAM"])
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let pairs = all.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.quoted("\($0.value)"))" }
        let prefix = isJournal ? "<\(event.level.priority)>" : "\(Self.time()) \(event.level): "
        Exit.printError(prefix + ([event.message.description] + pairs).joined(separator: " "))
    }

    /// `JOURNAL_STREAM` names device and inode of the stream that the journal reads.
    private static func isJournal(_ stream: String?) -> Bool {
        var status = stat()
        guard let stream, fstat(STDERR_FILENO, &status) == 0 else { return false }
        return stream == "\(status.st_dev):\(status.st_ino)"
    }

    private static func time() -> String { Date().formatted(.iso8601) }

    /// On one line, and in quotes where a space would end it.
    private static func quoted(_ value: String) -> String {
        let safe = RecordText.safe(value)
        guard safe.isEmpty || safe.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else { return safe }
        return "\"" + safe.replacingOccurrences(of: "\"", with: "\\\"") + "\""
    }
}

extension Logger.Level {
    /// The syslog priority (RFC 5424 section 6.2.1).
    fileprivate var priority: Int {
        switch self {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }
}
