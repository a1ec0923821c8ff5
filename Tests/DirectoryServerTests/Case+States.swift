import Foundation
import Support
import Testing

extension Case {
    /// What a mirror knows of its last reading is lost, or is of no use.
    static let states = [
        Case("given the mirror's state of the last reading is lost, when a cycle runs, then everything is right again") {
            scene in
            try scene.afterChanges(.everybody(["it is the first reading"])) { try $0.change("DELETE FROM reading_state") }
        },
        Case("given an empty cookie, when a cycle runs, then everything is right again") { scene in
            try scene.afterChanges(.everybody(["left nothing to go on from"])) { try $0.setCookie("") }
        },
        Case("given a cookie that is none, when a cycle runs, then everything is right again") { scene in
            try scene.afterChanges(.everybody(["ended cannot be read", "Invalid session cookie"])) {
                try $0.setCookie("garbage".hexadecimal)
            }
        },
        Case("given the half of a cookie, when a cycle runs, then everything is right again") { scene in
            try scene.afterChanges(.any) { mirror in
                let cookie = try mirror.cookie()
                try mirror.setCookie(String(cookie.prefix(cookie.count / 4 * 2)))
            }
        },
        Case("given a cookie of the future, when a cycle runs, then everything is right again") { scene in
            try scene.afterChanges(.everybody(futureReasons)) {
                try $0.setCookie(scene.product.cookieOfTheFuture(try $0.cookie(), $0.strategy))
            }
        },
        Case("given the cookie of another server, when a cycle runs, then everything is right again") { scene in
            let other = try Scene(try scene.product.start(), scene.product)
            try other.cycle()
            try scene.afterChanges(.any) { mirror in
                guard let foreign = other.mirrors.first(where: { $0.strategy == mirror.strategy }) else { return }
                try mirror.setCookie(try foreign.cookie())
            }
        },
        Case("given another server with the same names, when cycles run, then the same people go on, and come back") { scene in
            let other = try scene.again(on: try scene.product.start())
            try other.modify(other.delete("lena") + other.replace("emil", "mail", "other@test.example"))
            let remaining = Scene.names.filter { $0 != "lena" }.map { "customer-user-updated \($0)" }
            try other.cycle(remaining + ["customer-user-invalidated lena"], .everybody(["the server holds other data"]))
            try scene.configure(host: scene.server.uri)
            try scene.cycle(remaining + ["customer-user-revalidated lena"], .everybody(["the server holds other data"]))
        },
        Case("given a server restored from a backup, when cycles run, then the mirror is what it has") { scene in
            try scene.server.save(as: "backup")
            try scene.modify(
                scene.person("nora") + scene.delete("lena") + scene.replace("emil", "mail", "lost@test.example")
                    + scene.replace("gert", "title", "former"))
            scene.noteRestart()
            try scene.cycle([
                "customer-user-added nora", "customer-user-invalidated lena", "customer-user-updated emil",
                "customer-user-invalidated gert",
            ])
            try scene.server.restore("backup")
            try scene.cycle(
                [
                    "customer-user-invalidated nora", "customer-user-revalidated lena", "customer-user-updated emil",
                    "customer-user-revalidated gert",
                ], .any)
        },
    ]

    private static let futureReasons = [
        "consumer state is newer", "change log ends before the last reading", "a time that is still to come",
        "change numbers have gone back", "dates its last change in the future",
    ]
}

extension Scene {
    /// Changes people, spoils what each mirror knows of its last reading, and expects of the next cycle all that has changed.
    fileprivate func afterChanges(
        _ way: Way, _ spoil: (Mirror) throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try modify(replace("gert", "title", "former"))
        try cycle(["customer-user-invalidated gert"], sourceLocation: sourceLocation)
        try modify(delete("lena") + replace("emil", "mail", "new@test.example") + person("nora"))
        for mirror in mirrors { try spoil(mirror) }
        try cycle(
            ["customer-user-invalidated lena", "customer-user-updated emil", "customer-user-added nora"], way,
            sourceLocation: sourceLocation)
    }
}

extension Product {
    /// A cookie, in hexadecimal digits, of a moment that the server has not come to.
    fileprivate func cookieOfTheFuture(_ cookie: String, _ strategy: String?) -> String {
        let later = { (time: String) in "20300101000000\(time)" }
        switch (self, strategy) {
        case (.openLDAP, "changed"): return "entryCSN=\(later(".000000Z#000000#000#000000"))".hexadecimal
        case (.openLDAP, _): return "rid=000,csn=\(later(".000000Z#000000#000#000000"))".hexadecimal
        case (.directoryServer389, "changed"): return "modifyTimestamp=\(later("Z"))".hexadecimal
        case (.sambaAD, "changed"): return "uSNChanged=99999999".hexadecimal
        case (.directoryServer389, _):
            // What stands behind the last # is the number of a change.
            let end = cookie.range(of: "#".hexadecimal, options: .backwards)?.upperBound ?? cookie.endIndex
            return cookie[..<end] + "99999999".hexadecimal
        case (.sambaAD, _):
            let space = cookie.range(of: " ".hexadecimal)?.lowerBound ?? cookie.startIndex
            return "99999999".hexadecimal + cookie[space...]
        }
    }
}

extension String {
    fileprivate var hexadecimal: String { utf8.map { String(format: "%02X", $0) }.joined() }
}
