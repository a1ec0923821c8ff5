import Foundation
import Support
import Testing

/// A ticket system's folder `Kernel`, and several files: read in the ticket system's order, each message with its file.
@Suite struct KernelFolderTests {
    private static let backEnd = Judged.file(
        "ZZZ_CustomerBackend", Settings.backEnd("CustomerUser3", host: "ldaps://ldap3.acme.example"))
    private static let late = Judged.file(
        "ZZZ_Late",
        """
            $Self->{CustomerUser}->{Name} = 'Config.pm comes after this';
            $Self->{CustomerUser3}->{Name} = 'Late';
            $Self->{CustomerUser3}{Params}{Params}{timeout} = 7;
            push @{ $Self->{CustomerGroupAlwaysGroups} }, 'partners';
            $Self->{'Rollcall::Interval'} = 60;
        """)
    private static let files = [
        "Config.pm": HelpDesk.main, "Config/Files/ZZZAAuto.pm": HelpDesk.generated,
        "Config/Files/ZZZ_CustomerBackend.pm": backEnd, "Config/Files/ZZZ_Late.pm": late,
        "Config/Files/ZZZ_Late.pm.bak": "no Perl", "Config/Files/XML/Users.xml": "<otobo_config/>",
    ]
    private static let unread =
        "Kernel/Config.pm:77:19: warning: CustomerUser7 Module keeps its people in the ticket system's database. "
        + "Rollcall does not read this back end.\n"

    /// ASCII order: `A` comes before `_`.
    private static let order = [
        "Config.pm", "Config/Files/ZZZAAuto.pm", "Config/Files/ZZZ_CustomerBackend.pm", "Config/Files/ZZZ_Late.pm", "Config.pm",
    ]

    @Test func `given a folder Kernel, when dumped, then it is what perl builds from its files in their order`() throws {
        let kernel = try Judged(Self.files)
        #expect(try kernel.verdict(Self.order) == "1 same")
        let whole = try kernel.rollcall(["config", "dump"])
        #expect(whole.status == 0)
        #expect(whole.errors == Self.unread)
        #expect(whole.output == (try kernel.rollcall(["config", "dump"], files: Self.order)).output)
        #expect(whole.output == (try run(Rollcall.program, ["config", "dump", kernel.home])).output)
        #expect(whole.output != (try kernel.rollcall(["config", "dump"], files: Self.order.dropLast())).output)
    }

    @Test func `given settings made by the administration, when explained, then each has its file and line`() throws {
        let explained = try Judged(Self.files).rollcall(["config", "explain"])
        #expect(explained.status == 0)
        #expect(explained.errors == Self.unread)
        let lines = explained.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        for line in [
            "permissions ro, note, rw [Kernel/Config/Files/ZZZAAuto.pm:32:48]",
            "of every person users, portal, partners [Kernel/Config/Files/ZZZAAuto.pm:12:45]",
            "contexts Ticket::CustomerID::Same, Ticket::CustomerID::Other [Kernel/Config/Files/ZZZAAuto.pm:16:49]",
            "groups needed: without one a person sees nothing [Kernel/Config/Files/ZZZAAuto.pm:11:40]",
            "name Kunden (Zürich) [Kernel/Config.pm:41:19]", "name Late [Kernel/Config/Files/ZZZ_Late.pm:9:38]",
            "timeout 7 seconds for any wait [Kernel/Config/Files/ZZZ_Late.pm:10:55]",
            "interval 60 seconds from the start of one cycle to the next [Kernel/Config/Files/ZZZ_Late.pm:12:37]",
        ] { #expect(lines.contains(line), "\(line)\n\(explained.output)") }
    }

    @Test func `given mistakes in several files, when checked, then each is told once with its file`() throws {
        let kernel = try Judged(
            Self.files.merging([
                "Config.pm": HelpDesk.main.replacingOccurrences(of: "SSCOPE        => 'sub'", with: "SSCOPE        => 'all'"),
                "Config/Files/ZZZ_CustomerBackend.pm": Self.backEnd.replacingOccurrences(of: "'uid', Cust", with: "'uid' Cust"),
            ]) { _, new in new })
        let checked = try kernel.rollcall(["check"])
        #expect(checked.status == 2)
        #expect(
            checked.errors == """
                Kernel/Config.pm:46:30: error: CustomerUser Params.SSCOPE is 'all'. Expected 'one', 'sub' or 'base'.
                \(Self.unread)\
                Kernel/Config/Files/ZZZ_CustomerBackend.pm:15:25: error: CustomerUser3: a comma is missing after this value. \
                Write ',' between two elements of a list.

                """)
        #expect(checked.output == "Kernel: cannot be used: 2 errors, 1 warning.\n")
    }

    @Test func `given several files, when a cycle is planned and the status shown, then all of them count`() throws {
        let slapd = try Slapd(LDIF.people(2))
        let files = try Judged([
            "a.pm": Judged.file("a", Settings.backEnd(host: slapd.localURI)),
            "b.pm": Judged.file("b", "$Self->{CustomerUser}{Params}{AlwaysFilter} = '(uid=u00001)';"),
        ])
        let paths = ["--config", files["a.pm"], "--config", files["b.pm"]]
        let places = ["--store", files["store.sqlite"], "--change-log", files["changes.jsonl"]]
        let planned = try run(Rollcall.program, ["run", "--once", "--dry-run"] + paths + places)
        #expect(planned.status == 0, "\(planned.errors)")
        #expect(planned.output.contains("customer-user-added  u00001  "), "\(planned.output)")
        #expect(!planned.output.contains("u00000"))
        #expect(try run(Rollcall.program, ["run", "--once"] + paths + places).status == 0)
        try Data(Judged.file("b", "$Self->{'Rollcall::Store'} = '\(files["store.sqlite"])';").utf8)
            .write(to: URL(fileURLWithPath: files["b.pm"]))
        let status = try run(Rollcall.program, ["status"] + paths)
        #expect(status.status == 0, "\(status.errors)")
        #expect(status.output.contains("Test CustomerUser"), "\(status.output)")
    }

    @Test func `given a folder without a configuration, when checked, then this is said`() throws {
        let checked = try Judged(["Other/x.pm": "1;"]).rollcall(["check"])
        #expect(checked.status == 2)
        #expect(
            checked.errors == "Kernel: error: the configuration cannot be read: it is a folder with neither Config.pm nor "
                + "Config/Files in it. Correct the path, or let Rollcall's user read it.\n")
        #expect(checked.output == "Kernel: cannot be used: 1 error.\n")
    }

    @Test func `given a file that cannot be read among others, when checked, then it is told and nothing is used`() throws {
        let kernel = try Judged(Self.files)
        let link = kernel["Config/Files/ZZZ_Gone.pm"]
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "nowhere.pm")
        try FileManager.default.createDirectory(
            atPath: kernel["Config/Files/ZZZ_Folder.pm"], withIntermediateDirectories: true)
        let checked = try kernel.rollcall(["check"])
        #expect(checked.status == 2)
        let told = checked.errors.split(separator: "\n").map(String.init)
        #expect(told.count == 2, "\(checked.errors)")
        #expect(told.first?.hasPrefix("Kernel/Config/Files/ZZZ_Folder.pm: error: the configuration cannot be read: ") == true)
        #expect(
            told.last == "Kernel/Config/Files/ZZZ_Gone.pm: error: the configuration cannot be read: it does not exist, or its "
                + "folder is closed to Rollcall. Correct the path, or let Rollcall's user read it.")
    }
}
