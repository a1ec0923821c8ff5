import Foundation
import Support
import Testing

/// A daemon whose change log cannot be written: cycles go on, it is told, and afterwards the log is whole.
@Suite struct LogFaultTests {
    private let slapd: Slapd
    private let rollcall: Rollcall
    private let path: String
    private var folder: String { rollcall.folder["logs"] }

    init() throws {
        slapd = try Slapd(LDIF.people(20))
        rollcall = try Rollcall("")
        path = rollcall.folder["logs/changes.jsonl"]
        try FileManager.default.createDirectory(atPath: rollcall.folder["logs"], withIntermediateDirectories: false)
        try rollcall.configure(
            """
            $Self->{'Rollcall::ChangeLog'} = '\(path)';
            $Self->{'Rollcall::Interval'} = 3600;
            \(Settings.backEnd(host: slapd.uri))
            """)
    }

    // MARK: The daemon and its mounts

    /// A daemon that has its first cycle behind it. Its mounts are its own, and end with it.
    ///
    /// - Parameter mount: what the shell does before; `$1` is the change log's folder.
    private func start(mount: String = "true") throws -> Command {
        let daemon = try Command(
            "/usr/bin/unshare",
            ["-rm", "/bin/sh", "-c", mount + #" && shift && exec "$@""#, "sh", folder]
                + [Rollcall.program, "run", "--config", rollcall.configuration])
        try daemon.waitForErrors("cycle 1:")
        return daemon
    }

    /// The command line of what sees the daemon's mounts.
    private func beside(_ daemon: Command, _ command: [String]) -> [String] {
        ["--target", "\(daemon.processID)", "--user", "--mount", "--preserve-credentials"] + command
    }

    /// What a shell script says that sees the daemon's mounts; `$1` is the change log's folder.
    @discardableResult
    private func run(_ script: String, beside daemon: Command) throws -> String {
        try succeed("/usr/bin/nsenter", beside(daemon, ["/bin/sh", "-c", script, "sh", folder]))
    }

    /// Waits until the change log has the end of a cycle.
    private func waitForRecord(ofCycle number: Int, _ daemon: Command) throws {
        let search = ["log", path, "--follow", "--cycle", "\(number)", "--action", "cycle-finished"]
        let follower = try Command("/usr/bin/nsenter", beside(daemon, [Rollcall.program] + search))
        try follower.waitForOutput("cycle-finished")
        follower.send(SIGTERM)
        _ = try follower.finish()
    }

    private func cycle(_ number: Int, _ daemon: Command, after ldif: String) throws {
        try slapd.modify(ldif)
        daemon.send(SIGUSR1)
        try daemon.waitForErrors("cycle \(number):")
    }

    private func change(_ person: Int, _ phone: String) -> String {
        LDIF.replace(LDIF.login(person), "telephoneNumber", phone)
    }

    private func phone(_ person: Int) throws -> String? {
        try rollcall.query("SELECT phone FROM customer_user WHERE login = '\(LDIF.login(person))'").first?.first
    }

    // MARK: What cannot be written

    @Test func `given the log's folder becomes read-only, when cycles run, then they go on, and the log is complete later`()
        throws
    {
        let daemon = try start()
        try run(#"mount --bind "$1" "$1" && mount -o remount,bind,ro "$1""#, beside: daemon)
        // From outside, where the folder can be written, as rotation by another service.
        try FileManager.default.moveItem(atPath: path, toPath: path + "-1")
        try cycle(2, daemon, after: change(3, "2"))
        try daemon.waitForErrors(
            "change log \(path): Read-only file system. Let the service user write the file and its folder.")
        #expect(try phone(3) == "2")
        try cycle(3, daemon, after: change(4, "3"))
        #expect(try phone(4) == "3")
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try rollcall("status").output.contains(/change log: \d+ records wait \(after record \d+\)/))
        try run(#"umount "$1""#, beside: daemon)
        try cycle(4, daemon, after: change(5, "4"))
        let outcome = try daemon.stopDaemon()
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("the change log cannot be written, records wait in the store"))
        #expect(!outcome.errors.contains("cycle failed"))
        #expect(try phone(5) == "4")
        let verified = try rollcall("log", "verify", "--against-store")
        #expect(verified.status == 0 && verified.output.contains("in 2 files: complete"), "\(verified)")
        #expect(try rollcall("status").output.contains("\nchange log: all records\n"))
    }

    @Test func `given the disk fills up in the middle of a record, when there is room again, then the log goes on unharmed`()
        throws
    {
        let roomBytes = 64 << 10
        let daemon = try start(
            mount: #"mount -t tmpfs -o size=1m tmpfs "$1" && head -c \#((1 << 20) - roomBytes) /dev/zero >"$1/others""#)
        let long = LDIF.replace(LDIF.login(7), "description", String(repeating: "x", count: 2 * roomBytes))
        try cycle(2, daemon, after: change(3, "2") + long + change(9, "2"))
        try daemon.waitForErrors(
            "change log \(path): No space left on device. Make room on the disk. Nothing is lost: the store has every record.")
        #expect(try phone(9) == "2")
        // What had been written of the record is gone again.
        let whole = try run(#"cat "$1"/changes.jsonl"#, beside: daemon)
        #expect(whole.hasSuffix("\"}}\n") && whole.utf8.count < roomBytes)
        try cycle(3, daemon, after: change(4, "3"))
        #expect(try phone(4) == "3")
        #expect(try rollcall("status").output.contains(/change log: \d+ records wait \(after record \d+\)/))
        try run(#"rm "$1/others""#, beside: daemon)
        try cycle(4, daemon, after: change(5, "4"))
        try waitForRecord(ofCycle: 4, daemon)
        let log = try run(#"cat "$1"/changes.jsonl"#, beside: daemon)
        #expect(log.hasPrefix(whole))
        // The last byte for which there was room belonged to the long value.
        #expect(Array(log.utf8)[roomBytes - 1] == UInt8(ascii: "x"))
        let verification = [Rollcall.program, "log", "verify", "--against-store", "--config", rollcall.configuration]
        let verified = try succeed("/usr/bin/nsenter", beside(daemon, verification))
        #expect(verified.contains("in 1 file: complete"), "\(verified)")
        #expect(try daemon.stopDaemon().status == 0)
    }
}
