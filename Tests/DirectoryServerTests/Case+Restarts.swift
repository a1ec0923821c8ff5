import Support
import Testing

extension Case {
    /// The server is restarted between cycles.
    static let restarts = [
        Case("given the server was restarted between changes, when a cycle runs, then all of them are in the mirror") { scene in
            try scene.modify(scene.replace("emil", "mail", "before@test.example") + scene.delete("lena"))
            try scene.restart()
            try scene.modify(scene.replace("gert", "mail", "after@test.example") + scene.person("nora"))
            try scene.cycle([
                "customer-user-updated emil", "customer-user-invalidated lena", "customer-user-updated gert",
                "customer-user-added nora",
            ])
            try scene.restart()
            try scene.cycle([])
        }
    ]
}
