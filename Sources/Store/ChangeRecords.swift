import Foundation
import GRDB
import Model

/// Numbers change records and stores them, inside the transaction that makes the changes.
///
/// A class because the parts of one transaction share it. Call `finish` before the transaction is committed.
final class ChangeWriter {
    /// Microseconds since 1970 (UTC) of everything in this transaction.
    let now: Int64
    /// The time of its records: never before the record before. The clock may have been set back.
    private let time: Int64
    /// The number of the last record.
    private(set) var sequence: Int64
    private let first: Int64
    /// The hash of the last record.
    private(set) var head: ChainHash
    private let cycle: Int64?
    private let backEnd: Slot?
    let form: RecordForm
    private let db: Database
    /// What the clock says, where that is before the time of the record before.
    private let clock: Int64?
    /// What all of them begin with.
    private let beginning: [UInt8]
    private var grantLines: GrantLines
    /// What records tell of people.
    private let values: ChangeLogValues
    private let salts: PersonSalts
    /// The records so far, each with a line feed.
    private var lines: [UInt8] = []
    /// Those that are not in the store yet.
    private let waiting: RowBatch<(sequence: Int64, line: Range<Int>)>
    /// What the store is to keep beside them, and does not have yet.
    private var keptLines: [UInt8] = []
    private let kept: RowBatch<(sequence: Int64, line: Range<Int>)>

    /// - Parameters:
    ///   - cycle: nil for what a person's command does.
    ///   - expected: how many records there may well be.
    ///   - beginsFile: what comes first in a new file has the clock's time, whatever the record before says.
    init(
        _ db: Database, cycle: Int64?, backEnd: Slot?, now: Int64, form: RecordForm, expected: Int = 1, beginsFile: Bool = false
    ) throws {
        self.db = db
        self.cycle = cycle
        self.backEnd = backEnd
        self.form = form
        self.now = now
        first = try LogHead.sequence(db)
        sequence = first
        let last = try LogHead(db)
        head = last.hash
        values = last.values
        salts = PersonSalts(db)
        time = beginsFile ? now : max(now, last.time)
        clock = now < time ? now : nil
        var beginning: [UInt8] = []
        form.beginning(time, &beginning)
        self.beginning = beginning
        grantLines = GrantLines(form.grant)
        waiting = try RowBatch(db, into: "change_record", ["sequence", "cycle", "line"])
        kept = try RowBatch(db, into: "private_record", ["sequence", "line"])
        // Somebody new. More would make the memory allocator keep more of what is given back.
        lines.reserveCapacity(expected * 1100)
    }

    /// Whether anything was recorded.
    var hasRecords: Bool { sequence > first }

    /// The numbers of the records so far; nil when there are none.
    var numbers: ClosedRange<Int64>? { hasRecords ? first + 1...sequence : nil }

    /// What is committed once the transaction is; nil when that is nothing.
    var records: RecordRun? { numbers.map { RecordRun(numbers: $0, lines: lines) } }

    /// - Parameters:
    ///   - actor: who did it, or said that it is right; nil for what a cycle does by itself.
    ///   - owner: whose person it is, where that is not the back end in hand.
    /// - Returns: the record's number.
    @discardableResult
    func record(_ change: Change, by actor: String? = nil, of owner: Slot? = nil) throws -> Int64 {
        let veil = try change.person.map { try self.veil(over: $0, owner ?? backEnd) } ?? Veil.none
        let record = ChangeRecord(
            sequence: sequence + 1, microseconds: now, cycle: cycle, backEnd: owner ?? backEnd, actor: actor, change: change)
        try store { form.rest(record, veil, &$0) }
        if veil.needsKept(beside: change) { try keep { form.rest(record, .kept, &$0) } }
        return sequence
    }

    /// A salt for somebody whose row is to be inserted; nil where records tell no digests.
    func makeSalt(for identity: EntryIdentity) -> PersonSalt? { values == .digest ? salts.make(for: identity) : nil }

    /// - Parameter slot: whose person it is.
    private func veil(over person: PersonReference, _ slot: Slot?) throws -> Veil {
        switch values {
        case .values: return .none
        case .names: return .names
        case .digest:
            // A person of no back end has no row, and so no salt that could be asked for later.
            let salt = try slot.map { try salts.salt(of: EntryIdentity(id: person.directoryID, slot: $0)) }
            return .digests(salt ?? PersonSalt())
        }
    }

    /// Keeps what the line of the last record does not tell.
    private func keep(_ appendRest: (inout [UInt8]) -> Void) throws {
        let start = keptLines.count
        keptLines.append(contentsOf: beginning)
        keptLines.append(decimal: sequence)
        appendRest(&keptLines)
        keptLines.append(contentsOf: "}}".utf8)
        if kept.append((sequence, start..<keptLines.count)) { try insertKept() }
    }

    private func insertKept() throws {
        try keptLines.withUnsafeBytes { lines in
            try kept.insert { record, statement, index in
                statement.bind(record.sequence, at: index)
                statement.bind(UnsafeRawBufferPointer(rebasing: lines[record.line]), at: index + 1)
            }
        }
        keptLines.removeAll(keepingCapacity: true)
    }

    /// Records a grant that a cycle gives or takes by itself.
    ///
    /// - Returns: the record's number.
    @discardableResult
    func record(_ grant: Grant, _ recipient: GrantRecipient) throws -> Int64 {
        guard let cycle, let backEnd else {
            return try record(recipient.turn.change(recipient.reference, grant))
        }
        let sequence = try store { line in
            line.append(contentsOf: recipient.line)
            grantLines.appendEnd(of: grant, cycle, backEnd, to: &line)
        }
        if let keptLine = recipient.keptLine {
            try keep { line in
                line.append(contentsOf: keptLine)
                grantLines.appendEnd(of: grant, cycle, backEnd, to: &line)
            }
        }
        return sequence
    }

    /// Somebody to whom several grants are given by the cycle, or from whom they are taken.
    func recipient(_ person: PersonReference, _ turn: GrantTurn) throws -> GrantRecipient {
        GrantRecipient(person, turn, form.grant, try veil(over: person, backEnd))
    }

    /// A record whose line was made beforehand, but for its beginning.
    func record(encoded rest: ArraySlice<UInt8>) throws { try store { $0.append(contentsOf: rest) } }

    @discardableResult
    private func store(_ appendRest: (inout [UInt8]) -> Void) throws -> Int64 {
        sequence += 1
        let start = lines.count
        lines.append(contentsOf: beginning)
        lines.append(decimal: sequence)
        appendRest(&lines)
        if let clock { form.clock(clock, &lines) }
        head = form.ending(&lines, start, head)
        let line = start..<lines.count
        lines.append(UInt8(ascii: "\n"))
        if waiting.append((sequence, line)) { try insertWaiting() }
        return sequence
    }

    private func insertWaiting() throws {
        try lines.withUnsafeBytes { lines in
            try waiting.insert { record, statement, index in
                statement.bind(record.sequence, at: index)
                if let cycle { statement.bind(cycle, at: index + 1) } else { statement.bindNull(at: index + 1) }
                statement.bind(UnsafeRawBufferPointer(rebasing: lines[record.line]), at: index + 2)
            }
        }
    }

    func finish() throws {
        guard hasRecords else { return }
        try insertWaiting()
        try insertKept()
        try db.execute(sql: "UPDATE counter SET value = ? WHERE name = 'sequence'", arguments: [sequence])
        try LogHead.set(head, time, db)
    }
}

/// Records that were committed together, as the change log has them.
package struct RecordRun: Sendable {
    package let numbers: ClosedRange<Int64>
    /// Each with its line feed.
    package let lines: [UInt8]

    package init(numbers: ClosedRange<Int64>, lines: [UInt8]) {
        self.numbers = numbers
        self.lines = lines
    }
}

extension Store {
    /// Makes beforehand what `cycle` records of a new person of `slot`; nil where not all of it is told.
    package func additionEncoder(cycle: Int64, of slot: Slot) throws(StoreProblem) -> AdditionEncoder? {
        guard try read({ try LogHead($0).values }) == .values else { return nil }
        return { [form] id, user, line in form.addition(cycle, slot, id, user, &line) }
    }
}
