import Foundation
import Support
import Testing

/// What a cycle does to the mirror, the grants and the change log, with a real slapd.
@Suite struct MirrorTests {
    @Test func `given a directory, when a cycle runs, then its people are in the mirror and the change log`() throws {
        let slapd = try Slapd(LDIF.people(25))
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.localURI))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try rollcall.query("SELECT count(*) FROM customer_user WHERE valid_id = 1") == [["25"]])
        #expect(try rollcall.query("SELECT customer_id, name, valid_id FROM customer_company") == [["ACME", "ACME", "1"]])
        let log = try rollcall.wholeLog()
        #expect(log.map(\.sequence) == Array(1...log.count))
        #expect(log.count { $0.action == "customer-user-added" } == 25)
    }

    @Test func `given nothing changed, when a cycle runs, then nothing is recorded`() throws {
        let slapd = try Slapd(LDIF.people(30))
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.uri))
        #expect(try rollcall.cycle().status == 0)
        let before = try rollcall.log().count
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("nothing changed"))
        #expect(try rollcall.log().count == before)
    }

    @Test func `given a person has left, when cycles run, then they are invalid, and valid again on their return`() throws {
        let slapd = try Slapd(LDIF.people(10))
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.localURI))
        #expect(try rollcall.cycle().status == 0)
        try slapd.modify(LDIF.delete("u00003"))
        #expect(try rollcall.cycle().status == 0)
        #expect(try rollcall.query("SELECT valid_id FROM customer_user WHERE login = 'u00003'") == [["2"]])
        #expect(try rollcall.log().last?.description == "customer-user-invalidated u00003")
        #expect(try rollcall.query("SELECT count(*) FROM effective_permission WHERE login = 'u00003'") == [["0"]])
        try slapd.modify(LDIF.add(LDIF.person("u00003")))
        #expect(try rollcall.cycle().status == 0)
        #expect(try rollcall.log().last?.description == "customer-user-revalidated u00003")
        #expect(try rollcall.query("SELECT valid_id FROM customer_user WHERE login = 'u00003'") == [["1"]])
    }

    @Test func `given a login has changed, when a cycle runs, then the same row has the new login and its grants`() throws {
        let slapd = try Slapd(LDIF.people(6))
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.localURI, more: "UserSyncInitialGroups => ['users'],"))
        #expect(try rollcall.cycle().status == 0)
        try slapd.modify(LDIF.replace("u00002", "uid", "renamed"))
        #expect(try rollcall.cycle().status == 0)
        #expect(try rollcall.log().last?.description == "customer-user-renamed renamed")
        #expect(try rollcall.log().last?.changes["login"] == ["u00002", "renamed"])
        #expect(try rollcall.query("SELECT permission_key FROM group_customer_user WHERE user_id = 'renamed'") == [["rw"]])
        #expect(try rollcall.query("SELECT count(*) FROM customer_user") == [["6"]])
    }

    @Test func `given two people exchange their logins, when a cycle runs, then both are renamed and nobody is lost`() throws {
        let slapd = try Slapd(LDIF.people(8))
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.localURI))
        #expect(try rollcall.cycle().status == 0)
        try slapd.modify(LDIF.replace("u00002", "uid", "u00005") + LDIF.replace("u00005", "uid", "u00002"))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try rollcall.log().suffix(2).map(\.action) == ["customer-user-renamed", "customer-user-renamed"])
        #expect(
            try rollcall.query("SELECT login, email FROM customer_user WHERE login IN ('u00002', 'u00005') ORDER BY login")
                == [["u00002", "u00005@test.example"], ["u00005", "u00002@test.example"]])
        #expect(try rollcall.query("SELECT count(*) FROM customer_user WHERE valid_id = 1") == [["8"]])
        #expect(try rollcall.cycle().errors.contains("nothing changed"))
    }

    @Test func `given a chain of logins moves on, when a cycle runs, then all are renamed in one go`() throws {
        let slapd = try Slapd(LDIF.people(6))
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.localURI))
        #expect(try rollcall.cycle().status == 0)
        try slapd.modify(
            LDIF.replace("u00003", "uid", "fresh") + LDIF.replace("u00002", "uid", "u00003")
                + LDIF.replace("u00001", "uid", "u00002"))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            try rollcall.query("SELECT login, email FROM customer_user WHERE valid_id = 1 ORDER BY email") == [
                ["u00000", "u00000@test.example"], ["u00002", "u00001@test.example"], ["u00003", "u00002@test.example"],
                ["fresh", "u00003@test.example"], ["u00004", "u00004@test.example"], ["u00005", "u00005@test.example"],
            ])
    }

    @Test func `given an entry was made anew with the same login, when a cycle runs, then the person goes on`() throws {
        let slapd = try Slapd(LDIF.people(8))
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.localURI))
        #expect(try rollcall.cycle().status == 0)
        try slapd.modify(LDIF.delete("u00004") + LDIF.add(LDIF.person("u00004")))
        #expect(try rollcall.cycle().status == 0)
        let last = try #require(try rollcall.log().last)
        #expect(last.description == "customer-user-updated u00004")
        #expect(Array(last.changes.keys) == ["directory_id"])
        #expect(try rollcall.query("SELECT count(*) FROM customer_user WHERE valid_id = 1") == [["8"]])
    }

    @Test func `given two back ends claim one login, when cycles run, then the lower slot wins and the other is reported`()
        throws
    {
        let other = "ou=partners,\(Slapd.suffix)"
        let slapd = try Slapd(
            LDIF.people(3) + "dn: \(other)\nobjectClass: organizationalUnit\nou: partners\n\n"
                + LDIF.person("u00001", ["mail": "other@test.example"], below: other) + LDIF.person("solo", below: other))
        let both =
            Settings.backEnd("CustomerUser2", host: slapd.localURI, base: other)
            + Settings.backEnd("CustomerUser7", host: slapd.localURI)
        let rollcall = try Rollcall(both)
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0)
        #expect(
            outcome.errors.contains(
                "cn=u00001,\(Slapd.people): login 'u00001' belongs to another entry, of CustomerUser2. Not mirrored."))
        #expect(try rollcall.query("SELECT email FROM customer_user WHERE login = 'u00001'") == [["other@test.example"]])
        try slapd.modify("dn: cn=u00001,\(other)\nchangetype: delete\n\n")
        #expect(try rollcall.cycle().status == 0)
        #expect(
            try rollcall.query("SELECT email, valid_id FROM customer_user WHERE login = 'u00001'") == [
                ["u00001@test.example", "1"]
            ])
    }

    @Test func `given incomplete people, when a cycle runs, then they are reported or counted and the others go on`() throws {
        let slapd = try Slapd(
            LDIF.person("complete") + LDIF.person("nologin", ["uid": nil]) + LDIF.person("nomail", ["mail": nil])
                + LDIF.person("nocustomer", ["o": nil]) + LDIF.person("nophone", ["telephoneNumber": nil]))
        let rollcall = try Rollcall(
            Settings.backEnd(host: slapd.localURI, mapping: "[ 'UserMobile', 'Mobile', 'mobile', 1, 1, 'var', '', 1 ],"))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0)
        for (name, attribute) in [("nologin", "uid"), ("nomail", "mail"), ("nocustomer", "o")] {
            #expect(outcome.errors.contains("cn=\(name),\(Slapd.people): no value in '\(attribute)'"))
        }
        #expect(try rollcall.query("SELECT login FROM customer_user ORDER BY login") == [["complete"], ["nophone"]])
        let status = try rollcall("status", "--json").output
        #expect(status.contains("\"incomplete\":2"))
        #expect(status.contains("\"problems\":3"))
    }

    @Test func `given a filter of who is valid, when it stops matching, then the person is invalid for that reason`() throws {
        let slapd = try Slapd(LDIF.person("anna", ["title": "active"]) + LDIF.person("bert", ["title": "locked"]))
        let rollcall = try Rollcall(
            Settings.backEnd(host: slapd.localURI, more: "CustomerUserValidFilter => '(title=active)',"))
        #expect(try rollcall.cycle().status == 0)
        #expect(
            try rollcall.query("SELECT login, valid_id FROM customer_user ORDER BY login") == [["anna", "1"], ["bert", "2"]])
        try slapd.modify(LDIF.replace("anna", "title", "locked") + LDIF.replace("bert", "title", "active"))
        #expect(try rollcall.cycle().status == 0)
        #expect(
            try rollcall.query("SELECT login, valid_id FROM customer_user ORDER BY login") == [["anna", "2"], ["bert", "1"]])
        #expect(
            try rollcall.log().suffix(2).map(\.description) == [
                "customer-user-invalidated anna", "customer-user-revalidated bert",
            ])
    }

    @Test func `given values that no one expects, when a cycle runs, then they are stored and logged safely`() throws {
        let long = String(repeating: "x", count: 65_536)
        let strange: [(String, String, [UInt8])] = [
            ("newline", "description", Array("one\ntwo\r\n\u{2028}three".utf8)), ("nul", "description", [0x61, 0, 0x62]),
            ("control", "description", [0x1B, 0x5B, 0x33, 0x31, 0x6D]), ("invalid", "description", [0xFF, 0xFE, 0x41]),
            ("long", "description", Array(long.utf8)), ("bidi", "description", Array("a\u{202E}b".utf8)),
        ]
        let schemaless = strange.filter { $0.0 != "invalid" }
        let people = schemaless.map { name, attribute, value in
            LDIF.person(name).dropLast() + LDIF.line(attribute, value) + "\n"
        }
        let slapd = try Slapd(people.joined() + LDIF.person("loginnl", ["uid": "a\nb"]))
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.localURI))
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("the value of 'uid' has control characters"))
        let comments = try rollcall.query("SELECT login, length(comments) FROM customer_user ORDER BY login")
        #expect(comments == [["bidi", "3"], ["control", "5"], ["long", "65536"], ["newline", "15"], ["nul", "3"]])
        let log = try rollcall.wholeLog()
        #expect(log.map(\.sequence) == Array(1...log.count))
        #expect(log.first { $0.user == "newline" }?.changes["comments"] == [nil, "one\ntwo\r\n\u{2028}three"])
        #expect(!log.contains { $0.text.unicodeScalars.contains { $0.properties.generalCategory == .control } })
    }
}
