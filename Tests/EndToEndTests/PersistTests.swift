import Foundation
import Support
import Testing

/// `Rollcall::Persist`: changes arrive at once, whatever the server does in between.
@Suite struct PersistTests {
    /// A daemon that has read everybody and listens, with an interval that no test lasts.
    private static func listening(to slapd: Slapd, parameters: String = "") throws -> (Rollcall, Command) {
        let rollcall = try Rollcall(
            "$Self->{'Rollcall::Interval'} = 86400;\n$Self->{'Rollcall::Persist'} = 1;\n"
                + Settings.backEnd(host: slapd.uri, parameters: parameters))
        let daemon = try rollcall.start("--log-level", "info")
        try daemon.waitForErrors("listening for changes back_end=CustomerUser server=\(slapd.uri)")
        return (rollcall, daemon)
    }

    @Test func `given a long interval, when people come, change and go, then the change log has it at once`() throws {
        let slapd = try Slapd(LDIF.people(3), overlays: [.contentSync])
        let (rollcall, daemon) = try Self.listening(to: slapd)
        try slapd.modify(LDIF.add(LDIF.person("nora")))
        try daemon.waitForChange("customer-user-added nora")
        try slapd.modify(LDIF.replace("u00001", "telephoneNumber", "2"))
        try daemon.waitForChange("customer-user-updated u00001")
        try slapd.modify(LDIF.delete("u00002"))
        try daemon.waitForChange("customer-user-invalidated u00002")
        #expect(try daemon.stopDaemon().status == 0)
        #expect(
            try rollcall.log().suffix(3).map(\.description) == [
                "customer-user-added nora", "customer-user-updated u00001", "customer-user-invalidated u00002",
            ])
    }

    @Test func `given a server is restarted, when people change after it and while it is listened to again, then both arrive`()
        throws
    {
        let slapd = try Slapd(LDIF.people(3), overlays: [.contentSync])
        let (rollcall, daemon) = try Self.listening(to: slapd)
        try slapd.restart()
        try slapd.modify(LDIF.replace("u00001", "telephoneNumber", "2"))
        try daemon.waitForChange("customer-user-updated u00001")
        try daemon.waitForErrors("listening for changes back_end=CustomerUser", count: 2)
        try slapd.modify(LDIF.delete("u00002"))
        try daemon.waitForChange("customer-user-invalidated u00002")
        #expect(try daemon.stopDaemon().status == 0)
        #expect(try rollcall("status").output.contains("last success"))
    }

    @Test func `given five hundred changes in a row, when they have arrived, then each is there once, and cycles are few`()
        throws
    {
        let slapd = try Slapd(LDIF.people(500), overlays: [.contentSync])
        let (rollcall, daemon) = try Self.listening(to: slapd)
        let before = try rollcall.log().count
        try slapd.modify((0..<500).map { LDIF.replace(LDIF.login($0), "telephoneNumber", "2") }.joined())
        try daemon.waitForErrors("change=\"customer-user-updated ", count: 500)
        #expect(try daemon.stopDaemon().status == 0)
        let records = try rollcall.log().dropFirst(before)
        #expect(records.map(\.description).sorted() == (0..<500).map { "customer-user-updated \(LDIF.login($0))" })
        let whole = try rollcall.wholeLog()
        #expect(whole.map(\.sequence) == Array(1...whole.count))
        let cycles = try Int(rollcall.query("SELECT count(*) FROM cycle")[0][0]) ?? 0
        #expect(cycles < 50)
    }

    @Test func `given a server hangs, when the daemon listens to it and is told to stop, then it does within seconds`() throws {
        let slapd = try Slapd(LDIF.people(3), overlays: [.contentSync])
        let (rollcall, daemon) = try Self.listening(to: slapd)
        slapd.hang()
        #expect(try daemon.stopDaemon(seconds: 10).status == 0)
        slapd.resume()
        #expect(try rollcall("status").output.contains("Cycle 1: "))
    }

    @Test
    func `given the password is changed, when the server is restarted, then it is tried once more by cycles and bell together`()
        throws
    {
        let slapd = try Slapd(LDIF.people(3), overlays: [.contentSync])
        let (rollcall, daemon) = try Self.listening(to: slapd)
        try slapd.modify("dn: \(Slapd.reader)\nchangetype: modify\nreplace: userPassword\nuserPassword: another\n-\n\n")
        try slapd.restart()
        try daemon.waitForErrors("Invalid credentials (49)")
        for number in 2...5 {
            daemon.send(SIGUSR1)
            try daemon.waitForErrors("1 back end not read", count: number - 1)
        }
        #expect(slapd.log.components(separatedBy: "err=49").count == 2, "\(slapd.log)")
        #expect(try rollcall("status").output.contains("  failure       \(slapd.uri): bind as '\(Slapd.reader)' failed: "))
        #expect(try daemon.stopDaemon().status == 0)
    }
}
