import Foundation

/// People and groups of a test, as LDIF (RFC 2849).
package enum LDIF {
    /// One person below `ou=people`; attributes given here replace the usual ones, nil leaves one out.
    package static func person(_ uid: String, _ attributes: [String: String?] = [:], below base: String = Slapd.people)
        -> String
    {
        let usual: [String: String?] = [
            "uid": uid, "cn": "Person \(uid)", "sn": uid, "mail": "\(uid)@test.example", "o": "ACME", "telephoneNumber": "1",
        ]
        let all = usual.merging(attributes) { _, new in new }
        let lines = all.compactMap { name, value in value.map { line(name, $0) } }.sorted()
        return "dn: cn=\(uid),\(base)\nobjectClass: inetOrgPerson\n"
            + lines.filter { !$0.hasPrefix("cn:") }.joined() + "cn: \(uid)\n\n"
    }

    /// `count` people, u00001 and so on.
    package static func people(_ count: Int) -> String {
        (0..<count).map { person(login($0)) }.joined()
    }

    package static func login(_ number: Int) -> String { "u" + String(number + 100_000).dropFirst() }

    package static func dn(_ uid: String) -> String { "cn=\(uid),\(Slapd.people)" }

    /// A groupOfNames below `ou=groups`.
    package static func group(_ name: String, members: [String]) -> String {
        "dn: \(groupDN(name))\nobjectClass: groupOfNames\ncn: \(name)\n" + members.map { "member: \($0)\n" }.joined() + "\n"
    }

    /// Adds members to a group below `ou=groups`, deletes them, or replaces all.
    package static func change(_ group: String, _ step: String, _ logins: [String]) -> String {
        let values = logins.map { "member: \(dn($0))\n" }.joined()
        return "dn: \(groupDN(group))\nchangetype: modify\n\(step): member\n\(values)-\n\n"
    }

    package static func groupDN(_ name: String) -> String { "cn=\(name),ou=groups,\(Slapd.suffix)" }

    package static func delete(_ uid: String) -> String { "dn: \(dn(uid))\nchangetype: delete\n\n" }

    package static func replace(_ uid: String, _ attribute: String, _ value: String) -> String {
        "dn: \(dn(uid))\nchangetype: modify\nreplace: \(attribute)\n\(line(attribute, value))-\n\n"
    }

    package static func add(_ ldif: String) -> String {
        ldif.replacingOccurrences(of: "\nobjectClass:", with: "\nchangetype: add\nobjectClass:")
    }

    /// One attribute line; in base64 where the value is no SAFE-STRING.
    package static func line(_ name: String, _ value: String) -> String { line(name, Array(value.utf8)) }

    package static func line(_ name: String, _ value: [UInt8]) -> String {
        let isSafe =
            value.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && !value.isEmpty && ![0x20, 0x3A, 0x3C].contains(value[0])
            && value.last != 0x20
        return isSafe
            ? "\(name): \(String(decoding: value, as: UTF8.self))\n" : "\(name):: \(Data(value).base64EncodedString())\n"
    }
}
