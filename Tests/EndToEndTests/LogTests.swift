import Foundation
import Support
import Testing

/// What an auditor does with the change log: asks it, follows it, and verifies that nobody has altered it.
@Suite struct LogTests {
    private let slapd: Slapd
    private let rollcall: Rollcall

    init() throws {
        slapd = try Slapd(
            LDIF.person("anna", ["departmentNumber": "IT"]) + LDIF.person("ben", ["o": "HARBOUR"]) + LDIF.person("cara"),
            overlays: [.contentSync])
        rollcall = try Rollcall(
            """
            $Self->{'Rollcall::Groups'} = ['it', 'vip'];
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

    /// Cycles and commands of a few days' work.
    private func work() throws {
        try cycle()
        try cycle(LDIF.replace("anna", "telephoneNumber", "2"))
        #expect(try rollcall("grant", "--user", "ben", "--group", "vip", "--permission", "rw", "--actor", "grace").status == 0)
        try cycle("dn: \(LDIF.dn("cara"))\nchangetype: modify\nreplace: uid\nuid: cara.b\n-\n\n")
    }

    /// Action and subject of the records that are shown.
    private func shown(_ options: String...) throws -> [String] {
        let outcome = try run(Rollcall.program, ["log"] + options + ["--config", rollcall.configuration])
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output.split(separator: "\n").map {
            $0.components(separatedBy: "  ").dropFirst(2).prefix(2).joined(separator: " ")
        }
    }

    // MARK: Asking

    @Test func `given records, when asked for some, then those come, whatever they are asked by`() throws {
        try work()
        #expect(
            try shown("--user", "anna") == ["customer-user-added anna", "grant-added anna", "customer-user-updated anna"])
        #expect(try shown("--user", "anna", "--action", "grant-added") == ["grant-added anna"])
        #expect(try shown("--user", "anna", "--last", "1") == ["customer-user-updated anna"])
        // By the former login as well.
        #expect(try shown("--user", "cara") == ["customer-user-added cara", "customer-user-renamed cara.b"])
        #expect(try shown("--customer", "HARBOUR") == ["customer-added HARBOUR", "customer-user-added ben", "grant-added ben"])
        #expect(try shown("--group", "vip") == ["group-added vip", "grant-added ben"])
        #expect(try shown("--actor", "grace") == ["grant-added ben"])
        let second = try shown("--cycle", "2")
        #expect(second.dropLast() == ["cycle-started", "customer-user-updated anna"])
        #expect(second.last?.hasPrefix("cycle-finished done in ") == true)
        #expect(
            try shown("--cycle", "2", "--cycle", "3", "--back-end", "CustomerUser") == [
                "customer-user-updated anna", "customer-user-renamed cara.b",
            ])
        #expect(try shown("--back-end", "CustomerUser9").isEmpty)
        #expect(try shown("--until", "2020-01-01").isEmpty)
        #expect(try shown("--since", "2020-01-01T00:00:00Z").count == shown().count)
        let id = try #require(rollcall.log().map(\.text).first { $0.contains("\"name\":\"ben\"") })
            .components(separatedBy: "\"user\":{\"id\":\"")[1].prefix(36)
        #expect(try shown("--user", String(id)) == ["customer-user-added ben", "grant-added ben"])
        // From the file it is the same.
        #expect(try shown(rollcall.changeLog) == shown())
        #expect(try shown(rollcall.changeLog, "--user", "cara") == shown("--user", "cara"))
    }

    @Test func `given records, when asked for as JSON or CSV, then they are whole lines, and cells that are safe`() throws {
        try work()
        #expect(try rollcall("log", "--json").output == String(contentsOfFile: rollcall.changeLog, encoding: .utf8))
        try cycle(LDIF.replace("ben", "description", "=1+1\"; \u{202E}x"))
        let table = try rollcall("log", "--format", "csv", "--last", "2").output.split(separator: "\n")
        #expect(
            table.first
                == "sequence,time,action,user_id,user,customer,group,permission,context,source,rule,back_end,cycle,actor,reason,evidence,changes"
        )
        #expect(table.dropLast().last?.hasSuffix(#","comments:  -> =1+1""; "# + "\u{FFFD}" + #"x""#) == true, "\(table)")
    }

    @Test func `given a wrong question, when asked, then it is said what is wrong`() throws {
        try cycle()
        for (options, words) in [
            (["--format", "csv", "--json"], "--json and --format csv differ."), (["--last=-1"], "--last takes a count"),
            (["--since", "yesterday"], "yesterday"), (["a", "b", "--follow"], "--follow takes one file at most."),
        ] {
            let outcome = try run(Rollcall.program, ["log"] + options + ["--config", rollcall.configuration])
            #expect(outcome.status == 2 && outcome.errors.contains(words), "\(options): \(outcome.errors)")
        }
        try rollcall.folder.write("{}\n", to: "other.jsonl")
        let outcome = try rollcall("log", rollcall.folder["other.jsonl"])
        #expect(outcome.status == 5)
        #expect(outcome.errors.contains("other.jsonl:1: this is no change record."))
    }

    // MARK: Of Rollcall itself

    @Test func `given a bad configuration and a bad server, when cycles run, then each turn is recorded once`() throws {
        try cycle()
        let before = try rollcall.wholeLog().count
        let good = try String(contentsOfFile: rollcall.configuration, encoding: .utf8)
        func configure(_ old: String, _ new: String) throws {
            #expect(good.contains(old))
            try rollcall.folder.write(good.replacingOccurrences(of: old, with: new), to: "ZZZ_CustomerBackend.pm")
        }
        try configure("SSCOPE => 'sub'", "SSCOPE => 'subtree'")
        for _ in 0..<2 { #expect(try rollcall.cycle().status == 2) }
        try configure(Slapd.password, "wrong")
        for _ in 0..<2 { #expect(try rollcall.cycle().status == 1) }
        try rollcall.folder.write(good, to: "ZZZ_CustomerBackend.pm")
        try cycle()
        let turns = try rollcall.wholeLog().dropFirst(before).filter { !$0.action.hasPrefix("cycle-") }
        // A password is no part of what the digest is about.
        #expect(
            turns.map(\.action) == [
                "configuration-rejected", "configuration-loaded", "back-end-failed", "back-end-recovered",
            ])
        #expect(turns.first?.text.contains("SSCOPE is 'subtree'") == true)
        let digest = try #require(rollcall.wholeLog().first { $0.action == "configuration-loaded" }?.text)
        let dump = try succeed("/bin/bash", ["-c", "\(Rollcall.program) config dump \(rollcall.configuration) | sha256sum"])
        #expect(digest.contains("\"digest\":\"\(dump.prefix(64))\""))
        let ends = try rollcall.wholeLog().filter { $0.action == "cycle-finished" }
        #expect(
            ends.map { $0.text.contains("\"outcome\":\"failed\",\"counts\":{\"back_ends_not_read\":1,") } == [
                false, true, true, false,
            ])
    }

    @Test func `given a removal, when it is recorded, then its evidence names the state of the directory`() throws {
        try cycle()
        try cycle(LDIF.delete("cara"))
        let removal = try #require(rollcall.log().last { $0.action == "customer-user-invalidated" })
        #expect(removal.text.contains("\"position\":\"rid=000,csn="), "\(removal.text)")
    }

    // MARK: Following

    @Test func `given a store that is followed, when something is committed, then it is shown`() throws {
        try cycle()
        let log = try Command(Rollcall.program, ["log", "--follow", "--last", "2", "--config", rollcall.configuration])
        try log.waitForOutput("  customer-user-added  cara")
        try cycle(LDIF.replace("anna", "telephoneNumber", "2"))
        try log.waitForOutput("customer-user-updated  anna")
        // Also what no cycle has done.
        #expect(try rollcall("grant", "--user", "ben", "--group", "vip", "--permission", "rw").status == 0)
        try log.waitForOutput("grant-added  ben")
        log.send(SIGINT)
        _ = try log.finish()
    }

    @Test func `given a file that is followed, when it is renamed, emptied or removed, then every record is shown once`() throws
    {
        try cycle()
        let path = rollcall.changeLog
        let log = try Command(
            Rollcall.program, ["log", path, "--follow", "--json", "--last", "2", "--config", rollcall.configuration])
        try log.waitForOutput(#""name":"cara""#)
        let files = FileManager.default
        let upsets: [() throws -> Void] = [
            {}, { try files.moveItem(atPath: path, toPath: path + ".1") }, { try Data().write(to: URL(fileURLWithPath: path)) },
            { try files.removeItem(atPath: path) }, {},
        ]
        let first = try rollcall.wholeLog().count
        for (round, upset) in upsets.enumerated() {
            try upset()
            try cycle(LDIF.replace("anna", "telephoneNumber", "8\(round)"))
            try log.waitForOutput(#""to":"8\#(round)""#)
        }
        let last = try #require(rollcall.wholeLog().last)
        try log.waitForOutput(last.text)
        log.send(SIGINT)
        let lines = try log.finish().output.split(separator: "\n").map(String.init)
        // Each cycle has three, and three times another file was begun.
        #expect(lines.count == 2 + 3 * upsets.count + 3)
        #expect(try rollcall("log", "--json").output.split(separator: "\n").dropFirst(first - 2).map(String.init) == lines)
    }

    // MARK: Verifying

    private func verify(_ options: String...) throws -> Outcome {
        try run(Rollcall.program, ["log", "verify"] + options + ["--config", rollcall.configuration])
    }

    private var head: String {
        get throws {
            let line = try #require(rollcall.wholeLog().last?.text)
            return try "\(rollcall.wholeLog().count):\(#require(line.components(separatedBy: "\"hash\":\"").last).prefix(64))"
        }
    }

    @Test func `given a change log in several files, when verified, then it is complete, and the same in the store`() throws {
        try work()
        let count = try rollcall.wholeLog().count
        let sound = "\(count) records, 1 to \(count), in 1 file: complete, in order, and unaltered, head \(try head).\n"
        #expect(try verify().output == sound)
        #expect(try verify("--against-store", "--head", head).output == sound)
        let head = try head
        for ending in ["1", "2"] {
            try FileManager.default.moveItem(atPath: rollcall.changeLog, toPath: rollcall.changeLog + "." + ending)
            try cycle(LDIF.replace("ben", "telephoneNumber", "7\(ending)"))
        }
        try succeed("/usr/bin/gzip", [rollcall.changeLog + ".1"])
        try succeed("/usr/bin/zstd", ["-q", "--rm", rollcall.changeLog + ".2"])
        let outcome = try verify("--against-store", "--head", head)
        #expect(outcome.output.hasPrefix("\(count + 8) records, 1 to \(count + 8), in 3 files: complete"), "\(outcome)")
        let document = try verify("--json").output
        #expect(document.contains("\"is_sound\":true") && document.contains("\"records\":\(count + 8)"), "\(document)")
    }

    @Test func `given records of cycles and commands, when validated, then each is as the schema says, and jq reads all`()
        throws
    {
        try work()
        let outcome = try Schema.validate(rollcall.changeLog)
        #expect(outcome.status == 0, "\(outcome.output)")
        let read = try run("/usr/bin/jq", ["-e", ".event.sequence", rollcall.changeLog])
        let count = try rollcall.wholeLog().count
        #expect(read.status == 0 && read.output.split(separator: "\n").count == count)
    }

    @Test func `given a change log that somebody has altered, when verified, then the first wrong line is named`() throws {
        try work()
        let text = try String(contentsOfFile: rollcall.changeLog, encoding: .utf8)
        let head = try head
        let lines = text.split(separator: "\n").map(String.init)
        let line = try #require(lines.firstIndex { $0.contains("grant-added") && $0.contains("\"name\":\"ben\"") }) + 1
        func refused(_ altered: String, _ words: String, _ options: String..., line: Int? = nil) throws {
            try altered.write(toFile: rollcall.changeLog, atomically: false, encoding: .utf8)
            let outcome = try run(
                Rollcall.program, ["log", "verify"] + options + ["--config", rollcall.configuration])
            #expect(outcome.status == 7)
            let place = line.map { "\(rollcall.changeLog):\($0): " } ?? ""
            #expect(outcome.errors.hasPrefix("rollcall: error: \(place)\(words)"), "\(outcome.errors)")
        }
        let edited = text.replacingOccurrences(of: "\"permission\":\"rw\"", with: "\"permission\":\"ro\"")
        try refused(edited, "record \(line) was edited", line: line)
        let removed = lines.filter { $0 != lines[line - 1] }.joined(separator: "\n") + "\n"
        try refused(removed, "record \(line + 1) comes where \(line) should be, which is missing", line: line)
        // Cut off at the end: nothing in the file tells, but the store and a head from elsewhere do.
        let cut = lines.dropLast().joined(separator: "\n") + "\n"
        try cut.write(toFile: rollcall.changeLog, atomically: false, encoding: .utf8)
        #expect(try verify().status == 0)
        try refused(cut, "the files end with record \(lines.count - 1), but the store", "--against-store")
        try refused(cut, "record \(lines.count) is missing", "--head", head)
        try text.write(toFile: rollcall.changeLog, atomically: false, encoding: .utf8)
        let other = "\(lines.count):" + String(repeating: "0", count: 64)
        try refused(text, "record \(lines.count) has another hash", "--head", other, line: lines.count)
        let document = try verify("--json", "--head", other)
        #expect(document.status == 7 && document.output.contains("\"is_sound\":false"))
    }

    @Test func `given the store has a record otherwise, when verified against it, then that record is named`() throws {
        try work()
        try succeed(
            "/usr/bin/sqlite3",
            [
                rollcall.store,
                "UPDATE change_record SET line = CAST(replace(line, 'success', 'failure') AS BLOB) WHERE sequence = 3",
            ])
        let outcome = try verify("--against-store")
        #expect(outcome.status == 7)
        #expect(outcome.errors.contains(":3: record 3 is otherwise in the store"), "\(outcome.errors)")
    }

    @Test func `given a key, when cycles end, then their heads are signed, which verify demands and openssl confirms`() throws {
        try work()
        let key = rollcall.folder["signing-key"]
        #expect(try run(Rollcall.program, ["log", "keygen", key]).status == 0)
        #expect(try run(Rollcall.program, ["log", "keygen", key]).errors.contains("signing-key.pub: File exists"))
        let unsigned = try verify("--public-key", key + ".pub")
        #expect(unsigned.status == 7 && unsigned.errors.contains("no cycle's end is signed"), "\(unsigned)")
        let settings = try String(contentsOfFile: rollcall.configuration, encoding: .utf8)
        try rollcall.folder.write(
            settings.replacingOccurrences(
                of: "$Self->{'Rollcall::Groups'}",
                with: "$Self->{'Rollcall::SigningKey'} = '\(key)';\n$Self->{'Rollcall::Groups'}"),
            to: "ZZZ_CustomerBackend.pm")
        try cycle(LDIF.replace("anna", "telephoneNumber", "3"))
        try cycle()
        let count = try rollcall.wholeLog().count
        let sound = try verify("--public-key", key + ".pub", "--against-store")
        #expect(sound.output.hasSuffix("Signed up to record \(count - 1).\n"), "\(sound)")
        #expect(try Schema.validate(rollcall.changeLog).status == 0)
        try succeed(Rollcall.program, ["log", "keygen", rollcall.folder["other"]])
        let other = try verify("--public-key", rollcall.folder["other.pub"])
        #expect(other.status == 7 && other.errors.contains("is not signed by a key that was named"), "\(other)")
        #expect(try verify("--public-key", rollcall.folder["other.pub"], "--public-key", key + ".pub").status == 0)
        // The documentation's way.
        let document = try String(contentsOfFile: DemoTests.root + "/docs/change-log.md", encoding: .utf8)
        let script = try #require(
            document.components(separatedBy: "# The same without Rollcall: the last signature of a log.\n").last?
                .components(separatedBy: "```").first)
        let proof = try run("/bin/bash", ["-c", "cd \(rollcall.folder.path)\n\(script)"])
        #expect(proof.status == 0 && proof.output.contains("Signature Verified Successfully"), "\(proof)")
        // A key that cannot be used.
        for (mode, words) in [(0o644, "everybody on this machine may use it"), (0o600, "it is no Ed25519 private key in PEM")] {
            if mode == 0o600 { try rollcall.folder.write("x", to: "signing-key") }
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: key)
            let outcome = try rollcall.cycle()
            #expect(outcome.status == 2 && outcome.errors.contains(words), "\(outcome)")
        }
    }

    /// As `Rollcall::KeepRecords` leaves it after the days that no test has.
    @Test func `given the store has given up old records, when asked, then the rest is verified and the past is refused`()
        throws
    {
        try work()
        let hash = try #require(rollcall.wholeLog()[4].text.components(separatedBy: "\"hash\":\"").last).prefix(64)
        func seal(_ hash: some StringProtocol) throws {
            try rollcall.execute(
                "DELETE FROM change_record WHERE sequence <= 5; UPDATE seal SET sequence = 5, hash = x'\(hash)'")
        }
        try seal(hash)
        let sound = try verify("--against-store")
        #expect(sound.status == 0 && sound.output.contains("records, 1 to"), "\(sound)")
        let past = try rollcall("explain", "anna", "--at", "3")
        #expect(past.status == 2 && past.errors.contains("does not keep records from that long ago"), "\(past)")
        #expect(try rollcall("explain", "anna", "--at", "2020-01-01T00:00:00Z").status == 2)
        #expect(try rollcall("explain", "ben").status == 0)
        let undo = try rollcall("undo", "--cycle", "1")
        #expect(undo.status == 6 && undo.errors.contains("does not keep records from that long ago"), "\(undo)")
        try seal(String(repeating: "0", count: 63) + "1")
        let other = try verify("--against-store")
        #expect(other.status == 7 && other.errors.contains("record 5 is otherwise in the store"), "\(other)")
    }

    @Test func `given no log, a missing file or a wrong head, when verified, then it is said what to do`() throws {
        let none = try verify()
        #expect(none.status == 5 && none.errors.contains("there is no such file"), "\(none)")
        let missing = try verify("/nonexistent/a.jsonl")
        #expect(missing.status == 5 && missing.errors.contains("No such file"), "\(missing)")
        #expect(try verify("--head", "1:ab").status == 2)
    }

    /// The commands of docs/change-log.md: nothing but jq and sha256sum.
    @Test func `given the documentation's way without Rollcall, when followed, then it finds the same`() throws {
        try work()
        let document = try String(contentsOfFile: DemoTests.root + "/docs/change-log.md", encoding: .utf8)
        let part = try #require(document.components(separatedBy: "## Without Rollcall").last)
        let script = try #require(
            part.components(separatedBy: "```sh\n").dropFirst().first?.components(separatedBy: "```").first)
        let check = { try run("/bin/bash", ["-c", "cd \(rollcall.folder.path)\n\(script)"]) }
        let sound = try check()
        let words = "\(try rollcall.wholeLog().count) records are in order\n"
        #expect(sound.status == 0 && sound.output == words, "\(sound)")
        let text = try String(contentsOfFile: rollcall.changeLog, encoding: .utf8)
        try text.replacingOccurrences(of: "\"permission\":\"rw\"", with: "\"permission\":\"ro\"")
            .write(toFile: rollcall.changeLog, atomically: true, encoding: .utf8)
        let edited = try check()
        #expect(edited.status != 0 && edited.output.contains("was edited"), "\(edited)")
    }
}
