import Foundation
import Support

/// One `rollcall check` of a test's configuration.
struct Checked {
    let status: Int32
    /// The path of the configuration and the servers' addresses are replaced by words.
    let output: String
    let errors: String

    init(_ settings: String, _ options: String..., naming names: [String: String] = [:]) throws {
        let rollcall = try Rollcall(settings)
        let outcome = try run(Rollcall.program, ["check", rollcall.configuration] + options)
        let replacing = { (text: String) in
            names.merging([rollcall.configuration: "FILE"]) { first, _ in first }
                .reduce(text) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
        }
        status = outcome.status
        output = replacing(outcome.output)
        errors = replacing(outcome.errors)
    }

    /// The texts of the lines with `label`.
    func lines(_ label: String) -> [String] {
        output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { $0.hasPrefix(label + " ") }.map { $0.dropFirst(label.count).trimmingCharacters(in: .whitespaces) }
    }

    /// The output as one JSON object.
    func object() throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] else {
            throw TestFailure("no JSON object: \(output)")
        }
        return object
    }
}

extension LDIF {
    /// A posixGroup below `ou=groups`.
    static func posixGroup(_ name: String, _ logins: [String]) -> String {
        "dn: \(groupDN(name))\nobjectClass: posixGroup\ncn: \(name)\ngidNumber: 1\n"
            + logins.map { "memberUid: \($0)\n" }.joined() + "\n"
    }
}
