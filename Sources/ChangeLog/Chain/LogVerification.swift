import Model

/// Verifies the files of a change log, the oldest first.
package struct LogVerification {
    private let files: [String]
    private let heads: [Int64: ChainHash]
    private let keys: [HeadKey]

    /// - Parameters:
    ///   - files: in the order of their records.
    ///   - heads: hashes that are known from elsewhere, such as the journal, by number.
    ///   - keys: that sign the ends of cycles.
    package init(_ files: [String], heads: [Int64: ChainHash] = [:], keys: [HeadKey] = []) {
        self.files = files
        self.heads = heads
        self.keys = keys
    }

    /// - Parameter isAsStored: whether a record is the one that the store has.
    /// - Returns: what was seen, when all is in order.
    /// - Throws: the first `LogFlaw`; a `LogProblem` for a file that cannot be read; or what `isAsStored` throws.
    package func run(isAsStored: (ChainedLine, UnsafeRawBufferPointer) throws -> Bool) throws -> LogVerifier.Summary {
        var verifier = LogVerifier(heads: heads, keys: keys)
        for file in files {
            var count = 0
            let isWhole = try LogReader(file).forEachLine { line, number in
                count = number
                if let record = try verifier.take(line, file: file, number: number), try !isAsStored(record, line) {
                    throw LogFlaw(kind: .otherInStore, file: file, line: number, sequence: record.sequence)
                }
                return true
            }
            guard isWhole else { throw LogFlaw(kind: .torn, file: file, line: count + 1, sequence: nil) }
        }
        try verifier.finish()
        return verifier.summary
    }
}
