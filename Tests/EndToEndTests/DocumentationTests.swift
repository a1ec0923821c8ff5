import Foundation
import Support
import Testing

/// docs/configuration.md keeps its word: each example in it is read, or refused, as it says.
@Suite struct DocumentationTests {
    private static let name = "ZZZ_CustomerBackend"
    private static let file = "ZZZ_CustomerBackend.pm"

    /// The statements behind a back end that is fine.
    private static func configuration(_ statements: String) throws -> Judged {
        let groups = "$Self->{'Rollcall::Groups'} = [ 'vip-support', 'it-support', 'news' ];\n"
        let backEnd = Settings.backEnd("CustomerUser1", host: "ldap://127.0.0.1", base: "ou=people,dc=acme,dc=example")
        let text = Judged.file(name, backEnd + "\n" + groups + statements + "\n")
        return try Judged([file: text, "ldap-password": "secret\n"])
    }

    private static func environment(_ judged: Judged) -> [String: String] {
        ["ACME_READER_PASSWORD": "secret", "CREDENTIALS_DIRECTORY": judged.kernel]
    }

    /// Rollcall says nothing, and reads what perl builds.
    private func expectFine(_ judged: Judged, _ place: String, file: String = Self.file) throws {
        let environment = Self.environment(judged)
        let checked = try judged.rollcall(["check"], files: [file], environment: environment)
        #expect(checked.errors == "", "\(place)")
        #expect(checked.status == 0, "\(place)")
        #expect(try judged.verdict([file], environment: environment) == "1 same", "\(place)")
    }

    @Test func `given a block of Perl, when read, then nothing is said and perl agrees`() throws {
        let blocks = try Document("docs/configuration.md").perl
        #expect(blocks.count >= 4)
        for block in blocks {
            let place = "line \(block.line)"
            if block.text.hasPrefix("package Kernel::Config;") {
                try expectFine(try Judged(["Config.pm": block.text]), place, file: "Config.pm")
            } else {
                try expectFine(try Self.configuration(block.text), place)
            }
        }
    }

    @Test func `given the example of a key, when it is set, then nothing is said and perl agrees`() throws {
        let rows = try Document("docs/configuration.md").rows.filter { $0.cells["example"] != nil && $0.cells["key"] != nil }
        #expect(rows.count > 50)
        for row in rows {
            guard let key = row.cells["key"]?.code.first, let example = row.cells["example"]?.code.first else {
                Issue.record("line \(row.line) has no key or no example")
                continue
            }
            // What is left out of an example stands elsewhere.
            if example.contains("…") { continue }
            let statement = "\(Self.surroundings(of: key, row))\(Self.place(of: key, row)) = \(example);"
            try expectFine(try Self.configuration(statement), "line \(row.line)")
        }
    }

    /// Where a key of a table belongs.
    private static func place(of key: String, _ row: Document.Row) -> String {
        switch (row.heading, row.table) {
        case ("Back ends", _): "$Self->{CustomerUser1}{\(key)}"
        case ("Params", 0): "$Self->{CustomerUser1}{Params}{\(key)}"
        case ("Params", 1): "$Self->{CustomerUser1}{Params}{Params}{\(key)}"
        case ("SASL", _): "$Self->{CustomerUser1}{SASL}{\(key)}"
        case ("Syslog", _): "$Self->{'Rollcall::Syslog'}{\(key)}"
        default: "$Self->{'\(key.replacingOccurrences(of: "<N>", with: "1"))'}"
        }
    }

    /// What a key makes no sense without.
    private static func surroundings(of key: String, _ row: Document.Row) -> String {
        switch (row.heading, key) {
        case ("SASL", _):
            """
            $Self->{CustomerUser1}{Params} = { Host => 'ldaps://dc1.acme.example', BaseDN => '', SSCOPE => 'sub' };
            $Self->{CustomerUser1}{SASL} = { mech => 'GSSAPI', keytab => '/k', principal => 'p@ACME.EXAMPLE' };

            """
        case ("Syslog", "Transport"): "$Self->{'Rollcall::Syslog'} = { Host => 'log.acme.example' };\n"
        case ("Syslog", _):
            "$Self->{'Rollcall::Syslog'} = { Host => 'log.acme.example', CertificateFile => '/etc/rollcall/client.pem' };\n"
        case (_, "clientkey"): "$Self->{CustomerUser1}{Params}{Params}{clientcert} = '/etc/rollcall/client.pem';\n"
        default: ""
        }
    }

    @Test func `given a value that comes from others, when read, then it is what the page says, as for perl`() throws {
        let rows = try Document("docs/configuration.md").rows.filter { $0.cells["value"] != nil }
        #expect(rows.count > 12)
        for row in rows {
            let example = try #require(row.cells["example"]?.code.first)
            let judged = try Self.configuration("$Self->{CustomerUser1}{Name} = \(example);")
            try expectFine(judged, "line \(row.line)")
            let explained = try judged.rollcall(
                ["config", "explain"], files: [Self.file], environment: Self.environment(judged))
            let title = explained.output.split(separator: "\n").first ?? ""
            #expect(title == "CustomerUser1 '\(row.cells["value"]?.code.first ?? "")'", "line \(row.line)")
        }
    }

    @Test func `given what is refused, when checked, then it is, and what to write instead is not`() throws {
        let rows = try Document("docs/configuration.md").rows.filter { $0.cells["such as"] != nil }
        #expect(rows.count > 15)
        for row in rows {
            let refused = try #require(row.cells["such as"]?.code.first)
            let judged = try Self.configuration(refused)
            let checked = try judged.rollcall(["check"], files: [Self.file], environment: Self.environment(judged))
            #expect(checked.status == 2, "line \(row.line)")
            #expect(checked.errors.contains(": error: "), "line \(row.line): \(checked.errors)")
            try expectFine(try Self.configuration(try #require(row.cells["write"]?.code.first)), "line \(row.line)")
        }
    }

    @Test func `given the filters of the page, when they are set, then they are filters`() throws {
        let text = try Document("docs/configuration.md").section("## Filters")
        let filters = text.code.filter { $0.hasPrefix("(") && $0.count > 2 }
        #expect(filters.count >= 5)
        for filter in filters {
            try expectFine(try Self.configuration("$Self->{CustomerUser1}{Params}{AlwaysFilter} = '\(filter)';"), filter)
        }
    }

    @Test func `given output in docs/operations.md, when the command runs on the configuration of README, then it is that`()
        throws
    {
        let fine = try #require(try Document("README.md").perl.first).text
        let flawed = fine.replacingOccurrences(of: "=> 'sub',", with: "=> 'subtree',")
            .replacingOccurrences(of: "CustomerKey => 'uid',", with: "CustomerKey => 'uid'")
            .replacingOccurrences(of: ", 'it-support' ];", with: " ];")
        let blocks = try Document("docs/operations.md").blocks("console")
        #expect(blocks.count == 3)
        for block in blocks {
            var lines = block.text.split(separator: "\n").map(String.init)
            let command = lines.removeFirst().split(separator: " ").dropFirst(2).map(String.init)
            let judged = try Judged([Self.file: command == ["check"] ? flawed : fine, "rollcall.ldap-password": "secret\n"])
            let outcome = try judged.rollcall(
                command, files: [Self.file], environment: ["CREDENTIALS_DIRECTORY": judged.kernel])
            let printed = (outcome.errors + outcome.output)
                .replacingOccurrences(of: "Kernel/ZZZ", with: "/etc/rollcall/ZZZ")
                .replacingOccurrences(of: "Kernel/rollcall", with: "/etc/credstore/rollcall").split(separator: "\n")
            for line in lines where line != "…" {
                #expect(printed.contains { $0 == line }, "line \(block.line): \(line)")
            }
        }
    }
}
