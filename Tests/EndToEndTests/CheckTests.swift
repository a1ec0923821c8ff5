import Foundation
import Support
import Testing

/// `rollcall check` without a look at any server.
@Suite struct CheckTests {
    private static let fine = Settings.backEnd(host: "ldap://127.0.0.1:1")
    private static let doubtful = "$Self->{CustomerGroupAlwaysGroups} = ['nobody'];\n" + fine
    private static let broken = doubtful + "$Self->{'Rollcall::Interval'} = 'often';\n"

    @Test func `given a fine configuration, when checked, then one line says so, and one more what was passed over`() throws {
        let plain = try Checked(Self.fine)
        #expect(plain.status == 0)
        #expect(plain.errors == "")
        #expect(plain.output == "FILE: fine. Back ends: CustomerUser 'Test CustomerUser'.\n")
        let verbose = try Checked("$Self->{SystemID} = 10;\n" + Self.fine, "--verbose")
        #expect(verbose.status == 0)
        #expect(verbose.output.hasPrefix(plain.output))
        #expect(
            verbose.output.dropFirst(plain.output.count).hasSuffix("do not concern Rollcall and were passed over.\n"),
            "\(verbose.output)")
        #expect(verbose.output.split(separator: "\n").count == 2)
    }

    @Test func `given a warning, when checked, then it counts only if it should`() throws {
        let plain = try Checked(Self.doubtful)
        #expect(plain.status == 0)
        #expect(plain.errors.contains(": warning: "), "\(plain.errors)")
        #expect(plain.output == "FILE: fine, with 1 warning. Back ends: CustomerUser 'Test CustomerUser'.\n")
        let strict = try Checked(Self.doubtful, "--strict", "--connect")
        #expect(strict.status == 2)
        #expect(strict.errors == plain.errors)
        #expect(strict.output == "FILE: not accepted: 1 warning, and --strict counts them as errors.\n")
        #expect(try Checked(Self.fine, "--strict").status == 0)
    }

    @Test func `given a warning, when checked strictly as JSON, then it is usable and not accepted`() throws {
        let strict = try Checked(Self.doubtful, "--strict", "--json", "--verbose")
        #expect(strict.status == 2)
        #expect(strict.errors == "")
        let object = try strict.object()
        #expect(object["usable"] as? Bool == true)
        #expect((object["diagnostics"] as? [[String: Any]])?.map { $0["severity"] as? String } == ["warning"])
        #expect(object["passed_over"] as? String == "1 statement and 0 subs do not concern Rollcall and were passed over.")
        #expect(try Checked(Self.broken, "--strict").output == "FILE: cannot be used: 1 error, 1 warning.\n")
    }

    @Test func `given a whole ticket system, when checked with --verbose, then one more line counts what was passed over`()
        throws
    {
        let kernel = try Judged(["Config.pm": HelpDesk.main, "Config/Files/ZZZAAuto.pm": HelpDesk.generated])
        let checked = try kernel.rollcall(["check", "--verbose"])
        #expect(checked.status == 0)
        #expect(
            checked.output == """
                Kernel: fine, with 1 warning. Back ends: CustomerUser 'Kunden (Zürich)', CustomerUser2 'Partner – Büro'.
                26 statements and 1 sub do not concern Rollcall and were passed over.

                """)
    }

    @Test func `given an error, when checked, then the counts are told and no server is asked`() throws {
        let checked = try Checked(Self.broken, "--connect")
        #expect(checked.status == 2)
        #expect(checked.output == "FILE: cannot be used: 1 error, 1 warning.\n")
    }

    @Test func `given a broken configuration, when checked as JSON, then every problem is in it with its place`() throws {
        let checked = try Checked(Self.broken, "--json", "--connect")
        #expect(checked.status == 2)
        #expect(checked.errors == "")
        let object = try checked.object()
        #expect(object["files"] as? [String] == ["FILE"])
        #expect(object["usable"] as? Bool == false)
        #expect((object["back_ends"] as? [Any])?.isEmpty == true)
        #expect(object["passed_over"] == nil)
        let diagnostics = try #require(object["diagnostics"] as? [[String: Any]])
        #expect(diagnostics.map { $0["severity"] as? String } == ["warning", "error"])
        #expect(diagnostics.map { $0["file"] as? String } == ["FILE", "FILE"])
        let error = try #require(diagnostics.last)
        let text = try Checked(Self.broken).errors.split(separator: "\n").last
        #expect(
            text.map(String.init)
                == "FILE:\(error["line"] ?? ""):\(error["column"] ?? ""): error: \(error["message"] as? String ?? "")")
    }

    @Test func `given a fine configuration, when checked as JSON, then the back ends are in it and no probe is`() throws {
        let checked = try Checked(Self.fine, "--json", "--verbose")
        #expect(checked.status == 0)
        let object = try checked.object()
        #expect(object["usable"] as? Bool == true)
        #expect((object["passed_over"] as? String)?.isEmpty == false)
        let backEnd = try #require((object["back_ends"] as? [[String: Any]])?.first)
        #expect(backEnd["key"] as? String == "CustomerUser")
        #expect(backEnd["name"] as? String == "Test CustomerUser")
        #expect(backEnd["servers"] as? [String] == ["ldap://127.0.0.1:1"])
        #expect(backEnd["probes"] == nil)
        #expect(checked.output.split(separator: "\n").count == 1)
    }

    @Test func `given no file, when checked as JSON, then the file's problem has no place`() throws {
        let outcome = try run(Rollcall.program, ["check", "--json", "/nowhere/ZZZ.pm"])
        #expect(outcome.status == 2)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let problem = try #require((object["diagnostics"] as? [[String: Any]])?.first)
        #expect(problem["file"] as? String == "/nowhere/ZZZ.pm")
        #expect(problem["line"] == nil)
    }
}
