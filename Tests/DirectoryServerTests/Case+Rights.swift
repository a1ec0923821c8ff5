import Support
import Testing

extension Case {
    /// The bind account loses a right between two cycles, and gets it back.
    static let rights = [
        Case("given a part of the tree cannot be read any more, when cycles run, then its people stay", removalLimit: "20%") {
            scene in
            let movers = ["carl", "dora", "emil", "frida", "gert", "hanna"]
            try scene.modify(movers.map { scene.move($0, to: "support") }.joined())
            try scene.cycle([])
            try scene.without(.tree(scene.unit("support"))) {
                try scene.badCycle()
                try scene.badCycle()
            }
            try scene.cycle([], .any)
        },
        Case("given the members of groups cannot be read any more, when cycles run, then everybody keeps the grants") { scene in
            let names = scene.dialect.groupKinds.map(Scene.groupName)
            let members = ["carl", "dora", "emil", "frida"]
            try scene.modify(scene.regroup(adding: members))
            try scene.cycle(members.flatMap { member in names.map { "grant-added \(member) \($0)" } })
            try scene.without(.members(scene.groupDN(scene.dialect.groupKinds[0]))) {
                try scene.badCycle()
                try scene.badCycle()
            }
            try scene.cycle([], .any)
        },
        Case("given a group cannot be read any more, when cycles run, then everybody keeps the grants") { scene in
            try scene.modify(scene.regroup(adding: ["carl", "dora", "emil", "frida"]))
            try scene.cycle()
            try scene.without(.entry(scene.groupDN(scene.dialect.groupKinds[0]))) {
                try scene.badCycle()
                try scene.badCycle()
            }
            try scene.cycle([], .any)
        },
        Case("given the base cannot be read any more, when cycles run, then nobody is removed") { scene in
            try scene.without(.tree(scene.base)) {
                try scene.badCycle()
                try scene.badCycle()
            }
            try scene.cycle([], .any)
        },
    ]

    /// The account's own entry, by which a loss of rights is noticed where the account is named by a DN.
    static let ownEntry = [
        Case("given the account does not see itself any more, when somebody is missing, then nobody is removed") { scene in
            try scene.without(.entry(scene.server.reader.name)) {
                try scene.modify(scene.delete("lena"))
                try scene.badCycle()
            }
            try scene.cycle(["customer-user-invalidated lena"], .any)
        }
    ]

    /// Deleted entries, which Active Directory keeps for a while and does not show to everybody.
    static let deletedObjects = [
        Case("given deleted entries cannot be seen any more, when somebody is deleted, then everybody is read after a while") {
            scene in
            try scene.without(.tree("CN=Deleted Objects,\(scene.server.suffix)")) {
                try scene.modify(scene.delete("lena"))
                try scene.badCycle(allowed: ["customer-user-invalidated lena"])
                for mirror in scene.mirrors { try mirror.letFullEveryPass() }
                try scene.cycle(nil, .any)
            }
            try scene.cycle([], .any)
        }
    ]
}
