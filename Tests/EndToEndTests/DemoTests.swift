import Foundation
import Support
import Testing

/// The demonstration of the README and the scripts that go with it, as a user runs them.
@Suite struct DemoTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    private static func script(_ name: String, _ arguments: String...) throws -> Outcome {
        try run(root + "/script/" + name, arguments, environment: ["ROLLCALL_BIN": Rollcall.program])
    }

    @Test func `given the demonstration, when it runs twice, then each time exactly the five changes show`() throws {
        for _ in 0..<2 {
            let outcome = try Self.script("demo")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let marker = "Exactly these changes: rollcall log --cycle 2"
            let changes = outcome.output.components(separatedBy: marker).last?.split(separator: "\n").prefix(8) ?? []
            let actions = changes.compactMap { line in line.split(separator: " ").dropFirst(2).first.map(String.init) }
                .filter { !$0.hasPrefix("cycle-") }
            #expect(
                actions.prefix(5).sorted() == [
                    "customer-user-added", "customer-user-invalidated", "customer-user-renamed", "customer-user-updated",
                    "grant-added",
                ], "\(outcome.output.suffix(3000))")
        }
    }

    @Test func `given the demonstration's directory, when cycles run, then all six views have the expected rows`() throws {
        let slapd = try DemoDirectory()
        let rollcall = try slapd.rollcall()
        let first = try slapd.cycle(rollcall)
        #expect(first.status == 0, "\(first.errors)")
        #expect(
            try rollcall.query("SELECT valid_id, count(*), count(DISTINCT customer_id) FROM customer_user GROUP BY valid_id")
                == [["1", "58", "5"]])
        #expect(
            try rollcall.query(
                "SELECT login, email, customer_id, first_name, last_name FROM customer_user WHERE login = 'kim.minjun'")
                == [["kim.minjun", "kim.minjun@silverpine.example", "Silverpine Foundry", "민준", "김"]])
        #expect(
            try rollcall.query("SELECT customer_id, valid_id FROM customer_company ORDER BY customer_id") == [
                ["Akari Lantern Works", "1"], ["Bjørnevåg Turbiner", "1"], ["Quillfeather Instruments", "1"],
                ["Silverpine Foundry", "1"], ["Thálassa Cartography", "1"],
            ])
        #expect(
            try rollcall.query("SELECT name, valid_id FROM groups_table ORDER BY name").map { $0[0] } == [
                "audit", "field-service", "it-support", "partner-portal", "users", "vip-support",
            ])
        #expect(
            try rollcall.query(
                """
                SELECT name, permission_key, count(*) FROM group_customer_user JOIN groups_table ON id = group_id
                WHERE permission_value = 1 GROUP BY name, permission_key ORDER BY name, permission_key
                """) == [
                    ["audit", "ro", "6"], ["field-service", "create", "7"], ["field-service", "ro", "7"],
                    ["it-support", "create", "6"], ["it-support", "ro", "6"], ["partner-portal", "rw", "23"],
                    ["vip-support", "rw", "3"],
                ])
        #expect(try rollcall.query("SELECT count(*) FROM group_customer") == [["0"]])
        #expect(
            try rollcall.query(
                "SELECT group_name, permission_key, via FROM effective_permission WHERE login = 'n.shalev' ORDER BY 1, 2, 3")
                == [
                    ["it-support", "create", "user:rule"], ["it-support", "ro", "user:rule"], ["users", "create", "always"],
                    ["users", "ro", "always"], ["users", "rw", "always"],
                ])
        try slapd.change()
        #expect(try slapd.cycle(rollcall).status == 0)
        #expect(
            Set(try rollcall.log().suffix(5).map(\.description)) == [
                "customer-user-added w.achterberg", "customer-user-invalidated k.makinen", "customer-user-updated chen.zhiwei",
                "customer-user-renamed q.tran", "grant-added c.lefevre vip-support",
            ])
        #expect(
            try rollcall.query(
                "SELECT max(sequence) - (SELECT max(sequence) FROM change_record WHERE cycle = 1) FROM change_record") == [
                    // And the beginning and the end of the cycle.
                    ["7"]
                ])
        #expect(
            try rollcall.query("SELECT valid_id, count(*) FROM customer_user GROUP BY valid_id") == [["1", "58"], ["2", "1"]])
    }

    @Test func `given the unit, when systemd looks at it, then it accepts it and rates its exposure at most 2`() throws {
        let folder = try TestFolder()
        let installed = try run(
            Self.root + "/script/install", ["--destdir", folder.path], environment: ["ROLLCALL_BIN": Rollcall.program])
        #expect(installed.status == 0, "\(installed.errors)")
        for path in [
            "usr/bin/rollcall", "etc/rollcall/ZZZ_CustomerBackend.pm", "etc/logrotate.d/rollcall",
            "usr/share/doc/rollcall/docs/operations.md",
        ] { #expect(FileManager.default.fileExists(atPath: folder[path]), "\(path)") }
        let unit = folder["usr/lib/systemd/system/rollcall.service"]
        let text = try String(contentsOfFile: unit, encoding: .utf8)
        try text.replacingOccurrences(of: "/usr/bin/rollcall", with: folder["usr/bin/rollcall"])
            .write(toFile: unit, atomically: true, encoding: .utf8)
        let verified = try run("/usr/bin/systemd-analyze", ["verify", "--man=no", unit])
        #expect(verified.status == 0)
        #expect(!verified.errors.contains("rollcall"), "\(verified.errors)")
        let security = try run("/usr/bin/systemd-analyze", ["security", "--offline=true", "--threshold=20", unit])
        #expect(security.status == 0, "\(security.output.suffix(300))")
        let checked = try run(Rollcall.program, ["check", folder["etc/rollcall/ZZZ_CustomerBackend.pm"]])
        #expect(checked.status == 0, "\(checked.errors)")
    }

    @Test func `given the rotation snippet, when logrotate reads it, then it finds no error`() throws {
        let folder = try TestFolder()
        let snippet = try String(contentsOfFile: Self.root + "/config/logrotate", encoding: .utf8)
        // The service's account exists only where Rollcall is installed.
        let file = try folder.write(
            snippet.replacingOccurrences(of: "rollcall rollcall", with: "root root"), to: "rotate")
        let outcome = try run("/usr/sbin/logrotate", ["-d", "-s", folder["state"], file])
        #expect(outcome.status == 0)
        #expect(!outcome.errors.contains("error:"), "\(outcome.errors)")
    }

    @Test func `given the README's configuration, when it is checked, then it is fine`() throws {
        let folder = try TestFolder()
        let readme = try String(contentsOfFile: Self.root + "/README.md", encoding: .utf8)
        let block = readme.components(separatedBy: "```perl\n").dropFirst().first?.components(separatedBy: "\n```").first
        let file = try folder.write(try #require(block), to: "ZZZ_CustomerBackend.pm")
        try folder.write("secret\n", to: "rollcall.ldap-password")
        let outcome = try run(Rollcall.program, ["check", file], environment: ["CREDENTIALS_DIRECTORY": folder.path])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
        // Looking at a store needs no credential.
        let status = try run(Rollcall.program, ["status", "--config", file])
        #expect(status.status == 5)
        #expect(status.errors.contains("store /var/lib/rollcall/rollcall.sqlite: there is no such file"), "\(status.errors)")
    }
}

/// The directory of `config/demo` on a slapd of the test's own.
private final class DemoDirectory {
    private static let folder = DemoTests.root + "/config/demo/"
    private let work: TestFolder
    private let process: Command
    private var uri: String { "ldapi://" + work["ldapi"].replacingOccurrences(of: "/", with: "%2F") }

    init() throws {
        work = try TestFolder()
        try FileManager.default.createDirectory(atPath: work["db"], withIntermediateDirectories: true)
        let template = try String(contentsOfFile: Self.folder + "slapd.conf.in", encoding: .utf8)
        let configuration = try work.write(
            template.replacingOccurrences(of: "@FOLDER@", with: work.path), to: "slapd.conf")
        try succeed("/usr/sbin/slapadd", ["-q", "-f", configuration, "-l", Self.folder + "directory.ldif"])
        let uri = "ldapi://" + work["ldapi"].replacingOccurrences(of: "/", with: "%2F")
        process = try Command("/usr/sbin/slapd", ["-d", "stats", "-f", configuration, "-h", uri])
        try process.waitForErrors("slapd starting", seconds: 30)
    }

    deinit {
        process.send(SIGKILL)
        _ = try? process.finish(seconds: 20)
    }

    /// A Rollcall with the demonstration's configuration.
    func rollcall() throws -> Rollcall {
        let rollcall = try Rollcall("")
        try FileManager.default.removeItem(atPath: rollcall.configuration)
        try FileManager.default.copyItem(atPath: Self.folder + "ZZZ_CustomerBackend.pm", toPath: rollcall.configuration)
        return rollcall
    }

    func cycle(_ rollcall: Rollcall) throws -> Outcome {
        try rollcall(
            "run", "--once", "--store", rollcall.store, "--change-log", rollcall.changeLog,
            environment: ["ROLLCALL_DEMO_LDAP": uri])
    }

    func change() throws {
        try succeed(
            "/usr/bin/ldapmodify",
            [
                "-x", "-H", uri, "-D", "cn=admin,dc=harbour,dc=example", "-w", "demo-admin", "-f",
                Self.folder + "changes.ldif",
            ])
    }
}
