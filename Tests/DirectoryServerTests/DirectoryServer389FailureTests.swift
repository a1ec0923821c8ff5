import Foundation
import Support
import Testing

/// What is particular to 389 Directory Server: its limits, rights that are lost in the middle, and listening.
@Suite(.serialized, .running(.directoryServer389)) struct DirectoryServer389FailureTests {
    private static let crowd = (0..<300).map { "m\($0)" }

    private static func server() throws -> DirectoryServer389 {
        guard let server = try Running.server as? DirectoryServer389 else { throw TestFailure("no 389 Directory Server") }
        return server
    }

    /// A scene with three hundred people more, and mirrors that have seen them.
    private static func crowded(removalLimit: String = "100%") throws -> Scene {
        let scene = try Scene(server(), .directoryServer389, removalLimit: removalLimit)
        try scene.modify(crowd.map { scene.person($0, in: "support") }.joined())
        try scene.cycle()
        return scene
    }

    // MARK: Limits

    private static let sizeLimit = "the server stopped with Size limit exceeded (4). Raise the limit for the bind account."
    private static let lookThroughLimit =
        "the server stopped with Administrative limit exceeded (11). Raise the limit for the bind account."

    @Test(arguments: [
        (["nsSizeLimit"], sizeLimit, sizeLimit), (["nsSizeLimit", "nsPagedSizeLimit"], sizeLimit, sizeLimit),
        (["nsLookThroughLimit"], lookThroughLimit, lookThroughLimit),
        (["nsLookThroughLimit", "nsPagedLookThroughLimit"], lookThroughLimit, lookThroughLimit),
        (["nsPagedSizeLimit"], sizeLimit, nil), (["nsPagedLookThroughLimit"], lookThroughLimit, nil),
    ])
    func `given a limit on the bind account, when everybody is read, then the limit is told and nobody goes`(
        limits: [String], ofValid: String, ofPeople: String?
    ) throws {
        let scene = try Self.crowded()
        let full = try #require(scene.mirrors.first { $0.strategy == "full" })
        try scene.limit(limits, isLifted: false)
        let first = try full.cycle()
        #expect(first.outcome.errors.contains(": reading who is valid failed: \(ofValid)"), "\(first.outcome.errors)")
        let settings = scene.settings("full", host: scene.server.uri)
        try full.rollcall.configure(
            settings.replacingOccurrences(of: "CustomerUserValidFilter => '\(scene.validFilter)',", with: ""))
        let second = try full.cycle()
        #expect(second.outcome.status == (ofPeople == nil ? 0 : 1), "\(second.outcome.errors)")
        #expect(second.state.coverage == (ofPeople == nil ? "complete" : "partial"))
        if let ofPeople {
            #expect(second.outcome.errors.contains(": reading was cut short: \(ofPeople)"), "\(second.outcome.errors)")
        }
        #expect((first.records + second.records).isEmpty)
        try scene.limit(limits, isLifted: true)
        try full.rollcall.configure(settings)
        try scene.modify(scene.delete("lena"))
        try scene.cycle(["customer-user-invalidated lena"])
    }

    // MARK: Rights

    @Test(arguments: [nil, "full"])
    func `given rights that are lost in the middle of a reading, when it ends, then nobody goes`(strategy: String?) throws {
        let scene = try Self.crowded(removalLimit: "20%")
        let server = try Self.server()
        let mirror = try #require(scene.mirrors.first { $0.strategy == strategy })
        try scene.modify(Self.crowd.prefix(50).map { scene.replace($0, "mail", "new@test.example", in: "support") }.joined())
        let proxy = try FaultProxy(to: server.port, .none)
        try mirror.rollcall.configure(scene.settings(strategy, host: proxy.uri))
        #expect(try mirror.rollcall("run", "--dry-run").status == 0)
        let total = proxy.bytes
        for share in [0.3, 0.6, 0.8, 0.9, 0.95, 0.99] {
            proxy.spoil(.interlude(afterBytes: Int(Double(total) * share)) { try? scene.hideBase("add") })
            let records = try mirror.cycle().records
            let losses = records.filter { $0.hasPrefix("customer-user-invalidated") || $0.hasPrefix("grant-removed") }
            #expect(losses.isEmpty, "at \(share) of \(total) bytes")
            try? scene.hideBase("delete")
        }
        try mirror.rollcall.configure(scene.settings(strategy, host: server.uri))
        try scene.cycle(nil, .any)
        try scene.cycle([])
    }

    // MARK: Listening

    /// A daemon of its own that has read everybody and listens, with an interval that no test lasts.
    private static func listening(to scene: Scene) throws -> (Rollcall, Command) {
        let rollcall = try Rollcall(
            "$Self->{'Rollcall::Interval'} = 86400;\n$Self->{'Rollcall::Persist'} = 1;\n"
                + scene.settings(nil, host: scene.server.uri))
        let daemon = try rollcall.start("--log-level", "info")
        try daemon.waitForErrors("listening for changes back_end=CustomerUser server=\(scene.server.uri)")
        return (rollcall, daemon)
    }

    @Test func `given a long interval, when people change before and after a restart, then the change log has it at once`()
        throws
    {
        let scene = try Scene(Self.server(), .directoryServer389)
        let (rollcall, daemon) = try Self.listening(to: scene)
        try scene.modify(scene.person("nora"))
        try daemon.waitForChange("customer-user-added \(scene.login("nora"))")
        try scene.modify(scene.replace("carl", "telephoneNumber", "2"))
        try daemon.waitForChange("customer-user-updated \(scene.login("carl"))")
        try scene.modify(scene.delete("lena"))
        try daemon.waitForChange("customer-user-invalidated \(scene.login("lena"))")
        try scene.restart()
        try scene.modify(scene.replace("emil", "telephoneNumber", "2"))
        try daemon.waitForChange("customer-user-updated \(scene.login("emil"))")
        try daemon.waitForErrors("listening for changes back_end=CustomerUser", count: 2)
        try scene.modify(scene.delete("kai"))
        try daemon.waitForChange("customer-user-invalidated \(scene.login("kai"))")
        #expect(try daemon.stopDaemon().status == 0)
        #expect(
            try rollcall.log().suffix(5).map(\.action) == [
                "customer-user-added", "customer-user-updated", "customer-user-invalidated", "customer-user-updated",
                "customer-user-invalidated",
            ])
    }

    @Test func `given many changes in a row, when they have arrived, then each is there once, and cycles are few`() throws {
        let scene = try Scene(Self.server(), .directoryServer389)
        try scene.modify(Self.crowd.map { scene.person($0, in: "support") }.joined())
        let (rollcall, daemon) = try Self.listening(to: scene)
        let before = try rollcall.log().count
        try scene.modify(Self.crowd.map { scene.replace($0, "telephoneNumber", "2", in: "support") }.joined())
        try daemon.waitForErrors("change=\"customer-user-updated ", count: Self.crowd.count)
        #expect(try daemon.stopDaemon().status == 0)
        let records = try rollcall.log().dropFirst(before)
        #expect(records.map(\.description).sorted() == Self.crowd.map { "customer-user-updated \(scene.login($0))" }.sorted())
        let numbers = try rollcall.wholeLog().map(\.sequence)
        #expect(numbers == Array(1...numbers.count))
        #expect(try Int(rollcall.query("SELECT count(*) FROM cycle")[0][0]) ?? 0 < 50)
    }

    @Test func `given a server hangs, when the daemon listens to it and is told to stop, then it does within seconds`() throws {
        let server = try Self.server()
        let scene = try Scene(server, .directoryServer389)
        let (rollcall, daemon) = try Self.listening(to: scene)
        server.hang()
        defer { server.resume() }
        #expect(try daemon.stopDaemon(seconds: 10).status == 0)
        #expect(try rollcall("status").output.contains("Cycle 1: "))
    }
}

extension Scene {
    /// Sets limits of a hundred on the reader, or takes them away.
    fileprivate func limit(_ limits: [String], isLifted: Bool) throws {
        let steps = limits.map { isLifted ? "delete: \($0)\n-\n" : "add: \($0)\n\($0): 100\n-\n" }
        try modify("dn: \(server.reader.name)\nchangetype: modify\n" + steps.joined() + "\n")
    }

    /// Takes the base and what is below it out of the reader's sight, or gives it back.
    fileprivate func hideBase(_ step: String) throws {
        let denial =
            "(targetattr = \"*\")(version 3.0; acl \"hidden\"; deny (all) userdn = \"ldap:///\(server.reader.name)\";)"
        try modify("dn: \(base)\nchangetype: modify\n\(step): aci\naci: \(denial)\n-\n\n")
    }
}
