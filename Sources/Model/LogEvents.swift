/// Which configuration is in force.
package struct ConfigurationStamp: Sendable, Hashable {
    /// In the order in which they take effect.
    package var files: [String]
    /// The SHA-256 of what `rollcall config dump` prints, 64 hexadecimal digits: without passwords.
    package var digest: String

    package init(files: [String], digest: String) {
        self.files = files
        self.digest = digest
    }
}

/// Why the change log goes on in a file that has no record yet, or fewer than were written.
package enum LogOpening: String, Sendable, Hashable, CaseIterable {
    case new = "the change log begins"
    case renamed = "the file before was renamed"
    case missing = "the file before was not there any more"
    case emptied = "the file was emptied, as by copytruncate"
    case shortened = "the end of the file was lost, and was written again"
    case replaced = "the file was replaced by another one with records of this log"
}

/// Records that the store no longer keeps.
package struct SealedRecords: Sendable, Hashable {
    package var numbers: ClosedRange<Int64>
    /// How many there were.
    package var count: Int64
    /// Of the last of them.
    package var hash: ChainHash

    package init(numbers: ClosedRange<Int64>, count: Int64, hash: ChainHash) {
        self.numbers = numbers
        self.count = count
        self.hash = hash
    }
}

/// What the store had of somebody beside their row, and lost by `rollcall log erase`.
package struct Erasure: Sendable, Hashable {
    package var grants: Int64
    /// Records about them that the store told more of than the change log.
    package var records: Int64

    package init(grants: Int64, records: Int64) {
        self.grants = grants
        self.records = records
    }
}
