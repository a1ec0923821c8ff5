import Foundation
import Support
import Synchronization
import Testing

/// What one case plays in: a part of the directory and a Rollcall of its own.
///
/// Below the base, `ou=people`, are `ou=sales` with twelve people and the empty `ou=support`. Beside the base are
/// `ou=former` and the groups, one of each kind, with anna and bert as members. dora is in the department IT.
struct Scene: Sendable {
    static let names = ["anna", "bert", "carl", "dora", "emil", "frida", "gert", "hanna", "ida", "jan", "kai", "lena"]

    let server: any LDAPServer
    let dialect: Dialect
    let strategy: String?
    let rollcall: Rollcall
    /// Tells this case's people from those of the other cases of the same server.
    let mark: String
    let top: String

    private static let made = Mutex(0)

    init(_ server: any LDAPServer, _ dialect: Dialect, strategy: String?) throws {
        self.server = server
        self.dialect = dialect
        self.strategy = strategy
        let number = Self.made.withLock { number in
            number += 1
            return number
        }
        mark = "-\(number)"
        top = "ou=case\(number),\(server.suffix)"
        rollcall = try Rollcall("")
        try rollcall.configure(settings)
        try populate()
    }

    var base: String { "ou=people,\(top)" }

    /// The DN of an organisational unit of this case, such as `sales`.
    func unit(_ name: String) -> String {
        name == "former" || name == "groups" ? "ou=\(name),\(top)" : "ou=\(name),\(base)"
    }

    func login(_ name: String) -> String { name + mark }

    func dn(_ name: String, in unit: String = "sales") -> String { "\(dialect.name)=\(login(name)),\(self.unit(unit))" }

    func groupDN(_ kind: Dialect.GroupKind) -> String { "cn=\(kind.attribute),\(unit("groups"))" }

    /// Makes the units, people and groups.
    private func populate() throws {
        let units = [top, base, unit("sales"), unit("support"), unit("former"), unit("groups")]
        let ldif = units.map { dn in
            "dn: \(dn)\nobjectClass: organizationalUnit\nou: \(dn.dropFirst(3).prefix { $0 != "," })\n\n"
        }
        let people = Self.names.map { person($0, $0 == "dora" ? ["departmentNumber": "IT"] : [:]) }
        let groups = dialect.groupKinds.map { group($0, members: ["anna", "bert"]) }
        try server.modify((ldif + people + groups).joined())
    }

    func modify(_ ldif: String) throws { try server.modify(ldif) }

    /// Waits until the groups name `name` as somebody of `unit`, where the server sees to that later.
    func waitUntilGroupsName(_ name: String, in unit: String = "sales") throws {
        guard dialect.followsLater else { return }
        let deadline = ContinuousClock.now + .seconds(30)
        for kind in dialect.groupKinds where !kind.namesLogins {
            while try server.search(
                groupDN(kind), scope: "base", filter: "(\(kind.attribute)=\(dn(name, in: unit)))", ["1.1"]
            ).isEmpty {
                guard ContinuousClock.now < deadline else { throw TestFailure("\(groupDN(kind)) does not follow \(name)") }
            }
        }
    }

    /// Runs a cycle and compares the mirror with the directory.
    ///
    /// - Parameter expected: the change records that the cycle makes, in any order, such as `grant-added anna by-member`;
    ///   nil if they do not matter.
    func cycle(_ expected: [String]? = nil, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let before = try rollcall.log().count
        let outcome = try rollcall.cycle()
        guard outcome.status == 0 else { throw TestFailure("the cycle ended with \(outcome.status): \(outcome.errors)") }
        let records = try rollcall.log().dropFirst(before).map { $0.description.replacingOccurrences(of: mark, with: "") }
        if let expected {
            report("the cycle did not record", Self.subtracting(records, from: expected), sourceLocation)
            report("the cycle recorded unexpectedly", Self.subtracting(expected, from: records), sourceLocation)
        }
        let differences = try Comparison(of: self).differences
        report("the cycle said '\(outcome.errors)', and the mirror differs from the directory", differences, sourceLocation)
    }

    /// Fails with the lines, if there are any, and at most twenty of them.
    private func report(_ what: String, _ lines: [String], _ sourceLocation: SourceLocation) {
        guard !lines.isEmpty else { return }
        let more = lines.count > 20 ? ["and \(lines.count - 20) more"] : []
        let text = (["\(what):"] + lines.prefix(20) + more).joined(separator: "\n")
        Issue.record(Comment(rawValue: text), sourceLocation: sourceLocation)
    }

    /// What remains when each of `some` is taken away once.
    private static func subtracting(_ some: [String], from all: [String]) -> [String] {
        let counts = some.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        return Dictionary(grouping: all) { $0 }.sorted { $0.key < $1.key }.flatMap { line, lines in
            lines.dropFirst(counts[line] ?? 0)
        }
    }
}
