import Testing

extension Case {
    /// Who is in the LDAP groups that rules name.
    static let groups = [
        Case("given memberships have changed, when a cycle runs, then grants follow") { scene in
            let names = scene.dialect.groupKinds.map(Scene.groupName)
            try scene.modify(scene.regroup(adding: ["carl", "dora"], removing: ["anna"]))
            try scene.cycle(names.flatMap { ["grant-added carl \($0)", "grant-added dora \($0)", "grant-removed anna \($0)"] })
            try scene.modify(scene.regroup(removing: ["carl"]))
            try scene.cycle(names.map { "grant-removed carl \($0)" })
        },
        Case("given a new person in a group, when a cycle runs, then they have its grants from the start") { scene in
            try scene.modify(scene.person("nora") + scene.regroup(adding: ["nora"]))
            try scene.cycle(
                ["customer-user-added nora"] + scene.dialect.groupKinds.map { "grant-added nora \(Scene.groupName($0))" })
        },
    ]
}
