import Support
import Testing

extension Case {
    /// People stop matching a filter and match it again.
    static let filters = [
        Case("given a person no longer matches AlwaysFilter, when cycles run, then they are invalid until they do") { scene in
            try scene.modify(scene.replace("anna", "businessCategory", "supplier"))
            try scene.cycle(["customer-user-invalidated anna"])
            try scene.modify(scene.replace("anna", "businessCategory", "customer"))
            try scene.cycle(["customer-user-revalidated anna"])
        },
        Case("given an entry that AlwaysFilter does not match, when it begins to match, then the person is in the mirror") {
            scene in
            try scene.modify(scene.person("nora", ["businessCategory": "supplier"]))
            try scene.cycle([])
            try scene.modify(scene.replace("nora", "businessCategory", "customer"))
            try scene.cycle(["customer-user-added nora"])
        },
        Case("given a person no longer matches CustomerUserValidFilter, when cycles run, then they are invalid until they do") {
            scene in
            try scene.modify(scene.replace("anna", "title", "former"))
            try scene.cycle(["customer-user-invalidated anna"])
            try scene.modify(scene.replace("anna", "mail", "new@test.example"))
            try scene.cycle(["customer-user-updated anna"])
            try scene.modify(scene.replace("anna", "title", nil))
            try scene.cycle(["customer-user-revalidated anna"])
        },
        Case("given an account is disabled, when cycles run, then the person is invalid until it is enabled") { scene in
            let (attribute, disabled, enabled) = scene.dialect.disabling
            try scene.modify(scene.replace("anna", attribute, disabled))
            try scene.cycle(["customer-user-invalidated anna"])
            try scene.modify(scene.replace("anna", attribute, enabled))
            try scene.cycle(["customer-user-revalidated anna"])
        },
        Case("given a person was added with a disabled account, when cycles run, then they are invalid until it is enabled") {
            scene in
            let (attribute, disabled, enabled) = scene.dialect.disabling
            try scene.modify(scene.person("nora") + scene.replace("nora", attribute, disabled))
            try scene.cycle(["customer-user-added nora"])
            for mirror in scene.mirrors {
                let record = try mirror.rollcall.log().last { $0.action == "customer-user-added" }
                #expect(record?.changes["valid_id"] == [nil, "2"])
            }
            try scene.modify(scene.replace("nora", attribute, enabled))
            try scene.cycle(["customer-user-revalidated nora"])
        },
    ]
}
