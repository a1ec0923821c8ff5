import ArgumentParser
import ChangeLog
import Model
import Store
import Sync

extension Log {
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify that nobody has altered the change log.",
            discussion: """
                Looks at order, completeness and the chain of hashes through all files, also rotated and compressed ones, and \
                names the first line that is not as it was written. Whoever can write the file can also make a whole new chain: \
                compare the last hash with one that is kept elsewhere, such as in the journal (--head), or have heads signed \
                (Rollcall::SigningKey) and name the public key.

                Exit codes: 0 all is in order; 7 it is not; 5 a file or the store cannot be read.
                """)

        @Argument(
            help: ArgumentHelp(
                "Files of the change log, in any order. (default: that of the configuration, and what rotation made of it)",
                valueName: "file"))
        var files: [String] = []
        @Option(
            parsing: .singleValue,
            help: ArgumentHelp(
                "A hash that is known from elsewhere, such as 42:9f86…; may be repeated.", valueName: "number:hash"))
        var head: [LogHead] = []
        @Option(
            parsing: .singleValue,
            help: ArgumentHelp(
                "A key that signs the ends of cycles ('rollcall log keygen'); may be repeated.", valueName: "path"))
        var publicKey: [String] = []
        @Flag(help: "Compare with the records of the store as well.") var againstStore = false
        @OptionGroup var paths: PathOptions
        @Flag(help: "One JSON object.") var json = false

        func run() throws {
            let files = try self.files.isEmpty ? LogFiles.all(of: try paths.changeLogPath()) : LogFiles.inOrder(self.files)
            let heads = Dictionary(head.map { ($0.sequence, $0.hash) }) { $1 }
            let keys = try publicKey.map { try HeadKey(path: $0) }
            let stored = try againstStore ? StoredLines(try paths.storePath()) : nil
            do {
                let summary = try LogVerification(files, heads: heads, keys: keys).run { record, line in
                    try stored?.has(record.sequence, line) ?? true
                }
                try tell(summary, files.count, stored)
            } catch let flaw as LogFlaw {
                try refuse("\(flaw)", flaw)
            }
        }

        private func tell(_ summary: LogVerifier.Summary, _ fileCount: Int, _ stored: StoredLines?) throws {
            if let missing = head.first(where: { ($0.sequence) > summary.last ?? 0 }) {
                try refuse("record \(missing.sequence) is missing: the files end with \(summary.last ?? 0)", nil)
            }
            if !publicKey.isEmpty, summary.signed == nil { try refuse("no cycle's end is signed by a key that was named", nil) }
            if let reason = try stored?.objection(to: summary) { try refuse(reason, nil) }
            if json { return print(try JSONText.of(VerifyDocument(summary))) }
            print(Self.words(summary, fileCount))
            if let signed = summary.signed { print("Signed up to record \(signed).") }
            if summary.unchained > 0 {
                print(
                    "\(Amount.of(summary.unchained, "record", "records")) from before the chain: nothing proves that they are as they were."
                )
            }
        }

        private static func words(_ summary: LogVerifier.Summary, _ fileCount: Int) -> String {
            guard let first = summary.first, let last = summary.last else { return "There is no record yet." }
            let head = summary.head.map { ", head \(last):\($0)" } ?? ""
            return "\(Amount.of(summary.records, "record", "records")), \(first) to \(last), in "
                + "\(Amount.of(fileCount, "file", "files")): complete, in order, and unaltered\(head)."
        }

        private func refuse(_ reason: String, _ flaw: LogFlaw?) throws -> Never {
            if json {
                print(try JSONText.of(VerifyDocument(flaw, reason)))
            } else {
                Exit.printError(TerminalText.safe("rollcall: error: \(reason)."))
            }
            throw ExitCode(ExitStatus.answerIsNo.rawValue)
        }
    }
}

/// A record's number and hash, as in `42:9f86…`.
struct LogHead: ExpressibleByArgument {
    let sequence: Int64
    let hash: ChainHash

    init?(argument: String) {
        let parts = argument.split(separator: ":")
        guard parts.count == 2, let sequence = Int64(parts[0]), sequence > 0, let hash = ChainHash(hex: Array(parts[1].utf8))
        else {
            return nil
        }
        (self.sequence, self.hash) = (sequence, hash)
    }
}

/// What came out, for machines.
private struct VerifyDocument: Encodable {
    var isSound: Bool
    var records: Int?
    var first: Int64?
    var last: Int64?
    var head: String?
    var unchained: Int?
    var signed: Int64?
    var reason: String?
    var file: String?
    var line: Int?

    init(_ summary: LogVerifier.Summary) {
        isSound = true
        (records, first, last) = (summary.records, summary.first, summary.last)
        (head, unchained, signed) = (summary.head.map { "\($0)" }, summary.unchained, summary.signed)
    }

    init(_ flaw: LogFlaw?, _ reason: String) {
        isSound = false
        self.reason = reason
        (file, line) = (flaw?.file, flaw?.line)
    }
}

/// The store's records, looked at in step with those of a file.
private final class StoredLines {
    private let store: Store
    private var records: [StoredRecord] = []
    private var position = 0
    /// The first record that the store still has, and the last; nil when it has none.
    private let range: ClosedRange<Int64>?
    /// The last one that it has given up.
    private let seal: Seal?

    init(_ path: String) throws {
        store = try Store(readingFrom: path, form: Record.form)
        range = try store.recordRange()
        seal = try store.seal()
    }

    /// Whether the store has the record in the same form, or has given it up long ago.
    func has(_ sequence: Int64, _ line: UnsafeRawBufferPointer) throws -> Bool {
        if let seal, sequence == seal.sequence { return ChainedLine(line)?.hash ?? .zero == seal.hash }
        guard let range else { return true }
        if sequence < range.lowerBound { return true }
        if position == records.count || records[position].sequence != sequence {
            records = try store.records(after: sequence - 1)
            position = 0
        }
        guard position < records.count, records[position].sequence == sequence else { return false }
        defer { position += 1 }
        return records[position].line.elementsEqual(line)
    }

    /// What the store has and the files do not, though they were given it.
    func objection(to summary: LogVerifier.Summary) throws -> String? {
        let delivered = try store.delivered(to: Store.fileOutlet)
        guard delivered > summary.last ?? 0 else { return nil }
        return "the files end with record \(summary.last ?? 0), but the store knows that \(delivered) was written"
    }
}
