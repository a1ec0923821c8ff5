import Foundation
import Support
import Testing

/// Where change records go: the file through rotation, and a syslog receiver.
@Suite struct OutletTests {
    private let slapd: Slapd

    init() throws { slapd = try Slapd(LDIF.people(20)) }

    private func settings(_ more: String = "") -> String {
        """
        $Self->{'Rollcall::Groups'} = ['vip'];
        $Self->{'Rollcall::Interval'} = 3600;
        \(more)
        \(Settings.backEnd(host: slapd.uri, more: "UserSyncInitialGroups => ['users'],"))
        """
    }

    private func syslog(_ port: Int, _ transport: String) -> String {
        "$Self->{'Rollcall::Syslog'} = { Host => '127.0.0.1', Port => \(port), Transport => '\(transport)' };"
    }

    private func grant(_ rollcall: Rollcall, _ number: Int) throws {
        let outcome = try rollcall(
            "grant", "--user", LDIF.login(number), "--group", "vip", "--permission", "rw", "--actor", "grace")
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test(arguments: ["tcp", "udp"])
    func `given a syslog receiver, when a daemon runs cycles and commands are given, then each record comes once`(
        _ transport: String
    ) throws {
        let receiver = try SyslogReceiver(transport == "tcp" ? .tcp : .udp)
        let rollcall = try Rollcall(settings(syslog(receiver.port, transport)))
        let daemon = try rollcall.start()
        try daemon.waitForErrors("cycle 1:")
        for number in 0..<5 { try grant(rollcall, number) }
        try slapd.modify(LDIF.replace(LDIF.login(3), "telephoneNumber", "9"))
        daemon.send(SIGUSR1)
        try daemon.waitForErrors("cycle 2:")
        let last = try #require(rollcall.query("SELECT value FROM counter WHERE name = 'sequence'").first?.first)
        let records = try #require(Int(last))
        // And the heads of two cycles.
        _ = try receiver.wait(for: records + 2)
        #expect(try daemon.stopDaemon().status == 0)
        let numbers = receiver.messages.filter { $0.messageID != "head" }.map { $0.elements.first?.values.first }
        #expect(numbers == (1...records).map(String.init))
        #expect(try rollcall("log", "verify", "--against-store").status == 0)
    }

    @Test func `given the receiver is down, when cycles run, then the file is not late, and the receiver gets all later`()
        throws
    {
        let port = try FreePort.take()
        let rollcall = try Rollcall(settings(syslog(port, "tcp")))
        let first = try rollcall.cycle()
        #expect(first.status == 0)
        #expect(first.errors.contains("change records wait in the store until they can be sent"), "\(first.errors)")
        #expect(try rollcall.log().count { $0.action == "customer-user-added" } == 20)
        #expect(try rollcall.query("SELECT sequence FROM delivery WHERE outlet LIKE 'syslog%'") == [["0"]])
        // The receiver is up: it gets all that it has missed, each record once.
        let receiver = try SyslogReceiver(.tcp, port: port)
        #expect(try rollcall.cycle().status == 0)
        let last = try #require(rollcall.wholeLog().last?.sequence)
        let records = try receiver.wait(for: last).filter { $0.messageID != "head" }
        #expect(records.map { $0.elements.first?.values.first } == (1...last).map(String.init))
        // Another receiver begins with what comes from then on.
        let other = try SyslogReceiver(.tcp)
        try rollcall.configure(settings(syslog(other.port, "tcp")))
        #expect(try rollcall.cycle().status == 0)
        let begun = try other.wait(for: 1).first?.elements.first?.values.first
        #expect(begun == "\(last + 1)")
        #expect(try rollcall.query("SELECT count(*) FROM delivery WHERE outlet LIKE 'syslog%'") == [["1"]])
    }

    @Test func `given a receiver that is down, when status is asked for, then it says what waits, and later that nothing does`()
        throws
    {
        let rollcall = try Rollcall(settings())
        #expect(try rollcall.cycle().status == 0)
        let before = try #require(rollcall.wholeLog().last?.sequence)
        #expect(try rollcall("status").output.contains("last change number \(before)\nchange log: all records\n\n"))
        let port = try FreePort.take()
        try rollcall.configure(settings(syslog(port, "tcp")))
        #expect(try rollcall.cycle().status == 0)
        let last = try #require(rollcall.wholeLog().last?.sequence)
        let name = "syslog tcp://127.0.0.1:\(port)"
        #expect(
            try rollcall("status").output.contains(
                "\nchange log: all records\n\(name): \(last - before) records wait (after record \(before))\n\n"))
        let outlets = #"{"delivered":\#(before),"name":"\#(name)","waiting":\#(last - before)}]"#
        #expect(
            try rollcall("status", "--json").output.contains(
                #""outlets":[{"delivered":\#(last),"name":"file","waiting":0},"# + outlets))
        let receiver = try SyslogReceiver(.tcp, port: port)
        #expect(try rollcall.cycle().status == 0)
        #expect(try rollcall("status").output.contains("\nchange log: all records\n\(name): all records\n\n"))
        #expect(receiver.messages.first?.elements.first?.values.first == "\(before + 1)")
    }

    @Test func `given a daemon between cycles, when a command is given, then the file has its record without a cycle`() throws {
        let rollcall = try Rollcall(settings())
        let daemon = try rollcall.start()
        try daemon.waitForErrors("cycle 1:")
        let tail = try Command("/usr/bin/tail", ["-n", "+1", "-F", rollcall.changeLog])
        try grant(rollcall, 7)
        try tail.waitForOutput("\"actor\":\"grace\"")
        #expect(try rollcall.query("SELECT count(*) FROM cycle") == [["1"]])
        tail.send(SIGTERM)
        _ = try tail.finish()
        #expect(try daemon.stopDaemon().status == 0)
    }

    @Test func `given a foreign file in the log's place, when a daemon runs cycles, then they go on and the log follows later`()
        throws
    {
        let rollcall = try Rollcall(settings())
        let daemon = try rollcall.start()
        try daemon.waitForErrors("cycle 1:")
        // Without a moment in which the name is free, and the daemon would take it.
        try FileManager.default.linkItem(atPath: rollcall.changeLog, toPath: rollcall.changeLog + ".1")
        try rollcall.folder.write("a letter\n", to: "changes.jsonl")
        try slapd.modify(LDIF.replace(LDIF.login(3), "telephoneNumber", "9"))
        daemon.send(SIGUSR1)
        try daemon.waitForErrors("cycle 2:")
        try daemon.waitForErrors("it holds something other than change records")
        let phones = try rollcall.query("SELECT phone FROM customer_user WHERE login = '\(LDIF.login(3))'")
        #expect(phones == [["9"]])
        #expect(try String(contentsOfFile: rollcall.changeLog, encoding: .utf8) == "a letter\n")
        try FileManager.default.removeItem(atPath: rollcall.changeLog)
        daemon.send(SIGUSR1)
        try daemon.waitForErrors("cycle 3:")
        #expect(try daemon.stopDaemon().status == 0)
        let verified = try rollcall("log", "verify", "--against-store")
        #expect(verified.status == 0 && verified.output.contains("in 2 files: complete"), "\(verified)")
    }

    /// The shipped file, with this test's paths and account.
    private func rotation(_ rollcall: Rollcall, pid: Int32) throws -> String {
        let shipped = try String(contentsOfFile: DemoTests.root + "/config/logrotate", encoding: .utf8)
        let signal = try #require(shipped.split(separator: "\n").first { $0.contains("systemctl kill") })
        let text =
            shipped.replacingOccurrences(of: "/var/log/rollcall/changes.jsonl", with: rollcall.changeLog)
            .replacingOccurrences(of: "    su rollcall rollcall\n", with: "")
            .replacingOccurrences(of: String(signal), with: "kill -HUP \(pid)")
        return try rollcall.folder.write(text, to: "rotate")
    }

    @Test func `given the shipped rotation, when logrotate forces it under a daemon, then no record is lost or twice`() throws {
        let rollcall = try Rollcall(settings())
        let daemon = try rollcall.start()
        try daemon.waitForErrors("cycle 1:")
        let file = try rotation(rollcall, pid: daemon.processID)
        for round in 1...3 {
            try grant(rollcall, round)
            let outcome = try run("/usr/sbin/logrotate", ["--force", "-s", rollcall.folder["state"], file])
            #expect(outcome.status == 0, "\(outcome.errors)")
            try daemon.waitForErrors("configuration read again", count: round)
            try daemon.waitForErrors("cycle \(round + 1):")
            // The name of a rotated file has the day; one a day is enough for everybody else.
            let rotated = try #require(
                FileManager.default.contentsOfDirectory(atPath: rollcall.folder.path)
                    .first { $0.hasPrefix("changes.jsonl-") && $0.count > 20 })
            try FileManager.default.moveItem(
                atPath: rollcall.folder[rotated], toPath: rollcall.folder["changes.jsonl-\(round)"])
            #expect(try rollcall.wholeLog().first?.action == "log-opened")
        }
        #expect(try daemon.stopDaemon().status == 0)
        let verified = try rollcall("log", "verify", "--against-store")
        #expect(verified.status == 0, "\(verified.errors)")
        #expect(verified.output.contains("in 4 files: complete"), "\(verified.output)")
    }
}
