import Foundation
import Support
import Testing

extension Case {
    /// OpenLDAP stops and begins to tell changes.
    static let contentSync = [
        Case("given content sync is taken from the server, when cycles run, then everybody is read until it is back") { scene in
            guard let slapd = scene.server as? Slapd else { throw TestFailure("no OpenLDAP") }
            let lines = ["overlay syncprov\n", "syncprov-sessionlog 10000\n"]
            try slapd.reconfigure { lines.reduce($0) { $0.replacingOccurrences(of: $1, with: "") } }
            try scene.modify(scene.delete("lena") + scene.replace("emil", "mail", "new@test.example"))
            try scene.cycle(
                ["customer-user-invalidated lena", "customer-user-updated emil"], .strategies(["full", "changed"]))
            try slapd.reconfigure {
                $0.replacingOccurrences(of: "index entryCSN eq\n", with: lines.joined() + "index entryCSN eq\n")
            }
            try scene.modify(scene.delete("kai"))
            try scene.cycle(["customer-user-invalidated kai"], .any)
        }
    ]

    /// 389 Directory Server throws away what has happened long ago.
    static let trimmedChangeLog = [
        Case("given the change log was trimmed since the last cycle, when a cycle runs, then everybody is read") { scene in
            try scene.modify(scene.delete("lena") + scene.replace("emil", "mail", "new@test.example"))
            let numbers = try scene.server.search("cn=changelog", scope: "one", filter: "(changeNumber=*)", ["changeNumber"])
                .compactMap { Int($0.first("changeNumber")) }.sorted()
            try scene.server.modify(
                numbers.dropLast().map { "dn: changenumber=\($0),cn=changelog\nchangetype: delete\n\n" }.joined())
            try scene.restart()
            try scene.cycle(["customer-user-invalidated lena", "customer-user-updated emil"], .any)
            let sync = try scene.mirrors[0].state()
            #expect(sync.reason == "the server has thrown away a part of its change log")
        }
    ]
}
