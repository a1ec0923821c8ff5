import Foundation
import Support
import Testing

/// `rollcall config dump` on whole configurations: perl itself builds the same.
@Suite struct ConfigDumpTests {
    private static let name = "ZZZ_CustomerBackend.pm"

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: DemoTests.root + "/" + path, encoding: .utf8)
    }

    private func expectSame(_ text: String, name: String = Self.name, environment: [String: String] = [:]) throws {
        let judged = try Judged([name: text])
        #expect(try judged.verdict([name], environment: environment) == "1 same")
        let dump = try judged.rollcall(["config", "dump"], files: [name], environment: environment)
        #expect(dump.status == 0)
        let object = try JSONSerialization.jsonObject(with: Data(dump.output.utf8)) as? [String: Any]
        #expect(object?.keys.contains { $0.hasPrefix("CustomerUser") } == true, "\(dump.output)")
    }

    @Test func `given the shipped sample, when dumped, then perl builds the same`() throws {
        try expectSame(try Self.text("config/" + Self.name))
    }

    @Test func `given the shipped sample with all that is commented out, when checked, then no error is told`() throws {
        let line = /(?m)^( *)# (\$Self|    (?:Name  |Host |CAFile |CertificateFile )=>|\};|\[ '|[A-Za-z]+ +=>)/
        let text = try Self.text("config/" + Self.name)
        let whole = text.replacing(line) { "\($0.1)\($0.2)" }
        #expect(text.matches(of: line).count > 20)
        let judged = try Judged([Self.name: whole, "rollcall.ldap-password": "secret"])
        let environment = ["CREDENTIALS_DIRECTORY": judged.kernel, "ACME_READER_PASSWORD": "secret"]
        let checked = try judged.rollcall(["check"], files: [Self.name], environment: environment)
        #expect(checked.status == 0)
        #expect(!checked.errors.contains(": error: "), "\(checked.errors)")
        #expect(try judged.verdict([Self.name], environment: environment) == "1 same")
    }

    @Test func `given the demonstration's configuration, when dumped, then perl builds the same`() throws {
        try expectSame(
            try Self.text("config/demo/" + Self.name), environment: ["ROLLCALL_DEMO_LDAP": "ldapi://%2Ftmp%2Fldapi"])
    }

    @Test func `given the configuration in README, when dumped, then perl builds the same`() throws {
        let block = try #require(try Document("README.md").perl.first)
        try expectSame(block.text, environment: ["CREDENTIALS_DIRECTORY": "/run/credentials"])
    }

    @Test func `given a whole Kernel/Config.pm, when dumped, then perl builds the same`() throws {
        try expectSame(HelpDesk.main, name: "Config.pm")
    }

    @Test func `given a judge, when Rollcall's word is wrong, then it is told`() throws {
        let judged = try Judged(["a.pm": Judged.file("a", Settings.backEnd(host: "h")), "b.pm": Judged.file("b", "")])
        #expect(try judged.verdict(["a.pm"]) == "1 same")
        #expect(try judged.verdict(["b.pm", "a.pm"]) == "1 same")
        let wrong = try Judged(["a.pm": Judged.file("a", "$Self->{'Rollcall::Groups'} = [ lc($0) ];")])
        #expect(try wrong.verdict(["a.pm"]) == "1 refused")
    }

    @Test func `given one value a line, when dumped, then it is the same JSON`() throws {
        let judged = try Judged(["Config.pm": HelpDesk.main])
        let plain = try judged.rollcall(["config", "dump"])
        let pretty = try judged.rollcall(["config", "dump", "--pretty"])
        #expect(plain.output.split(separator: "\n").count == 1)
        #expect(pretty.output.hasPrefix("{\n  \"CustomerGroupAlwaysGroups\": [\n    \"users\"\n  ],\n"))
        let objects = try [plain, pretty].map { try JSONSerialization.jsonObject(with: Data($0.output.utf8)) as? NSDictionary }
        #expect(objects[0] != nil && objects[0] == objects[1])
    }
}
