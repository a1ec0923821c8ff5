import Foundation
import Support
import Testing

extension Case {
    /// Cookies of which 389 Directory Server makes nothing.
    static let unansweredCookies = [
        Case("given a cookie with a NUL byte, when a cycle runs, then everybody is read at once") { scene in
            let mirror = scene.mirrors[0]
            for position in [0, 10] {
                var cookie = Array(try mirror.cookie())
                cookie.replaceSubrange(2 * position..<2 * position + 2, with: "00")
                try mirror.setCookie(String(cookie))
                try scene.modify(scene.replace("emil", "mail", "new\(position)@test.example"))
                try scene.cycle(["customer-user-updated emil"], .any)
                #expect(try mirror.state().reason == "where the last reading ended cannot be read")
            }
        },
        Case("given a server that does not answer to a cookie, when cycles run, then one fails and the next reads everybody") {
            scene in
            let mirror = scene.mirrors[0]
            let proxy = try FaultProxy(to: try scene.port, .none)
            try mirror.rollcall.configure(scene.settings(nil, host: proxy.uri, options: "timeout => 3"))
            #expect(try mirror.cycle().state.coverage == "delta")
            let before = proxy.bytes
            #expect(try mirror.cycle().state.coverage == "delta")
            // The last answer of such a cycle is that to the cookie; the end of it is missing.
            proxy.spoil(.stall(afterBytes: proxy.bytes - before - 5))
            let bad = try mirror.cycle()
            #expect(bad.outcome.status == 1)
            #expect(
                bad.state.failure
                    == "\(proxy.uri): search below '\(scene.server.suffix)' failed: no answer within 3 s. Check that the server is "
                    + "alive, or give it longer with Params.Params.timeout. The server may not know what to do with the cookie, "
                    + "so the next reading is one of everybody.")
            proxy.spoil(.none)
            try scene.modify(scene.delete("lena") + scene.replace("emil", "mail", "new@test.example"))
            try scene.cycle(["customer-user-invalidated lena", "customer-user-updated emil"], .any)
            #expect(try mirror.state().reason == "the last reading left nothing to go on from")
            try scene.configure(host: scene.server.uri)
            try scene.cycle([], .any)
        },
    ]
}

extension Scene {
    /// Where the server is reached on 127.0.0.1.
    fileprivate var port: Int {
        get throws {
            guard let server = server as? DirectoryServer389 else { throw TestFailure("\(product) has no port") }
            return server.port
        }
    }
}
