/// A way by which change records leave the store besides the change log's file: the journal, or syslog.
package protocol RecordSender: Sendable {
    /// Sends records in their order, and returns when they are delivered as surely as this way allows.
    ///
    /// - Parameter lines: lines of the change log without line feed.
    /// - Throws: when that is not certain. Then all of `lines` are to be sent again: some may arrive twice.
    func send(_ lines: [[UInt8]]) throws(OutletProblem)

    /// Sends number and hash of the last record as a message of its own, so that the chain's end is known elsewhere.
    ///
    /// - Parameter hash: as the record has it, 64 hexadecimal digits.
    func announce(head sequence: Int64, hash: String) throws(OutletProblem)
}

/// How long one wait may last. What takes several waits, as with several addresses, may take longer.
package struct OutletLimits: Sendable, Hashable {
    /// For a name's look-up, a connection, or a handshake.
    package var connectSeconds = 10
    /// Without any progress of what is sent.
    package var writeSeconds = 30

    package init(connectSeconds: Int = 10, writeSeconds: Int = 30) {
        self.connectSeconds = connectSeconds
        self.writeSeconds = writeSeconds
    }
}
