import Foundation
import Support
import Testing

extension Case {
    /// The times that servers give entries are not what they should be.
    static let times: [Case] = [
        .alone("given entries of the future, when others change, then that is in the mirror at once") { scene in
            try scene.date(["bert", "ida"], "20330101000000")
            try scene.cycle([], .any)
            try scene.modify(scene.replace("gert", "mail", "new@test.example"))
            try scene.cycle(["customer-user-updated gert"], .any)
            try scene.changeMirrors("DELETE FROM reading_state")
            try scene.cycle([], .any)
            try scene.modify(scene.replace("emil", "mail", "new@test.example") + scene.person("nora"))
            try scene.cycle(["customer-user-updated emil", "customer-user-added nora"], .any)
            try scene.modify(scene.replace("bert", "mail", "new@test.example") + scene.replace("carl", "title", "former"))
            try scene.cycle(["customer-user-updated bert", "customer-user-invalidated carl"], .any)
        },
        .alone("given nobody but entries of the future, when they change, then that is in the mirror at once") { scene in
            try scene.date(Scene.names, "20330101000000")
            try scene.changeMirrors("DELETE FROM reading_state")
            try scene.cycle([], .any)
            try scene.modify(scene.replace("gert", "mail", "new@test.example") + scene.person("nora"))
            try scene.cycle(["customer-user-updated gert", "customer-user-added nora"], .any)
        },
        .alone("given a server whose clock was ahead, when people change, then that is in the mirror at once") { scene in
            try scene.date(Scene.names, "20330101000000", servers: true)
            try scene.cycle([], .any)
            try scene.modify(scene.replace("gert", "mail", "new@test.example") + scene.delete("lena"))
            try scene.cycle(["customer-user-updated gert", "customer-user-invalidated lena"], .any)
            try scene.modify(scene.person("nora") + scene.replace("carl", "title", "former"))
            try scene.cycle(["customer-user-added nora", "customer-user-invalidated carl"], .any)
        },
        .alone("given a server restored from an old backup, when a cycle runs, then everybody is read at once") { scene in
            try scene.date(Scene.names, "20260101000000", servers: true)
            try scene.cycle([], .any)
            try scene.server.save(as: "backup")
            try scene.modify(scene.replace("emil", "mail", "lost@test.example") + scene.replace("gert", "title", "former"))
            scene.noteRestart()
            try scene.cycle(["customer-user-updated emil", "customer-user-invalidated gert"])
            try scene.server.restore("backup")
            try scene.cycle(
                ["customer-user-updated emil", "customer-user-revalidated gert"],
                .everybody([
                    "consumer state is newer", "change log ends before the last reading",
                    "the person changed last was deleted, or the server was put back to an earlier state",
                ]))
        },
    ]

    /// Active Directory counts its changes in place of dating them.
    static let counts = [
        alone("given a domain controller restored from a backup, when a cycle runs, then everybody is read at once") { scene in
            try scene.server.save(as: "backup")
            try scene.modify(scene.replace("emil", "mail", "lost@test.example") + scene.replace("gert", "title", "former"))
            try scene.cycle(["customer-user-updated emil", "customer-user-invalidated gert"])
            try scene.server.restore("backup")
            try scene.cycle(
                ["customer-user-updated emil", "customer-user-revalidated gert"],
                .everybody(["the server's change numbers have gone back"]))
        }
    ]

    /// On a server of its own, which ends with it.
    private static func alone(_ sentence: String, _ body: @escaping @Sendable (Scene) throws -> Void) -> Case {
        Case(sentence) { scene in
            let alone = try Scene(try scene.product.start(), scene.product)
            try alone.cycle()
            try body(alone)
            try alone.cycle([], .any)
        }
    }
}

extension Scene {
    /// Has the server say that these people were changed last at `time`, such as `20330101000000`.
    ///
    /// - Parameter servers: OpenLDAP says that of all its data as well (`contextCSN`).
    fileprivate func date(_ names: [String], _ time: String, servers: Bool = false) throws {
        guard let server = server as? any ReloadableServer else { throw TestFailure("\(product) has no LDIF of all") }
        let dated = (servers ? ["dn: \(server.suffix)\n"] : []) + names.map { "dn: \(dn($0))\n" }
        try server.reload { text in
            text.components(separatedBy: "\n\n").map { entry in
                guard dated.contains(where: entry.lowercased().hasPrefix) else { return entry }
                return entry.replacing(/(contextCSN|entryCSN|modifyTimestamp): [0-9]{14}/.ignoresCase()) {
                    "\($0.output.1): \(time)"
                }
            }.joined(separator: "\n\n")
        }
        noteRestart()
    }
}
