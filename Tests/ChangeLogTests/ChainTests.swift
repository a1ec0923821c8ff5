import Crypto
import Foundation
import Model
import Support
import Testing

@testable import ChangeLog

/// The chain of records: every alteration of a log is found, and the line named.
@Suite struct ChainTests {
    private static let count: Int64 = 40

    /// The lines of a log, from record `first` on.
    private static func lines(_ first: Int64 = 1, count: Int64 = count, after head: ChainHash = .zero) throws -> [[UInt8]] {
        var previous = head
        var random = RandomChange(7)
        return try (first..<first + count).map { sequence in
            let change = random.change(Int(sequence) % RandomChange.kindCount)
            let line = Record.form(Samples.record(change, sequence: sequence), after: previous)
            previous = try #require(line.withUnsafeBytes { ChainedLine($0) }?.hash)
            return line
        }
    }

    private static func text(_ lines: [[UInt8]]) -> [UInt8] { lines.flatMap { $0 + [0x0A] } }

    /// Verifies files with this content.
    private func verify(_ files: [UInt8]..., heads: [Int64: ChainHash] = [:]) throws -> LogVerifier.Summary {
        let folder = try TestFolder()
        let paths = try files.enumerated().map { number, bytes in
            let path = folder["\(number)"]
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            return path
        }
        return try LogVerification(paths, heads: heads).run { _, _ in true }
    }

    /// The flaw of a log of these lines: kind and line.
    private func flaw(_ lines: [[UInt8]]) throws -> (kind: LogFlaw.Kind, line: Int)? {
        do {
            _ = try verify(Self.text(lines))
            return nil
        } catch let flaw as LogFlaw {
            return (flaw.kind, flaw.line)
        }
    }

    @Test
    func `given a record, when its chain is checked as the documentation says, then SHA-256 of the bytes before is its hash`()
        throws
    {
        let lines = try Self.lines().map { String(decoding: $0, as: UTF8.self) }
        var previous = String(repeating: "0", count: 64)
        for line in lines {
            let parts = try #require(line.range(of: ",\"hash\":\"", options: .backwards))
            let digest = SHA256.hash(data: Data(line[..<parts.lowerBound].utf8)).map { String(format: "%02x", $0) }.joined()
            #expect(line[parts.upperBound...] == "\(digest)\"}}")
            #expect(line[..<parts.lowerBound].hasSuffix(",\"previous\":\"\(previous)\""))
            previous = digest
        }
    }

    @Test func `given a log in one file or several, when verified, then it is in order, with its numbers and its head`() throws
    {
        let lines = try Self.lines()
        let head = try #require(lines.last?.withUnsafeBytes { ChainedLine($0) }?.hash)
        let whole = try verify(Self.text(lines))
        #expect(whole == LogVerifier.Summary(records: 40, unchained: 0, first: 1, last: 40, head: head))
        #expect(try verify(Self.text(Array(lines[..<13])), Self.text([]), Self.text(Array(lines[13...]))) == whole)
        #expect(try verify(Self.text([])) == LogVerifier.Summary())
        // What rotation has thrown away is not missed, but the rest has to hold together.
        #expect(try verify(Self.text(Array(lines[5...]))).first == 6)
        #expect(try verify(Self.text(lines), heads: [40: head]) == whole)
        let other = try #require(throws: LogFlaw.self) { try verify(Self.text(lines), heads: [39: head]) }
        #expect(other.kind == .otherHead && other.line == 39)
    }

    @Test func `given any bit of a log is another one, when verified, then its line is named`() throws {
        let lines = try Self.lines()
        let text = Self.text(lines)
        var random = Seeded(20_261_125)
        let tail = lines[0].count - 155
        // The first line and the last one, where the chain has only one end, byte by byte; of the others, some.
        let ends = Array(tail..<lines[0].count) + Array(text.count - 156..<text.count)
        for place in ends + (0..<500).map({ _ in random.number(0..<text.count) }) {
            var damaged = text
            damaged[place] ^= 1 << UInt8(random.number(0..<8))
            let line = text[..<place].count { $0 == 0x0A } + 1
            let flaw = try #require(throws: LogFlaw.self, "byte \(place)") { try verify(damaged) }
            #expect(flaw.line == line, "byte \(place): \(flaw)")
        }
    }

    @Test func `given lines are gone, repeated, moved or replaced, when verified, then the first wrong one is named and how`()
        throws
    {
        let lines = try Self.lines()
        let without = lines[..<10] + lines[12...]
        #expect(try flaw(Array(without)) ?? (.torn, 0) == (.missing(11...12), 11))
        #expect(try flaw(Array(lines[..<10] + lines[9...])) ?? (.torn, 0) == (.repeated, 11))
        var moved = lines
        moved.swapAt(20, 21)
        #expect(try flaw(moved) ?? (.torn, 0) == (.reordered, 21))
        #expect(try flaw(Array(lines[5...] + lines[..<5])) ?? (.torn, 0) == (.reordered, 36))
        // Whoever makes a new record with a right hash breaks the chain behind it.
        let forged = try Self.lines(8, count: 1, after: .zero)
        #expect(try flaw(Array(lines[..<7] + forged + lines[8...])) ?? (.torn, 0) == (.replaced, 8))
        let previous = lines[6].withUnsafeBytes { ChainedLine($0) }?.hash
        let other = Record.form(Samples.record(.groupAdded(name: "forged"), sequence: 8), after: try #require(previous))
        #expect(try flaw(Array(lines[..<7] + [other] + lines[8...])) ?? (.torn, 0) == (.replaced, 9))
        #expect(try flaw(Array(lines[..<7] + [Array("{}".utf8)] + lines[7...])) ?? (.torn, 0) == (.foreign, 8))
        #expect(try flaw(Array(lines[..<7] + [[]] + lines[7...])) ?? (.torn, 0) == (.foreign, 8))
        // A new log in place of the old one, from the first record on, is sound in itself: only its head tells.
        #expect(try flaw(Self.lines(1, count: 5)) == nil)
        let torn = try #require(throws: LogFlaw.self) { try verify(Array(Self.text(lines).dropLast())) }
        #expect(torn.kind == .torn && torn.line == 40)
    }

    @Test func `given records from before the chain, when verified, then they are counted, and the chain holds after them`()
        throws
    {
        let old = try Self.lines(1, count: 3).map { line in
            Array(line.dropLast(#","previous":"","hash":""}}"#.count + 128) + Array("}}".utf8))
        }
        let new = try Self.lines(4, count: 3)
        let summary = try verify(Self.text(old + new))
        #expect(summary.unchained == 3 && summary.records == 6)
        #expect(try flaw(new + old) ?? (.torn, 0) == (.reordered, 4))
        // Nothing without a hash may stand behind the chain.
        let late = try Self.lines(7, count: 1).map { Array($0.dropLast(155 - 2) + Array("}}".utf8)) }
        #expect(try flaw(old + new + late) != nil)
    }

    @Test func `given every kind of flaw, when told, then file, line, record and meaning are said`() {
        let told = [LogFlaw.Kind.edited, .replaced, .missing(3...3), .missing(3...5), .repeated, .reordered, .torn, .foreign]
            .map { "\(LogFlaw(kind: $0, file: "a.jsonl", line: 6, sequence: 6))" }
        #expect(
            told == [
                "a.jsonl:6: record 6 was edited: its bytes do not lead to its hash",
                "a.jsonl:6: record 6 does not follow on the record before: that one was replaced by another, or this one comes "
                    + "from another log",
                "a.jsonl:6: record 6 comes where 3 should be, which is missing",
                "a.jsonl:6: record 6 comes where 3 should be: 3 to 5 are missing",
                "a.jsonl:6: record 6 is there for a second time",
                "a.jsonl:6: record 6 is out of order: what should be between comes elsewhere",
                "a.jsonl:6: record 6 is torn: the file ends in the middle of it",
                "a.jsonl:6: record 6 is no change record, or none any more",
            ])
    }

    @Test(arguments: ["gzip -k", "zstd -q"])
    func `given a compressed file, when read, then its lines are those of the file itself`(_ program: String) throws {
        let folder = try TestFolder()
        let lines = try Self.lines(1, count: 3000)
        try Data(Self.text(lines)).write(to: URL(fileURLWithPath: folder["log"]))
        let words = program.split(separator: " ").map(String.init)
        try succeed("/usr/bin/env", words + [folder["log"]])
        let packed = folder["log.\(words[0] == "gzip" ? "gz" : "zst")"]
        #expect(try LogVerification([packed]).run { _, _ in true }.records == 3000)
        // Whoever has seen enough need not read the rest.
        #expect(try LogFiles.inOrder([packed]) == [packed])
        let bytes = try Data(contentsOf: URL(fileURLWithPath: packed))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: packed))
        let problem = try #require(throws: LogProblem.self) { try LogVerification([packed]).run { _, _ in true } }
        #expect(problem.path == packed)
    }

    @Test func `given a change log and what rotation made of it, when looked for, then all of it is found, the oldest first`()
        throws
    {
        let folder = try TestFolder()
        let lines = try Self.lines()
        for (number, name) in ["c.jsonl.2", "c.jsonl.1", "c.jsonl-20261124", "c.jsonl"].enumerated() {
            try Data(Self.text(Array(lines[number * 10..<(number + 1) * 10]))).write(to: URL(fileURLWithPath: folder[name]))
        }
        for name in ["c.jsonl.bak", "c.json", "other.jsonl.1"] {
            try Data("x\n".utf8).write(to: URL(fileURLWithPath: folder[name]))
        }
        try succeed("/usr/bin/gzip", [folder["c.jsonl.2"]])
        let names = try LogFiles.all(of: folder["c.jsonl"]).map { ($0 as NSString).lastPathComponent }
        #expect(names == ["c.jsonl.2.gz", "c.jsonl.1", "c.jsonl-20261124", "c.jsonl"])
        #expect(throws: LogProblem.self) { try LogFiles.all(of: folder["none.jsonl"]) }
    }

    /// Ends of cycles among other records, signed from the fourth record on.
    private static func signed(_ signer: HeadSigner, tampering: Int64? = nil, strips: Bool = false) throws -> [[UInt8]] {
        var previous = ChainHash.zero
        var forgedBefore: [Int64: HeadSignature] = [:]
        // What somebody without the key has: the signatures of the true log.
        if tampering != nil {
            for line in try signed(signer) {
                let record = try Record.form.decode(line)
                if case .cycleFinished(let summary) = record.change { forgedBefore[record.sequence] = summary.signature }
            }
        }
        return try (1...12).map { (number: Int64) in
            var change = Change.groupAdded(name: number == tampering ? "other" : "vip")
            if number % 3 == 0 {
                var summary = CycleSummary(outcome: .done, counts: [:], nanoseconds: 1)
                if number > 3, !strips { summary.signature = try forgedBefore[number] ?? signer.sign(previous) }
                change = .cycleFinished(summary)
            }
            let line = Record.form(Samples.record(change, sequence: number), after: previous)
            previous = try #require(Record.form.link(line)?.hash)
            return line
        }
    }

    private static func verify(_ lines: [[UInt8]], _ keys: [HeadKey]) -> (flaw: LogFlaw?, signed: Int64?) {
        var verifier = LogVerifier(keys: keys)
        for (number, line) in lines.enumerated() {
            do {
                _ = try line.withUnsafeBytes { try verifier.take($0, file: "log", number: number + 1) }
            } catch {
                return (error as? LogFlaw, verifier.summary.signed)
            }
        }
        return (nil, verifier.summary.signed)
    }

    @Test func `given signed heads, when somebody without the key makes a new chain, then the first end of a cycle tells`()
        throws
    {
        let signer = HeadSigner()
        let key = signer.publicKey
        let sound = Self.verify(try Self.signed(signer), [key])
        #expect(sound.flaw == nil && sound.signed == 11)
        #expect(Self.verify(try Self.signed(signer), []).flaw == nil)
        #expect(Self.verify(try Self.signed(signer), [HeadSigner().publicKey]).flaw?.sequence == 6)
        // The chain is whole in each of these.
        for tampering in [Int64(1), 5, 7, 10] {
            let forged = try Self.signed(signer, tampering: tampering)
            #expect(Self.verify(forged, []).flaw == nil)
            let found = Self.verify(forged, [key])
            #expect(found.flaw?.kind == .unsigned && found.flaw?.sequence == [1: 6, 5: 6, 7: 9, 10: 12][tampering])
        }
        // Without any signature, there is none that proves anything.
        let stripped = Self.verify(try Self.signed(signer, strips: true), [key])
        #expect(stripped.flaw == nil && stripped.signed == nil)
        let mixed = try Self.signed(signer).prefix(6) + Self.signed(signer, strips: true).suffix(6)
        #expect(Self.verify(Array(mixed), [key]).flaw != nil)
    }
}
