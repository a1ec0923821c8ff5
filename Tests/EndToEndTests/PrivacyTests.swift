import Foundation
import Support
import Testing

/// A change log that does not tell values of people, and people who are forgotten.
@Suite struct PrivacyTests {
    private let slapd: Slapd
    private let rollcall: Rollcall

    init() throws {
        slapd = try Slapd(
            LDIF.person("anna", ["departmentNumber": "IT", "telephoneNumber": "+49 555 1"]) + LDIF.person("ben")
                + LDIF.person("cara", ["telephoneNumber": "+49 555 7"]), overlays: [.contentSync])
        rollcall = try Rollcall("")
        try tell("digest")
    }

    private func tell(_ values: String) throws {
        try rollcall.configure(
            """
            $Self->{'Rollcall::ChangeLogValues'} = '\(values)';
            $Self->{'Rollcall::Groups'} = ['it', 'vip'];
            $Self->{'Rollcall::RemovalLimit'} = '100%';
            \(Settings.backEnd(
                host: slapd.uri,
                more: "UserSyncAttributeGroupsDefinition => { departmentNumber => { IT => { it => { ro => 1 } } } },"))
            """)
    }

    private func cycle(_ ldif: String = "") throws {
        if !ldif.isEmpty { try slapd.modify(ldif) }
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    /// Everybody is there, has changed, been renamed, and been given something by command.
    private func work() throws {
        try cycle()
        try cycle(LDIF.replace("cara", "telephoneNumber", "+49 555 8"))
        try cycle("dn: \(LDIF.dn("cara"))\nchangetype: modify\nreplace: uid\nuid: cara.b\n-\n\n")
        for login in ["anna", "cara.b"] {
            let outcome = try rollcall(
                "grant", "--user", login, "--group", "vip", "--permission", "rw", "--actor", "grace")
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        try cycle()
    }

    /// Cara is no longer in the directory.
    private func leave() throws { try cycle(LDIF.delete("cara")) }

    private func jq(_ filter: String) throws -> [String] {
        try succeed("/usr/bin/jq", ["-r", filter, rollcall.changeLog]).split(separator: "\n").map(String.init)
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }

    private func verify() throws {
        let outcome = try rollcall("log", "verify", "--against-store")
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    /// What the change log has of people in plain text.
    private func plain() throws -> [String] {
        let log = try text(rollcall.changeLog)
        return ["anna", "ben", "cara", "@test", "+49", "ACME"].filter { needle in
            log.split(separator: "\n").contains { $0.contains(#""user":"#) && $0.contains(needle) }
        }
    }

    // MARK: Telling

    @Test func `given digests, when all goes on, then the file tells nobody's values, and the store knows who it was`() throws {
        try work()
        #expect(try plain().isEmpty)
        try verify()
        #expect(try rollcall("log", "--json").output == text(rollcall.changeLog))
        // One digest for one login.
        #expect(Set(try jq(#"select(.event.action == "grant-added") | .user.hash"#)).count == 2)
        let shown = try rollcall("log", "--user", "cara", "--user", "cara.b").output.split(separator: "\n").map {
            $0.components(separatedBy: "  ").dropFirst(2).prefix(2).joined(separator: " ")
        }
        #expect(
            shown == [
                "customer-user-added cara", "customer-user-updated cara", "customer-user-renamed cara.b", "grant-added cara.b",
            ])
        // Before the grant, and before the new login.
        let numbers = try jq(#"select(.event.action == "customer-user-renamed") | .event.sequence"#).compactMap { Int($0) }
        let renamed = try #require(numbers.first)
        #expect(try rollcall("explain", "cara.b", "vip", "rw").output.contains("grace"))
        let then = try rollcall("explain", "cara.b", "vip", "rw", "--at", "\(renamed)")
        #expect(then.output.contains("cara.b of customer ACME") && !then.output.contains("grace"), "\(then.output)")
        #expect(try rollcall("explain", "cara", "--at", "\(renamed - 1)").output.contains("cara"))
        let granted = try #require(try jq(#"select(.rollcall.actor == "grace") | .event.sequence"#).first)
        #expect(try rollcall("undo", granted, "--apply").output.contains("1 change undone"))
        try verify()
    }

    @Test func `given names, when all goes on, then the file tells who and which fields, and no value`() throws {
        try tell("names")
        try work()
        #expect(try plain() == ["anna", "ben", "cara", "ACME"])
        try verify()
        let changed = #"select(.event.action == "customer-user-updated") | .rollcall.changes | tojson"#
        #expect(try jq(changed) == [#"{"phone":{}}"#])
        // What is in the line already is not kept twice.
        #expect(try rollcall.query("SELECT count(*) FROM private_record") == [["4"]])
        let renamed = try #require(try jq(#"select(.event.action == "customer-user-renamed") | .event.sequence"#).first)
        #expect(try rollcall("explain", "cara", "--at", "\((Int(renamed) ?? 0) - 1)").output.contains("cara"))
    }

    @Test func `given a change of mode, when people change, then their next records are of the new one, in one chain`() throws {
        try tell("values")
        try cycle()
        try tell("digest")
        try cycle(LDIF.replace("anna", "telephoneNumber", "+49 555 2"))
        try tell("names")
        try cycle(LDIF.replace("anna", "telephoneNumber", "+49 555 3"))
        let kinds = try jq(#"select(.rollcall.changes.phone) | .rollcall.changes.phone | keys | tojson"#)
        #expect(kinds.suffix(2) == [#"["from_digest","to_digest"]"#, "[]"])
        try verify()
    }

    @Test func `given the salt of a field, when sha256sum is asked, then it proves the value that a digest stands for`() throws
    {
        try work()
        let outcome = try rollcall("log", "salts", "--user", "cara.b", "--field", "phone", "--field", "login")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let salts = outcome.output.split(separator: "\n").map { String($0.prefix(64)) }
        let prove = { (salt: String, value: String) in
            String(try succeed("/bin/sh", ["-c", #"printf '%s' "$1$2" | sha256sum"#, "sh", salt, value]).prefix(64))
        }
        let phones = try jq(
            #"select(.event.action == "customer-user-updated") | .rollcall.changes.phone | .from_digest, .to_digest"#)
        #expect(try phones == [prove(salts[0], "+49 555 7"), prove(salts[0], "+49 555 8")])
        let logins = try jq(
            #"select(.event.action == "customer-user-renamed") | .user.hash, .rollcall.changes.login.to_digest"#)
        #expect(try logins == Array(repeating: prove(salts[1], "cara.b"), count: 2))
        #expect(try rollcall("log", "salts", "--user", "nobody", "--field", "phone").status == 6)
        let document = try rollcall("log", "salts", "--user", "cara.b", "--field", "phone", "--json").output
        #expect(document.contains(#""salt":"\#(salts[0])""#))
    }

    @Test func `given digests, when a dry run is asked, then it says who it is about and what would change`() throws {
        try work()
        try slapd.modify(LDIF.replace("anna", "telephoneNumber", "+49 555 4"))
        let planned = try rollcall("run", "--dry-run").output
        #expect(planned.contains("customer-user-updated  anna  phone: +49 555 1 -> +49 555 4 (CustomerUser)"), "\(planned)")
    }

    @Test func `given no digest was made, when a salt is asked for, then that is said`() throws {
        try tell("values")
        try cycle()
        let outcome = try rollcall("log", "salts", "--user", "anna", "--field", "phone")
        #expect(outcome.status == 7)
        #expect(outcome.errors == "rollcall: error: the change log has no digest of 'anna' yet.\n")
    }

    // MARK: Forgetting

    @Test func `given somebody who has left, when they are erased, then neither store nor log has them, and the chain holds`()
        throws
    {
        try work()
        try leave()
        let id = try #require(try jq(#"select(.event.action == "customer-user-renamed") | .user.id"#).first)
        let before = try text(rollcall.changeLog)
        let plan = try rollcall("log", "erase", "--user", "cara.b")
        #expect(
            plan.output == """
                \(id) (CustomerUser): 1 grant, and what the store knows beside 5 records.
                To be erased. Nothing is changed without --apply, and nothing brings it back.

                """, "\(plan.errors)")
        #expect(try rollcall.query("SELECT count(*) FROM person WHERE login = 'cara.b'") == [["1"]])
        let done = try rollcall("log", "erase", "--user", "cara.b", "--actor", "grace", "--apply")
        #expect(done.status == 0, "\(done.errors)")
        #expect(done.output.hasSuffix("Erased (record \(before.split(separator: "\n").count + 1)).\n"))
        for path in [rollcall.store, rollcall.store + "-wal"] where FileManager.default.fileExists(atPath: path) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            for needle in ["cara", "+49 555 7", "+49 555 8"] {
                #expect(bytes.range(of: Data(needle.utf8)) == nil, "\(needle) in \(path)")
            }
        }
        try cycle()
        #expect(try text(rollcall.changeLog).hasPrefix(before))
        #expect(
            try jq(#"select(.event.action == "customer-user-erased") | [.user, .rollcall.erased, .rollcall.actor] | tojson"#)
                == [#"[{"id":"\#(id)"},{"grants":1,"records":5},"grace"]"#])
        try verify()
        try tryAfterwards(id)
    }

    /// Nothing finds her any more, and nothing breaks on what is left.
    private func tryAfterwards(_ id: String) throws {
        #expect(try rollcall("log", "erase", "--user", "cara.b", "--apply").status == 6)
        #expect(try rollcall("explain", "cara.b", "--at", "3").status == 2)
        #expect(try rollcall("explain", "anna", "--at", "20").status == 0)
        #expect(try rollcall("log", "--user", "cara.b").output == "")
        #expect(try rollcall("log", "--user", id).output.split(separator: "\n").count == 6)
        let granted = try jq(#"select(.event.action == "grant-added" and .user.id == "\#(id)") | .event.sequence"#)
        let undo = try rollcall("undo", try #require(granted.first))
        #expect(undo.status == 7)
        #expect(undo.output.contains("nobody of that name is in the store any more"))
    }

    @Test func `given the directory still has somebody, when they are to be erased, then it is refused and said why`() throws {
        try work()
        let valid = try rollcall("log", "erase", "--user", "anna", "--apply")
        #expect(valid.status == 6)
        #expect(valid.errors.contains("'anna' (CustomerUser) is valid, and only somebody who has left"))
        #expect(try rollcall("log", "erase", "--user", "nobody").status == 6)
        #expect(try rollcall.query("SELECT count(*) FROM person") == [["3"]])
    }

    @Test func `given lines that told values, when somebody is erased, then those lines are counted`() throws {
        try tell("values")
        try work()
        try leave()
        let outcome = try rollcall("log", "erase", "--user", "cara.b", "--apply")
        let told = try jq(#"select(.user.name | strings | startswith("cara")) | .event.sequence"#)
        let (first, last) = (try #require(told.first), try #require(told.last))
        #expect(
            outcome.output.contains(
                "\(told.count) lines of the change log, from record \(first) to \(last), name them in plain text and stay"),
            "\(outcome.output) \(outcome.errors)")
        #expect(try rollcall.query("SELECT count(*) FROM person WHERE login LIKE 'cara%'") == [["0"]])
        try verify()
    }

    @Test func `given a daemon, when somebody is erased, then the store has them no more, and the file says so at once`() throws
    {
        try work()
        try leave()
        let daemon = try rollcall.start()
        try daemon.waitForErrors("cycle finished")
        let done = try rollcall("log", "erase", "--user", "cara.b", "--apply", "--json")
        #expect(done.status == 0, "\(done.errors)")
        #expect(done.output.contains(#""is_settled":true"#), "\(done.output)")
        #expect(try daemon.stopDaemon().status == 0)
        try verify()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: rollcall.store))
        #expect(bytes.range(of: Data("cara".utf8)) == nil)
        // Somebody with the same name is somebody else.
        try cycle(LDIF.add(LDIF.person("cara")))
        #expect(Set(try jq(#"select(.event.action == "customer-user-added") | .user.id"#)).count == 4)
        try verify()
    }
}
