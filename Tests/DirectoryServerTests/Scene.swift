import Foundation
import Support
import Synchronization

/// What one case plays in: a part of the directory, and a mirror of it for each strategy.
///
/// Below the base, `ou=people`, are `ou=sales` with twelve people and the empty `ou=support`. Beside the base are
/// `ou=former` and the groups, one of each kind, with anna and bert as members. dora is in the department IT.
final class Scene: Sendable {
    static let names = ["anna", "bert", "carl", "dora", "emil", "frida", "gert", "hanna", "ida", "jan", "kai", "lena"]

    let server: any LDAPServer
    let product: Product
    let mirrors: [Mirror]
    /// Tells this case's people from those of the other cases of the same server.
    let mark: String
    let top: String
    /// What the last cycle has seen of units and groups, and what it need not notice by itself.
    let known = Mutex(Known())

    /// What cycles are expected to know.
    struct Known {
        /// Nil before the first cycle, and when the groups were changing during the last one.
        var surroundings: Set<String>?
        var serverWasRestarted = false
    }

    private static let made = Mutex(0)

    init(_ server: any LDAPServer, _ product: Product) throws {
        self.server = server
        self.product = product
        let number = Self.made.withLock { number in
            number += 1
            return number
        }
        mark = "-\(number)"
        top = "ou=case\(number),\(server.suffix)"
        mirrors = try product.strategies.map { Mirror(strategy: $0, rollcall: try Rollcall("")) }
        try configure(host: server.uri)
        try populate()
    }

    var dialect: Dialect { product.dialect }

    /// Has all mirrors read from here.
    func configure(host: String) throws {
        for mirror in mirrors { try mirror.rollcall.configure(settings(mirror.strategy, host: host)) }
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

    func restart() throws {
        try server.restart()
        known.withLock { $0.serverWasRestarted = true }
    }
}
