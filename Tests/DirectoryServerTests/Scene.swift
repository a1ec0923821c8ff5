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
    let removalLimit: String
    private let number: Int
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

    /// - Parameter removalLimit: by itself none, because the cases mean it when people go.
    convenience init(_ server: any LDAPServer, _ product: Product, removalLimit: String = "100%") throws {
        let number = Self.made.withLock { number in
            number += 1
            return number
        }
        let mirrors = try product.strategies.map { Mirror(strategy: $0, rollcall: try Rollcall("")) }
        self.init(server, product, number: number, removalLimit, mirrors)
        try configure(host: server.uri)
        try populate()
    }

    private init(
        _ server: any LDAPServer, _ product: Product, number: Int, _ removalLimit: String, _ mirrors: [Mirror]
    ) {
        self.server = server
        self.product = product
        self.number = number
        self.removalLimit = removalLimit
        self.mirrors = mirrors
        mark = "-\(number)"
        top = "ou=case\(number),\(server.suffix)"
    }

    /// The same scene on a server that has nothing of it yet, for the same mirrors: other entries of the same names.
    func again(on other: any LDAPServer) throws -> Scene {
        let scene = Scene(other, product, number: number, removalLimit, mirrors)
        try scene.configure(host: other.uri)
        try scene.populate()
        return scene
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
        noteRestart()
    }

    /// The server has not been running all the time since the last cycle.
    func noteRestart() { known.withLock { $0.serverWasRestarted = true } }

    /// Does something to each mirror, while no Rollcall runs.
    func changeMirrors(_ sql: String) throws { for mirror in mirrors { try mirror.change(sql) } }
}
