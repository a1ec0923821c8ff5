import Foundation
import Support
import Testing

/// `rollcall check --connect` over servers that cannot be reached or read, and over several.
@Suite struct ProbeServerTests {
    /// - Parameter hosts: Perl's list of servers.
    private static func backEnd(hosts: [String], password: String = Slapd.password) -> String {
        Settings.backEnd(host: "HOST", password: password).replacingOccurrences(
            of: "'HOST'", with: "[ " + hosts.map { "'\($0)'" }.joined(separator: ", ") + " ]")
    }

    @Test func `given a wrong base, when probed, then the naming contexts and the server's answer are told`() throws {
        let slapd = try Slapd(LDIF.people(2))
        let checked = try Checked(
            Settings.backEnd(host: slapd.uri, base: "ou=people,dc=nowhere"), "--connect", naming: [slapd.uri: "SERVER"])
        #expect(checked.status == 1)
        #expect(
            checked.lines("not seen") == [
                "BaseDN ou=people,dc=nowhere: it is in none of the server's naming contexts (\(Slapd.suffix)). Correct BaseDN, "
                    + "or name the server that has it."
            ])
        #expect(
            checked.lines("failure") == [
                "SERVER: search below 'ou=people,dc=nowhere' failed: No such object (32). Check BaseDN of the back end, and "
                    + "that the bind account may read it."
            ])
        #expect(checked.lines("verdict") == ["a cycle cannot read this server"])
        #expect(checked.lines("naming contexts") == [Slapd.suffix])
    }

    @Test func `given a wrong password, when probed, then it is tried once and the next server is left alone`() throws {
        let slapd = try Slapd(LDIF.people(2))
        let second = try Slapd(LDIF.people(2))
        let checked = try Checked(
            Self.backEnd(hosts: [slapd.uri, second.uri], password: "wrong-pass"), "--connect",
            naming: [slapd.uri: "FIRST", second.uri: "SECOND"])
        #expect(checked.status == 1)
        #expect(
            checked.output.hasSuffix(
                """

                  FIRST
                    failure           FIRST: bind as '\(Slapd.reader)' failed: Invalid credentials (49). Check UserDN and \
                UserPw of the back end.
                    verdict           a cycle cannot read this server
                  SECOND
                    verdict           left alone: the bind was refused above, and another try could lock the account

                """), "\(checked.output)")
        #expect(!checked.output.contains("wrong-pass"))
        try slapd.waitForLog(" closed")
        #expect(slapd.log.components(separatedBy: " BIND dn=").count == 2)
        #expect(!second.log.contains(" BIND dn="))
    }

    @Test func `given a server that is down beside one that is up, when probed, then both are told`() throws {
        let slapd = try Slapd(LDIF.people(2))
        let nobody = "ldap://127.0.0.1:\(try FreePort.take())"
        let checked = try Checked(
            Self.backEnd(hosts: [nobody, slapd.uri]), "--connect", naming: [slapd.uri: "UP", nobody: "DOWN"])
        #expect(checked.status == 1)
        #expect(
            checked.lines("failure") == [
                "DOWN: connecting failed: Connection refused. Check Host and port of the back end, and that the server runs "
                    + "and can be reached from here."
            ])
        #expect(checked.lines("people") == ["2 entries match, all were read"])
        #expect(checked.lines("verdict") == ["a cycle cannot read this server", "a cycle can read this server"])
    }

    @Test func `given several back ends, when probed, then each has its block and nothing is made`() throws {
        let slapd = try Slapd(LDIF.people(1))
        let rollcall = try Rollcall(
            Settings.backEnd(host: slapd.uri) + Settings.backEnd("CustomerUser2", host: slapd.localURI))
        let outcome = try run(Rollcall.program, ["check", rollcall.configuration, "--connect"])
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(outcome.output.contains("\nCustomerUser 'Test CustomerUser'\n  \(slapd.uri)\n"))
        #expect(outcome.output.contains("\nCustomerUser2 'Test CustomerUser2'\n  \(slapd.localURI)\n"))
        #expect(!FileManager.default.fileExists(atPath: rollcall.store))
        #expect(!FileManager.default.fileExists(atPath: rollcall.changeLog))
    }

    @Test func `given a server that hangs, when probed, then it is given up in time`() throws {
        let slapd = try Slapd(LDIF.people(2))
        let backEnd = Settings.backEnd(host: slapd.uri, parameters: "Params => { timeout => 1 },")
        #expect(try Checked(backEnd, "--connect").status == 0)
        slapd.hang()
        let checked = try Checked(backEnd, "--connect")
        slapd.resume()
        #expect(checked.status == 1)
        #expect(checked.lines("failure").first?.contains("no answer within 1 s") == true, "\(checked.output)")
    }
}
