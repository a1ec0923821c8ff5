import Foundation
import Support
import Testing

/// Configurations, stores and change logs that cannot be used: a clear error, nothing touched, nothing lost.
@Suite struct BadInputTests {
    @Test func `given a malformed configuration, when anything runs, then every problem is told and nothing is touched`() throws
    {
        let rollcall = try Rollcall(
            Settings.backEnd(host: "ldap://127.0.0.1:1").replacingOccurrences(of: "SSCOPE => 'sub'", with: "SSCOPE => 'all'")
                + "$Self->{'Rollcall::Interval'} = 'often';\n")
        for outcome in [try rollcall.cycle(), try run(Rollcall.program, ["check", rollcall.configuration])] {
            #expect(outcome.status == 2)
            let errors = outcome.errors.split(separator: "\n").filter { $0.contains(" error: ") }
            #expect(errors.count == 2, "\(outcome.errors)")
            #expect(errors.allSatisfy { $0.hasPrefix(rollcall.configuration + ":") })
        }
        #expect(!FileManager.default.fileExists(atPath: rollcall.store))
        #expect(!FileManager.default.fileExists(atPath: rollcall.changeLog))
    }

    @Test func `given no configuration, when it is checked, then the file is named and the status is 2`() throws {
        let outcome = try run(Rollcall.program, ["check", "/nowhere/ZZZ.pm"])
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("/nowhere/ZZZ.pm: error: "), "\(outcome.errors)")
    }

    @Test func `given a wrong command line, when it is run, then the status is 2`() throws {
        #expect(try run(Rollcall.program, ["run", "--twice"]).status == 2)
        #expect(try run(Rollcall.program, ["log", "--last", "many"]).status == 2)
        let help = try run(Rollcall.program, ["--help"])
        #expect(help.status == 0)
        #expect(help.output.contains("removals are held"))
    }

    @Test func `given a change log that cannot be written, when a cycle runs, then it is told and the store unchanged`() throws
    {
        let slapd = try Slapd(LDIF.people(2))
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.localURI))
        let path = rollcall.folder["missing/changes.jsonl"]
        let outcome = try rollcall("run", "--once", "--change-log", path)
        #expect(outcome.status == 5)
        #expect(
            outcome.errors == "rollcall: error: change log \(path): No such file or directory. Create its folder, or name "
                + "another file with Rollcall::ChangeLog.\n")
        #expect(!FileManager.default.fileExists(atPath: rollcall.store))
    }

    @Test func `given a full disk under the change log, when it has room again, then no change is lost`() throws {
        let slapd = try Slapd(LDIF.people(50))
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.localURI))
        let full = try rollcall("run", "--once", "--change-log", "/dev/full")
        #expect(full.status == 5)
        #expect(full.errors.contains("change log /dev/full: No space left on device. Make room on the disk."), "\(full.errors)")
        #expect(try rollcall.cycle().status == 0)
        let log = try rollcall.wholeLog()
        #expect(log.count { $0.action == "customer-user-added" } == 50)
        #expect(log.map(\.sequence) == Array(1...log.count))
    }

    @Test func `given a full disk under the store, when it has room again, then the next cycle goes on from there`() throws {
        let slapd = try Slapd(LDIF.people(3000))
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.localURI))
        let small = rollcall.folder["small"]
        let script = """
            mkdir "$1" && mount -t tmpfs -o size=600k tmpfs "$1" || exit 99
            "$2" run --once --config "$3" --store "$1/store.sqlite"; echo "first $?"
            mount -o remount,size=64m "$1" || exit 99
            "$2" run --once --config "$3" --store "$1/store.sqlite"; echo "second $?"
            cp "$1/store.sqlite" "$4"; cp "$1/store.sqlite-wal" "$4-wal" 2>/dev/null; true
            """
        let outcome = try run(
            "/usr/bin/unshare",
            ["-rm", "/bin/sh", "-c", script, "sh", small, Rollcall.program, rollcall.configuration, rollcall.store])
        #expect(outcome.output.contains("first 5\n"), "\(outcome)")
        #expect(outcome.output.contains("second 0\n"), "\(outcome)")
        #expect(outcome.errors.contains("Make room on the disk. Nothing is lost: the next cycle goes on from here."))
        #expect(try rollcall.query("SELECT count(*) FROM customer_user WHERE valid_id = 1") == [["3000"]])
        let log = try rollcall.wholeLog()
        #expect(log.map(\.sequence) == Array(1...log.count))
        #expect(log.count { $0.action == "customer-user-added" } == 3000)
    }

    @Test func `given a store that another program has locked, when a cycle runs, then it is told and nothing is lost`() throws
    {
        let slapd = try Slapd(LDIF.people(5))
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.localURI))
        #expect(try rollcall.cycle().status == 0)
        let script = """
            printf 'BEGIN IMMEDIATE;\\n.shell "%s" run --once --config "%s" 2>"%s"; echo $? >"%s"\\nROLLBACK;\\n' \
                "$1" "$2" "$3.errors" "$3.status" | sqlite3 "$4"
            """
        try succeed(
            "/bin/sh",
            ["-c", script, "sh", Rollcall.program, rollcall.configuration, rollcall.folder["locked"], rollcall.store])
        let status = try String(contentsOfFile: rollcall.folder["locked.status"], encoding: .utf8)
        let errors = try String(contentsOfFile: rollcall.folder["locked.errors"], encoding: .utf8)
        #expect(status == "5\n")
        #expect(errors.contains("Another program holds a lock on it. End that program, or wait."), "\(errors)")
        #expect(try rollcall.cycle().status == 0)
    }

    @Test func `given a dry run, when it plans, then it prints the changes and makes none`() throws {
        let slapd = try Slapd(LDIF.people(4))
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.localURI))
        let first = try rollcall("run", "--dry-run")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.contains("customer-user-added  u00002  u00002@test.example, customer ACME (CustomerUser)"))
        #expect(first.output.hasSuffix("changes planned, none made.\n"))
        #expect(!FileManager.default.fileExists(atPath: rollcall.store))
        #expect(!FileManager.default.fileExists(atPath: rollcall.changeLog))
        #expect(try rollcall.cycle().status == 0)
        try slapd.modify(LDIF.replace("u00001", "mail", "new@test.example"))
        let records = try rollcall.log().count
        let second = try rollcall("run", "--dry-run")
        #expect(
            second.output == """
                customer-user-updated  u00001  email: u00001@test.example -> new@test.example (CustomerUser)
                Dry run: 1 changes planned, none made.

                """)
        #expect(try rollcall.log().count == records)
        #expect(try rollcall.query("SELECT email FROM customer_user WHERE login = 'u00001'") == [["u00001@test.example"]])
    }
}
