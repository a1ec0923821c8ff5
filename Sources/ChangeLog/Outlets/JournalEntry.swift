/// A message in the form of the journal's native protocol (systemd.io, "Native Journal Protocol").
struct JournalEntry {
    private(set) var bytes: [UInt8] = []

    /// - Parameter name: capital letters, digits and `_`, at most 64, of which the first is a letter.
    mutating func add(_ name: StaticString, _ value: some Collection<UInt8>) {
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        if value.contains(where: { $0 < 0x20 }) {
            bytes.append(UInt8(ascii: "\n"))
            withUnsafeBytes(of: UInt64(value.count).littleEndian) { bytes.append(contentsOf: $0) }
        } else {
            bytes.append(UInt8(ascii: "="))
        }
        bytes.append(contentsOf: value)
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func add(_ name: StaticString, _ value: String) { add(name, value.utf8) }

    /// A field that is left out when there is no value.
    mutating func add(_ name: StaticString, ifAny value: String?) {
        if let value { add(name, value) }
    }
}

extension JournalEntry {
    /// `MESSAGE_ID` of a change record.
    static let recordID = "746d25a67b3b4ef7b136273ba69ca82e"
    /// `MESSAGE_ID` of the head of the chain.
    static let headID = "1440b0e43efa4dc4b2f3e99c66e89726"

    /// - Parameter line: the record as the change log has it.
    init(_ record: RecordText, line: [UInt8]) {
        let parts = record.line
        add("MESSAGE", record.change)
        add(id: Self.recordID, parts.severity)
        add("ROLLCALL_SEQUENCE", "\(parts.event.sequence)")
        add("ROLLCALL_ACTION", parts.event.action)
        add("ROLLCALL_USER", ifAny: parts.user?.name)
        add("ROLLCALL_USER_ID", ifAny: parts.user?.id)
        add("ROLLCALL_BACK_END", ifAny: parts.rollcall.back_end)
        add("ROLLCALL_CYCLE", ifAny: parts.rollcall.cycle.map { "\($0)" })
        add("ROLLCALL_RECORD", line)
    }

    init(head: ChainHead) {
        add("MESSAGE", head.words)
        add(id: Self.headID, .informational)
        add("ROLLCALL_HEAD", "\(head)")
    }

    private mutating func add(id: String, _ severity: Severity) {
        add("MESSAGE_ID", id)
        add("PRIORITY", "\(severity.rawValue)")
        add("SYSLOG_IDENTIFIER", "rollcall")
    }
}
