import Testing

extension Case {
    /// People and units move.
    static let places = [
        Case("given a person is in another unit below the base, when a cycle runs, then nothing has changed") { scene in
            try scene.modify(scene.move("carl", to: "support"))
            try scene.cycle([])
            try scene.modify(scene.replace("carl", "telephoneNumber", "2", in: "support"))
            try scene.cycle(["customer-user-updated carl"])
        },
        Case("given a person has left the base, when a cycle runs, then they are invalid until they are back") { scene in
            try scene.modify(scene.move("carl", to: "former"))
            try scene.cycle(["customer-user-invalidated carl"])
            try scene.modify(scene.replace("carl", "telephoneNumber", "2", in: "former"))
            try scene.cycle([])
            try scene.modify(scene.move("carl", from: "former", to: "support"))
            try scene.cycle(["customer-user-revalidated carl"])
        },
        Case("given a unit was renamed, when a cycle runs, then its people keep their grants") { scene in
            try scene.modify(scene.renameUnit("sales", to: "trade"))
            try scene.waitUntilGroupsName("anna", in: "trade")
            try scene.cycle([])
            try scene.modify(scene.replace("carl", "telephoneNumber", "2", in: "trade"))
            try scene.cycle(["customer-user-updated carl"])
            try scene.modify(scene.delete("carl", in: "trade"))
            try scene.cycle(["customer-user-invalidated carl"])
        },
        Case("given a unit has left the base, when cycles run, then its people are invalid until it is back") { scene in
            try scene.modify(scene.move("carl", to: "support") + scene.move("anna", to: "support"))
            try scene.waitUntilGroupsName("anna", in: "support")
            try scene.cycle([])
            try scene.modify(scene.moveUnit("support", from: scene.base, to: scene.top))
            try scene.cycle(["customer-user-invalidated anna", "customer-user-invalidated carl"])
            try scene.modify(scene.moveUnit("support", from: scene.top, to: scene.base))
            try scene.waitUntilGroupsName("anna", in: "support")
            // 389-DS 2.3 goes on showing most people of a unit that has come back at the place where they were before.
            try scene.cycle()
        },
    ]
}
