import Foundation

extension LDIF {
    /// One entry as `ldapsearch` prints it.
    package struct Entry: Sendable {
        package let dn: String
        /// Values in the server's order, by the attribute's name in lower case, without options.
        package let values: [String: [String]]
        /// The names as printed, options included, such as `member;range=0-1499`.
        package let names: [String]

        package func first(_ attribute: String) -> String { values[attribute.lowercased()]?.first ?? "" }
        package func all(_ attribute: String) -> [String] { values[attribute.lowercased()] ?? [] }
    }

    /// Reads what `ldapsearch -LLL` prints; comments, such as references, are passed over.
    package static func entries(_ text: String) -> [Entry] {
        text.replacingOccurrences(of: "\n ", with: "").components(separatedBy: "\n\n").compactMap(entry)
    }

    private static func entry(_ text: String) -> Entry? {
        var dn: String?
        var values: [String: [String]] = [:]
        var names: [String] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = String(line[..<colon])
            let value = value(line[line.index(after: colon)...])
            if name == "dn" {
                dn = value
            } else {
                names.append(name)
                values[name.lowercased().components(separatedBy: ";")[0], default: []].append(value)
            }
        }
        return dn.map { Entry(dn: $0, values: values, names: names) }
    }

    /// The value behind the first colon: base64 behind a second one.
    private static func value(_ rest: Substring) -> String {
        let isEncoded = rest.hasPrefix(":")
        let text = String(rest.drop { $0 == ":" }.drop { $0 == " " })
        return isEncoded ? String(decoding: Data(base64Encoded: text) ?? Data(), as: UTF8.self) : text
    }
}
