/// Recognises what is no Perl configuration, so that one plain sentence stands for a hundred complaints.
enum ForeignFile {
    /// Far more than any configuration has.
    static let byteLimit = 8_000_000

    /// Why the bytes are no Perl configuration. Nil if they may be one.
    static func reason(_ bytes: [UInt8]) -> String? {
        if bytes.count > byteLimit { return "the file is larger than \(byteLimit / 1_000_000) MB. " + remedy }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return "the file is UTF-16. Save it as UTF-8."
        }
        if bytes.contains(0) { return "the file is binary. " + remedy }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard let start = text.firstIndex(where: { !$0.isBlank }) else { return "the file is empty. " + remedy }
        guard let kind = foreignKind(text[start...]) else { return nil }
        return "the file is \(kind), not a Perl configuration. " + remedy
    }

    /// What a text is, if it is no Perl, or no Perl that sets anything.
    private static func foreignKind(_ text: ArraySlice<UInt8>) -> String? {
        if text.first == UInt8(ascii: "<") { return "XML or HTML" }
        if isJSON(text) { return "JSON" }
        if text.starts(with: Array("#!".utf8)), !contains(text.prefix(80), "perl") { return "a script" }
        if text.starts(with: Array("---\n".utf8)) { return "YAML" }
        if lines(of: text, beginningWith: "```") > 1 { return "Markdown" }
        let isPerl = contains(text, "$Self") || contains(text, "sub Load") || lines(of: text, beginningWith: "package ") > 0
        return isPerl ? nil : "some other text"
    }

    private static func lines(of text: ArraySlice<UInt8>, beginningWith start: String) -> Int {
        let wanted = Array(start.utf8)
        return text.split(separator: UInt8(ascii: "\n")).count { $0.starts(with: wanted) }
    }

    private static let remedy =
        "Name the file that sets $Self->{CustomerUser}, such as Kernel/Config/Files/ZZZ_CustomerBackend.pm."

    private static func isJSON(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: "{") || text.first == UInt8(ascii: "[") else { return false }
        let next = text.dropFirst().first { !$0.isBlank }
        return next == UInt8(ascii: "\"") || next == UInt8(ascii: "}") || next == UInt8(ascii: "]") || next == UInt8(ascii: "{")
    }

    private static func contains(_ text: ArraySlice<UInt8>, _ word: String) -> Bool {
        let wanted = Array(word.utf8)
        return text.indices.contains { text[$0] == wanted[0] && text[$0...].starts(with: wanted) }
    }
}
