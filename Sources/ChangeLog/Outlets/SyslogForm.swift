import Foundation
import Model

/// The form of syslog messages (RFC 5424): a record is told with its line as it is, below a header that says the same for
/// those who sort by headers alone.
struct SyslogForm {
    let facility: SyslogFacility
    /// `HOSTNAME`, `-` for none.
    var hostName = Self.hostName
    /// `PROCID`.
    var processID = getpid()

    init(facility: SyslogFacility) { self.facility = facility }

    /// `SD-ID`. RFC 5612 sets the number 32473 aside for examples; nobody owns it.
    static let element = "rollcall@32473"
    /// What the largest datagram of IPv4 holds: 65,535 bytes without the headers of IP and UDP (RFC 5426 section 3.2).
    static let datagramLimit = 65_507

    /// - Parameter line: the record as the change log has it.
    func message(_ record: RecordText, line: [UInt8]) -> [UInt8] {
        var message = header(record, parameters: parameters(record))
        message.append(contentsOf: line)
        return message
    }

    /// A record that is too long for a datagram, by number, hash and length: it is in the change log.
    func shortMessage(_ record: RecordText, line: [UInt8]) -> [UInt8] {
        let hash = line.withUnsafeBytes { ChainedLine($0)?.hash }.map { "\($0)" }
        let parameters = [("sequence", "\(record.sequence)"), ("bytes", "\(line.count)")] + (hash.map { [("hash", $0)] } ?? [])
        let words = "record \(record.sequence) is too long for a datagram: \(line.count) bytes, hash \(hash ?? "none")"
        return header(record, parameters: parameters) + words.utf8
    }

    /// - Parameter microseconds: now, since 1970.
    func message(head: ChainHead, at microseconds: Int64) -> [UInt8] {
        let time = String(decoding: Timestamp.text(microseconds), as: UTF8.self)
        return header(.informational, time: time, kind: "head", parameters: [("head", "\(head)")]) + head.words.utf8
    }

    // MARK: Header

    private func header(_ record: RecordText, parameters: [(String, String)]) -> [UInt8] {
        let line = record.line
        return header(line.severity, time: line.timestamp, kind: line.event.action, parameters: parameters)
    }

    private func parameters(_ record: RecordText) -> [(String, String)] {
        let user = record.line.user?.name.map { [("user", RecordText.safe($0))] } ?? []
        return [("sequence", "\(record.sequence)")] + user
    }

    /// All that comes before the words, with the mark that they are UTF-8.
    private func header(
        _ severity: Severity, time: String, kind: String, parameters: [(name: String, value: String)]
    ) -> [UInt8] {
        let priority = facility.code * 8 + severity.rawValue
        let data = parameters.map { " \($0.name)=\"\(Self.escaped($0.value))\"" }.joined()
        let time = Timestamp.microseconds(time) == nil ? "-" : time
        let text = "<\(priority)>1 \(time) \(hostName) rollcall \(processID) \(Self.word(kind, 32)) [\(Self.element)\(data)] "
        return Array(text.utf8) + [0xEF, 0xBB, 0xBF]
    }

    /// Section 6.3.3. By scalars: a quote that carries an accent is a quote.
    private static func escaped(_ value: String) -> String {
        let special: Set<Unicode.Scalar> = ["\"", "\\", "]"]
        return String(String.UnicodeScalarView(value.unicodeScalars.flatMap { special.contains($0) ? ["\\", $0] : [$0] }))
    }

    /// Visible ASCII, so many characters at most; `-` for what has none.
    private static func word(_ text: String, _ limit: Int) -> String {
        let visible = text.unicodeScalars.filter { (0x21...0x7E).contains($0.value) }.prefix(limit)
        return visible.isEmpty ? "-" : String(String.UnicodeScalarView(visible))
    }

    private static let hostName: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "-" }
        return word(String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self), 255)
    }()
}
