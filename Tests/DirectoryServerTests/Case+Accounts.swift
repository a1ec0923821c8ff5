import Foundation
import Support
import Testing

extension Case {
    /// Accounts that the directory has disabled, with `DisabledAccounts`.
    static let accounts = [
        Case("given accounts are disabled, when cycles run, then their people are invalid until they are enabled") { scene in
            let (attribute, disabled, enabled) = scene.dialect.disabling
            let mirrors = try scene.mirrorsByAccount()
            try scene.cycle(mirrors, invalid: [], isFirst: true)
            try scene.modify(scene.replace("anna", attribute, disabled) + scene.replace("carl", attribute, disabled))
            try scene.cycle(mirrors, invalid: ["anna", "carl"])
            try scene.modify(scene.replace("carl", attribute, enabled))
            try scene.cycle(mirrors, invalid: ["anna"])
            try scene.modify(scene.replace("anna", attribute, enabled))
            try scene.cycle(mirrors, invalid: [])
        }
    ]

    /// The same by the time at which they end.
    static let expiringAccounts = [
        Case("given accounts that expire, when their time has come, then their people are invalid without another change") {
            scene in
            let mirrors = try scene.mirrorsByAccount()
            try scene.cycle(mirrors, invalid: [], isFirst: true)
            let end = Date(timeIntervalSinceNow: 15)
            try scene.modify(
                scene.replace("anna", "accountExpires", interval(Date(timeIntervalSinceNow: -60)))
                    + scene.replace("bert", "accountExpires", interval(end)) + scene.replace("carl", "accountExpires", "0")
                    + scene.replace("dora", "accountExpires", "\(Int64.max)"))
            try scene.cycle(mirrors, invalid: ["anna"])
            #expect(Date() < end, "the cycles took too long")
            while Date() < end { for mirror in mirrors { #expect(try mirror.cycle().outcome.status == 0) } }
            try scene.cycle(mirrors, invalid: ["anna", "bert"])
            try scene.modify(scene.replace("anna", "accountExpires", "0") + scene.replace("bert", "accountExpires", "0"))
            try scene.cycle(mirrors, invalid: [])
        }
    ]

    /// A time in Active Directory's form.
    private static func interval(_ date: Date) -> String {
        "\(Int64((date.timeIntervalSince1970 + 11_644_473_600) * 1e7))"
    }
}

extension Scene {
    /// A mirror for each strategy that looks at accounts in place of `CustomerUserValidFilter`.
    fileprivate func mirrorsByAccount() throws -> [Mirror] {
        try product.strategies.map { strategy in
            let settings = settings(strategy, host: server.uri).replacingOccurrences(
                of: "CustomerUserValidFilter => '\(validFilter)'", with: "DisabledAccounts => 'invalid'")
            return Mirror(strategy: strategy, rollcall: try Rollcall(settings))
        }
    }

    /// Runs a cycle of each and expects these to be invalid, and only what has changed to be read.
    fileprivate func cycle(_ mirrors: [Mirror], invalid: [String], isFirst: Bool = false) throws {
        for mirror in mirrors {
            let cycle = try mirror.cycle()
            #expect(cycle.outcome.status == 0, "\(cycle.outcome.errors)")
            #expect(cycle.state.coverage == (isFirst || mirror.strategy == "full" ? "complete" : "delta"))
            let rows = try mirror.rollcall.query("SELECT login FROM customer_user WHERE valid_id <> 1 ORDER BY login")
            #expect(rows.map { $0[0] } == invalid.map(login), "\(mirror.strategy ?? "auto")")
        }
    }
}
