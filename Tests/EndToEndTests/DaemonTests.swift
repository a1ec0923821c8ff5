import Foundation
import Support
import Testing

/// The daemon: timer, signals, the notification protocol, the lock.
@Suite struct DaemonTests {
    private static func settings(_ slapd: Slapd, interval: Int, mail: String = "mail") -> String {
        "$Self->{'Rollcall::Interval'} = \(interval);\n"
            + Settings.backEnd(host: slapd.localURI).replacingOccurrences(of: "'mail'", with: "'\(mail)'")
    }

    @Test(arguments: [false, true])
    func `given a service manager, when the daemon lives, then it says each thing the protocol has`(isAbstract: Bool) throws {
        let slapd = try Slapd(LDIF.people(3))
        let rollcall = try Rollcall(Self.settings(slapd, interval: 3600))
        let manager = try NotifySocket(in: rollcall.folder, isAbstract: isAbstract)
        let daemon = try rollcall.start(environment: ["NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "300000"])
        try manager.wait(for: "READY=1")
        try manager.wait(for: "STATUS=cycle 1: 3 people read, 3 added")
        try manager.wait(for: "WATCHDOG=1", count: 3)
        daemon.send(SIGHUP)
        try manager.wait(for: "RELOADING=1\nMONOTONIC_USEC=")
        try manager.wait(for: "READY=1", count: 2)
        daemon.send(SIGTERM)
        try manager.wait(for: "STOPPING=1")
        #expect(try daemon.finish().status == 0)
    }

    @Test func `given a short interval, when the timer fires, then cycles follow each other and changes are mirrored`() throws {
        let slapd = try Slapd(LDIF.people(3))
        let rollcall = try Rollcall(Self.settings(slapd, interval: 1))
        let daemon = try rollcall.start()
        try daemon.waitForErrors("cycle 1: 3 people read, 3 added")
        try slapd.modify(LDIF.delete("u00001"))
        try daemon.waitForErrors("1 invalidated")
        try daemon.waitForErrors("nothing changed", count: 2)
        daemon.send(SIGINT)
        #expect(try daemon.finish().status == 0)
        #expect(daemon.errors.contains("notice: stopped"))
    }

    @Test func `given SIGUSR1, when nothing is due, then a cycle starts now`() throws {
        let slapd = try Slapd(LDIF.people(3))
        let rollcall = try Rollcall(Self.settings(slapd, interval: 3600))
        let daemon = try rollcall.start()
        try daemon.waitForErrors("cycle 1:")
        daemon.send(SIGUSR1)
        try daemon.waitForErrors("cycle 2: 3 people read, nothing changed")
        daemon.send(SIGTERM)
        #expect(try daemon.finish().status == 0)
    }

    @Test func `given SIGHUP, when the new configuration is bad the old one stays, and when it is good it counts`() throws {
        let slapd = try Slapd(LDIF.people(3))
        let rollcall = try Rollcall(Self.settings(slapd, interval: 3600))
        let daemon = try rollcall.start()
        try daemon.waitForErrors("cycle 1:")
        try rollcall.configure("$Self->{CustomerUser} = { Name => 'broken' ")
        daemon.send(SIGHUP)
        try daemon.waitForErrors("the new configuration is bad, the old one stays in force")
        daemon.send(SIGUSR1)
        try daemon.waitForErrors("cycle 2: 3 people read, nothing changed")
        try rollcall.configure("$Self->{'Rollcall::Groups'} = ['fresh'];\n" + Self.settings(slapd, interval: 3600))
        daemon.send(SIGHUP)
        try daemon.waitForErrors("configuration read again")
        daemon.send(SIGUSR1)
        try daemon.waitForErrors("cycle 3:")
        #expect(try rollcall.log().last?.description == "group-added fresh")
        daemon.send(SIGTERM)
        #expect(try daemon.finish().status == 0)
    }

    @Test func `given a cycle that waits for a hung server, when the daemon is told to stop, then it does within seconds`()
        throws
    {
        let slapd = try Slapd(LDIF.people(3))
        let rollcall = try Rollcall(Self.settings(slapd, interval: 3600))
        let manager = try NotifySocket(in: rollcall.folder, isAbstract: false)
        slapd.hang()
        let daemon = try rollcall.start(environment: ["NOTIFY_SOCKET": manager.name])
        try manager.wait(for: "STATUS=a cycle is running")
        daemon.send(SIGTERM)
        #expect(try daemon.finish(seconds: 10).status == 0)
        slapd.resume()
    }

    @Test func `given a running daemon, when another one wants its store, then it ends with 4 and a reader does not mind`()
        throws
    {
        let slapd = try Slapd(LDIF.people(3))
        let rollcall = try Rollcall(Self.settings(slapd, interval: 3600))
        let daemon = try rollcall.start()
        try daemon.waitForErrors("cycle 1:")
        let other = try rollcall.cycle()
        #expect(other.status == 4)
        #expect(
            other.errors == "rollcall: error: store \(rollcall.store): another Rollcall is using it. Stop the other one, or "
                + "give this one a store of its own with --store.\n")
        #expect(try rollcall("status").status == 0)
        #expect(try rollcall("run", "--dry-run").status == 0)
        daemon.send(SIGTERM)
        #expect(try daemon.finish().status == 0)
    }

    @Test func `given the journal reads standard error, when something is logged, then the line has its priority`() throws {
        let slapd = try Slapd(LDIF.people(1))
        let rollcall = try Rollcall(Self.settings(slapd, interval: 3600))
        let file = rollcall.folder["journal"]
        let script = """
            exec 2>"$1"; shift
            JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) exec "$@"
            """
        let outcome = try run(
            "/bin/sh", ["-c", script, "sh", file, Rollcall.program, "run", "--once", "--config", rollcall.configuration])
        #expect(outcome.status == 0)
        let lines = try String(contentsOfFile: file, encoding: .utf8)
        #expect(lines.hasPrefix("<5>cycle finished "))
    }
}
