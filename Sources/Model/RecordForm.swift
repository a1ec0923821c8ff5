/// Makes the lines of the change log that are stored with the changes themselves, without the line feed, and reads them.
///
/// A line is its beginning, its number, the rest and its ending. So the beginning is made once for all records of a moment, the
/// rest can be made before the number is known, on another thread, and the ending, which holds the chain of records together,
/// when all of that is there.
package struct RecordForm: Sendable {
    /// Appends what has the time, up to the number.
    package let beginning: @Sendable (_ microseconds: Int64, inout [UInt8]) -> Void
    /// Appends what has neither, and leaves the last object open.
    package let rest: @Sendable (ChangeRecord, Veil, inout [UInt8]) -> Void
    /// Appends the rest of a record that tells of somebody new: what `rest` does without a veil, but quicker.
    package let addition: @Sendable (_ cycle: Int64, Slot, DirectoryID, CustomerUser, inout [UInt8]) -> Void
    /// The rest of a record of a grant, in two parts.
    package let grant: GrantForm
    /// Appends what the clock says in microseconds since 1970, where the record has a later time than that.
    package let clock: @Sendable (_ microseconds: Int64, inout [UInt8]) -> Void
    /// Ends the line that begins at `start`, after the record whose hash is given. Returns its own.
    package let ending: @Sendable (inout [UInt8], _ start: Int, ChainHash) -> ChainHash
    /// What holds a whole line in the chain; nil for anything but a record.
    package let link: @Sendable ([UInt8]) -> RecordLink?
    /// Reads a whole line. Throws for anything but a record.
    package let decode: @Sendable ([UInt8]) throws -> ChangeRecord

    package init(
        beginning: @escaping @Sendable (_ microseconds: Int64, inout [UInt8]) -> Void,
        rest: @escaping @Sendable (ChangeRecord, Veil, inout [UInt8]) -> Void,
        addition: @escaping @Sendable (_ cycle: Int64, Slot, DirectoryID, CustomerUser, inout [UInt8]) -> Void,
        grant: GrantForm, clock: @escaping @Sendable (_ microseconds: Int64, inout [UInt8]) -> Void,
        ending: @escaping @Sendable (inout [UInt8], _ start: Int, ChainHash) -> ChainHash,
        link: @escaping @Sendable ([UInt8]) -> RecordLink?,
        decode: @escaping @Sendable ([UInt8]) throws -> ChangeRecord
    ) {
        self.beginning = beginning
        self.rest = rest
        self.addition = addition
        self.grant = grant
        self.clock = clock
        self.ending = ending
        self.link = link
        self.decode = decode
    }

    /// The whole line.
    ///
    /// - Parameter previous: the hash of the record before.
    package func callAsFunction(
        _ record: ChangeRecord, after previous: ChainHash = .zero, under veil: Veil = .none
    ) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(1024)
        beginning(record.microseconds, &line)
        line.append(decimal: record.sequence)
        rest(record, veil, &line)
        _ = ending(&line, 0, previous)
        return line
    }
}

/// What a record's line says of its place in the chain.
package struct RecordLink: Sendable, Hashable {
    package let sequence: Int64
    /// Since 1970 (UTC).
    package let microseconds: Int64
    /// Nil for a record from before the chain.
    package let previous: ChainHash?
    package let hash: ChainHash?
    /// The bytes are as they were when the record was made, or it is from before the chain.
    package let isSound: Bool

    package init(sequence: Int64, microseconds: Int64, previous: ChainHash?, hash: ChainHash?, isSound: Bool) {
        self.sequence = sequence
        self.microseconds = microseconds
        self.previous = previous
        self.hash = hash
        self.isSound = isSound
    }
}

/// What `RecordForm.rest` makes of a grant that a cycle gives to somebody or takes from them, in two parts: the first is the
/// same for all that somebody is given, the second for all who are given the same.
package struct GrantForm: Sendable {
    package let person: @Sendable (GrantTurn, PersonReference, Veil, inout [UInt8]) -> Void
    package let grant: @Sendable (_ cycle: Int64, Slot, Grant, inout [UInt8]) -> Void

    package init(
        person: @escaping @Sendable (GrantTurn, PersonReference, Veil, inout [UInt8]) -> Void,
        grant: @escaping @Sendable (_ cycle: Int64, Slot, Grant, inout [UInt8]) -> Void
    ) {
        self.person = person
        self.grant = grant
    }
}

/// Whether a grant is given or taken.
package enum GrantTurn: Sendable, Hashable {
    case added, removed

    /// The change of somebody's grant.
    package func change(_ person: PersonReference, _ grant: Grant) -> Change {
        switch self {
        case .added: .grantAdded(.customerUser(person), grant)
        case .removed: .grantRemoved(.customerUser(person), grant)
        }
    }
}

extension [UInt8] {
    /// Appends a number in decimal digits.
    package mutating func append(decimal value: Int64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = digits.count
            var rest = value.magnitude
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 { append(UInt8(ascii: "-")) }
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }
}
