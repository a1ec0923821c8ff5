import Foundation
import Support
import Testing

extension Case {
    /// People come, change and go.
    static let people = [
        Case("given a directory, when cycles run, then everybody is in the mirror and nobody is twice") { _ in },
        Case("given a person was added, when a cycle runs, then they are in the mirror") { scene in
            try scene.modify(scene.person("nora", ["departmentNumber": "it"]))
            try scene.cycle(["customer-user-added nora", "grant-added nora it"])
        },
        Case("given a mapped attribute has changed, when a cycle runs, then the person is updated") { scene in
            try scene.modify(scene.replace("anna", "mail", "new@test.example") + scene.replace("emil", "description", nil))
            try scene.cycle(["customer-user-updated anna", "customer-user-updated emil"])
            try scene.modify(scene.replace("emil", "description", "Größe; a \"quoted\" text\\ with, everything"))
            try scene.cycle(["customer-user-updated emil"])
        },
        Case("given an attribute that a rule looks at has changed, when a cycle runs, then grants follow") { scene in
            try scene.modify(
                scene.replace("dora", "departmentNumber", "Sales") + scene.replace("kai", "departmentNumber", "IT"))
            try scene.cycle(["grant-removed dora it", "grant-added kai it"])
            try scene.modify(
                "dn: \(scene.dn("lena"))\nchangetype: modify\nadd: departmentNumber\ndepartmentNumber: Sales\n"
                    + "departmentNumber: it\n-\n\n" + scene.replace("kai", "departmentNumber", nil))
            try scene.cycle(["grant-removed kai it", "grant-added lena it"])
        },
        Case("given a person was deleted, when a cycle runs, then they are invalid, and go on when made anew") { scene in
            try scene.modify(scene.delete("carl"))
            try scene.cycle(["customer-user-invalidated carl"])
            try scene.modify(scene.person("carl"))
            try scene.cycle(["customer-user-revalidated carl"])
        },
        Case("given a member of groups was deleted, when a cycle runs, then they are invalid") { scene in
            try scene.modify(scene.delete("anna"))
            try scene.cycle(["customer-user-invalidated anna"])
        },
        Case("given a person was deleted and made anew, when a cycle runs, then the person goes on") { scene in
            try scene.modify(scene.delete("carl") + scene.person("carl", in: "support"))
            try scene.cycle(["customer-user-updated carl"])
        },
        Case("given a name that a DN escapes and a login of another kind, when cycles run, then the person is mirrored") {
            scene in
            let dn = "cn=Zoë Weiß\\, M.A. \\+ \\\"x\\\",\(scene.unit("sales"))"
            let person = scene.person("zoe", ["cn": "Zoë Weiß, M.A. + \"x\"", "sn": "Weiß, M.A."])
            let memberships = scene.dialect.groupKinds.map { kind in
                "dn: \(scene.groupDN(kind))\nchangetype: modify\nadd: \(kind.attribute)\n"
                    + LDIF.line(kind.attribute, kind.namesLogins ? scene.login("zoe") : dn) + "-\n\n"
            }
            let named = person.replacingOccurrences(of: "dn: \(scene.dn("zoe"))\n", with: LDIF.line("dn", dn))
            try scene.modify(named + memberships.joined())
            try scene.cycle(
                ["customer-user-added zoe"] + scene.dialect.groupKinds.map { "grant-added zoe \(Scene.groupName($0))" })
        },
        Case("given many things have changed, when one cycle runs, then all are in the mirror") { scene in
            try scene.modify(
                scene.delete("lena") + scene.person("nora", in: "support") + scene.rename("carl", to: "karl")
                    + scene.replace("karl", "mail", "karl@test.example") + scene.replace("emil", "sn", "Other")
                    + scene.move("frida", to: "support") + scene.replace("gert", "title", "former")
                    + scene.regroup(adding: ["hanna"], removing: ["bert"]))
            let grants = scene.dialect.groupKinds.map(Scene.groupName).flatMap {
                ["grant-added hanna \($0)", "grant-removed bert \($0)"]
            }
            try scene.cycle(
                [
                    "customer-user-invalidated lena", "customer-user-added nora", "customer-user-renamed karl",
                    "customer-user-updated emil", "customer-user-invalidated gert",
                ] + grants)
        },
    ]
}
