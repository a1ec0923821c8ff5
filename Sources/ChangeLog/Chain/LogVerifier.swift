import Model

/// What is wrong with a change log, at the first line where something is.
package struct LogFlaw: Error, Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// The bytes of the line are others than when it was made.
        case edited
        /// The line is in order by itself, but not the one that the next one was made after.
        case replaced
        /// These numbers are nowhere.
        case missing(ClosedRange<Int64>)
        /// The number was there before.
        case repeated
        /// The number comes too late, or too early: the ones between are elsewhere.
        case reordered
        /// The file ends in the middle of a line.
        case torn
        /// The line is no change record.
        case foreign
        /// The record is not the one that was named beforehand.
        case otherHead
        /// The store has the record otherwise, or not at all.
        case otherInStore
        /// A cycle's end should be signed by one of the keys that were named, and is not.
        case unsigned
    }

    package let kind: Kind
    package let file: String
    /// From 1.
    package let line: Int
    /// Nil where the line tells none.
    package let sequence: Int64?
}

/// Follows the records of a change log through all its files: order, completeness, and the chain of hashes.
///
/// A value that is fed line by line, so that a log of any length takes the same memory.
package struct LogVerifier {
    /// What was seen when all was in order.
    package struct Summary: Sendable, Hashable {
        package var records = 0
        /// Records from before the chain, which nothing proves.
        package var unchained = 0
        package var first: Int64?
        package var last: Int64?
        package var head: ChainHash?
        /// The last record that a signature proves, with all before it.
        package var signed: Int64?
    }

    package private(set) var summary = Summary()
    /// Hashes that are known from elsewhere, by number.
    private let heads: [Int64: ChainHash]
    /// Those that sign the ends of cycles; empty: signatures do not matter.
    private let keys: [HeadKey]
    private var previous: ChainHash?
    /// A number that is not where it should be, until it turns up or nothing is left.
    private var gap: (flaw: LogFlaw, next: Int64)?

    /// - Parameter keys: from the first signature on, the end of each cycle has to be signed by one of them.
    package init(heads: [Int64: ChainHash] = [:], keys: [HeadKey] = []) {
        self.heads = heads
        self.keys = keys
    }

    /// Takes the next line, without its line feed.
    ///
    /// - Returns: the record; nil when all that still matters is whether a missing number turns up.
    /// - Throws: the flaw.
    @discardableResult
    package mutating func take(
        _ line: UnsafeRawBufferPointer, file: String, number: Int
    ) throws(LogFlaw) -> ChainedLine? {
        let flaw = { (kind: LogFlaw.Kind, sequence: Int64?) in
            LogFlaw(kind: kind, file: file, line: number, sequence: sequence)
        }
        if let gap {
            if ChainedLine(line)?.sequence == gap.next {
                throw LogFlaw(kind: .reordered, file: gap.flaw.file, line: gap.flaw.line, sequence: gap.flaw.sequence)
            }
            return nil
        }
        guard let record = ChainedLine(line) else { throw flaw(.foreign, nil) }
        guard record.isSound else { throw flaw(.edited, record.sequence) }
        if let last = summary.last, record.sequence != last + 1 {
            guard record.sequence > last else {
                throw flaw(record.sequence >= summary.first ?? 0 ? .repeated : .reordered, record.sequence)
            }
            gap = (flaw(.missing(last + 1...record.sequence - 1), record.sequence), last + 1)
            return nil
        }
        guard isLinked(record) else { throw flaw(.replaced, record.sequence) }
        if let head = heads[record.sequence], head != record.hash { throw flaw(.otherHead, record.sequence) }
        if !keys.isEmpty, !isSigned(line, record) { throw flaw(.unsigned, record.sequence) }
        note(record)
        return record
    }

    private static let cycleEnd = Array(#","action":"cycle-finished","#.utf8)

    /// - Returns: false where a signature should be and is not, or proves nothing.
    private mutating func isSigned(_ line: UnsafeRawBufferPointer, _ record: ChainedLine) -> Bool {
        // The action follows on the number, so that no value could be taken for it.
        guard let comma = line.dropFirst(Self.longestBeginning).firstIndex(of: UInt8(ascii: ",")),
            line[comma...].starts(with: Self.cycleEnd)
        else { return true }
        guard let link = record.previous, case .cycleFinished(let summary) = try? Record.form.decode(Array(line)).change,
            let signature = summary.signature
        else { return self.summary.signed == nil }
        guard keys.contains(where: { $0.proves(signature, link) }) else { return false }
        self.summary.signed = record.sequence - 1
        return true
    }

    /// What comes before the digits of the number.
    private static let longestBeginning = #"{"@timestamp":"2026-11-25T09:24:03.000000Z","event":{"sequence":"#.utf8.count

    /// After the last line.
    ///
    /// - Throws: the flaw, if a number never turned up.
    package func finish() throws(LogFlaw) {
        if let gap { throw gap.flaw }
    }

    /// Whether the record was made after the one before it.
    private func isLinked(_ record: ChainedLine) -> Bool {
        guard let link = record.previous else { return previous == nil }
        if record.sequence == 1 || summary.unchained > 0 && previous == nil { return link == .zero }
        return previous.map { $0 == link } ?? true
    }

    private mutating func note(_ record: ChainedLine) {
        summary.first = summary.first ?? record.sequence
        summary.last = record.sequence
        summary.records += 1
        if record.hash == nil { summary.unchained += 1 }
        previous = record.hash
        summary.head = record.hash
    }
}
