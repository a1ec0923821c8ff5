import Support
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

    /// Groups within the groups that rules name.
    static let nestedGroups = [
        Case("given groups within a group, when who is in them changes, then grants follow, also in a ring") { scene in
            let kind = scene.dialect.groupKinds[0]
            let name = Scene.groupName(kind)
            let change = { (dn: String, step: String, member: String) in
                "dn: \(dn)\nchangetype: modify\n\(step): \(kind.attribute)\n\(kind.attribute): \(member)\n-\n\n"
            }
            let inner = scene.nestedDN("inner")
            let deep = scene.nestedDN("deep")
            try scene.modify(scene.nested("deep", kind, member: scene.member("carl", of: kind)))
            try scene.modify(scene.nested("inner", kind, member: deep) + change(scene.groupDN(kind), "add", inner))
            try scene.cycle(["grant-added carl \(name)"])
            try scene.modify(
                change(deep, "add", scene.groupDN(kind)) + change(deep, "add", scene.member("dora", of: kind)))
            try scene.cycle(["grant-added dora \(name)"])
            try scene.modify(change(deep, "delete", scene.member("carl", of: kind)))
            try scene.cycle(["grant-removed carl \(name)"])
            try scene.modify(change(scene.groupDN(kind), "delete", inner))
            try scene.cycle(["grant-removed dora \(name)"])
        }
    ]

    /// LDAP groups that rules name and that are no longer there.
    static let lostGroups = [
        Case("given a group was deleted, when cycles run, then its grants stay until it is made anew") { scene in
            let kind = scene.dialect.groupKinds[0]
            let name = Scene.groupName(kind)
            try scene.modify("dn: \(scene.groupDN(kind))\nchangetype: delete\n\n")
            try scene.keepGrants()
            try scene.modify(scene.group(kind, members: ["bert", "carl"]))
            try scene.cycle(["grant-removed anna \(name)", "grant-added carl \(name)"], .any)
        },
        Case("given a group was renamed, when cycles run, then its grants stay until it has its name again") { scene in
            let kind = scene.dialect.groupKinds[0]
            let name = Scene.groupName(kind)
            let other = "cn=renamed,\(scene.unit("groups"))"
            try scene.modify("dn: \(scene.groupDN(kind))\nchangetype: modrdn\nnewrdn: cn=renamed\ndeleteoldrdn: 1\n\n")
            try scene.keepGrants()
            try scene.modify(
                "dn: \(other)\nchangetype: modify\nadd: \(kind.attribute)\n"
                    + "\(kind.attribute): \(scene.member("carl", of: kind))\n-\n\n"
                    + "dn: \(other)\nchangetype: modrdn\nnewrdn: cn=\(kind.attribute)\ndeleteoldrdn: 1\n\n")
            try scene.cycle(["grant-added carl \(name)"], .any)
        },
    ]

    /// Groups of more members than some servers show at once. Samba shows them all, unlike Active Directory.
    static let largeGroups = [
        Case("given a group of 2,000 members, when cycles run, then exactly those have its grants") { scene in
            let names = scene.dialect.groupKinds.map(Scene.groupName)
            let crowd = (0..<2000).map { "m\($0)" }
            try scene.modify(crowd.map { scene.person($0, in: "support") }.joined())
            try scene.cycle(crowd.map { "customer-user-added \($0)" })
            try scene.modify(scene.regroup(adding: crowd, in: "support"))
            try scene.cycle(names.flatMap { name in crowd.map { "grant-added \($0) \(name)" } })
            let leavers = stride(from: 0, to: 2000, by: 100).map { crowd[$0] }
            try scene.modify(scene.regroup(removing: leavers, in: "support"))
            try scene.cycle(names.flatMap { name in leavers.map { "grant-removed \($0) \(name)" } })
            try scene.modify(scene.regroup(adding: [leavers[7]], in: "support"))
            try scene.cycle(names.map { "grant-added \(leavers[7]) \($0)" })
        }
    ]

    /// Groups of which Active Directory shows only a part at once.
    static let rangedGroups = [
        Case("given a server that shows 1,500 members at once, when cycles run, then all of a group have its grants") { scene in
            let proxy = try RangeProxy(to: scene.server.folder["private/ldapi"])
            try scene.configure(host: proxy.uri)
            let crowd = (0..<3100).map { "m\($0)" }
            try scene.modify(crowd.map { scene.person($0, in: "support") }.joined())
            try scene.cycle(crowd.map { "customer-user-added \($0)" })
            var first = 0
            // With anna and bert: one part that is full, one member more, three parts.
            for count in [1498, 1499, 3100] {
                let joiners = crowd[first..<count]
                try scene.modify(scene.regroup(adding: Array(joiners), in: "support"))
                try scene.cycle(joiners.map { "grant-added \($0) by-member" })
                first = count
            }
            let group = scene.groupDN(scene.dialect.groupKinds[0])
            for (asked, shown) in [
                ("member", "0-1499"), ("member;range=1500-*", "1500-2999"), ("member;range=3000-*", "3000-*"),
            ] {
                let part = try scene.server.search(group, scope: "base", filter: "(cn=*)", [asked], at: proxy.uri)
                #expect(part.first?.names == Array(repeating: "member;range=\(shown)", count: shown == "3000-*" ? 102 : 1500))
            }
            let leavers = crowd.suffix(1700)
            try scene.modify(scene.regroup(removing: Array(leavers), in: "support"))
            try scene.cycle(leavers.map { "grant-removed \($0) by-member" })
            try scene.configure(host: scene.server.uri)
        }
    ]
}

extension Scene {
    /// Runs two cycles without one of the groups: people change, nobody loses anything, and the reason is told.
    fileprivate func keepGrants() throws {
        for mail in ["new@test.example", "newer@test.example"] {
            try modify(replace("emil", "mail", mail))
            try badCycle()
            for mirror in mirrors {
                let row = "SELECT email FROM customer_user WHERE login = '\(login("emil"))'"
                #expect(try mirror.rollcall.query(row) == [[mail]])
                #expect(try mirror.rollcall("status", "--json").output.contains("\"unreadable-group\""))
            }
        }
    }
}
