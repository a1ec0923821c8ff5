import Testing

extension Case {
    /// Logins change, and change hands.
    static let logins = [
        Case("given a person has another login, when a cycle runs, then the same person has it") { scene in
            try scene.modify(scene.rename("carl", to: "karl"))
            try scene.cycle(["customer-user-renamed karl"])
        },
        Case("given a member of groups has another login, when a cycle runs, then the grants go along") { scene in
            try scene.modify(scene.rename("anna", to: "anne"))
            try scene.waitUntilGroupsName("anne")
            let byLogin = scene.dialect.groupKinds.filter(\.namesLogins).map { "grant-removed anne \(Scene.groupName($0))" }
            try scene.cycle(["customer-user-renamed anne"] + byLogin)
        },
        Case("given a login has other capitals, when a cycle runs, then the same person has it") { scene in
            try scene.modify(scene.rename("carl", to: "Carl"))
            try scene.cycle(["customer-user-renamed Carl"])
        },
        Case("given two people exchange their logins, when a cycle runs, then both are renamed") { scene in
            try scene.modify(
                scene.rename("carl", to: "between") + scene.rename("emil", to: "carl") + scene.rename("between", to: "emil"))
            try scene.cycle(["customer-user-renamed carl", "customer-user-renamed emil"])
        },
        Case("given a login is free and somebody new has it, when a cycle runs, then there are two people") { scene in
            try scene.modify(scene.rename("carl", to: "karl") + scene.person("carl", ["mail": "other@test.example"]))
            try scene.cycle(["customer-user-renamed karl", "customer-user-added carl"])
        },
        Case("given somebody has the login of a person who has left, when a cycle runs, then the mirror says so") { scene in
            try scene.modify(scene.delete("carl") + scene.rename("emil", to: "carl"))
            try scene.cycle(["customer-user-renamed carl", "customer-user-invalidated carl"])
        },
    ]
}
