import Foundation
import Support
import Testing

/// kill -9 at any moment: the next clean cycle makes the store equal to the directory, and no number is lost or twice.
@Suite struct CrashTests {
    private static let people = 5000

    @Test func `given kills at twenty random moments of a cycle, when one cycle ends, then store and log are whole`() throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        var generator = Seeded(seed)
        let slapd = try Slapd(LDIF.people(Self.people))
        let rollcall = try Rollcall(
            "$Self->{'Rollcall::RemovalLimit'} = '100%';\n"
                + Settings.backEnd(host: slapd.localURI, more: "UserSyncInitialGroups => ['users'],"))
        // A cycle over everybody, to know how long one lasts.
        let start = DispatchTime.now()
        #expect(try rollcall.cycle().status == 0)
        let duration = Int(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds)
        for round in 0..<20 {
            try slapd.modify(Self.changes(round))
            let cycle = try rollcall.start("--once")
            Self.pause(nanoseconds: Int.random(in: 0...duration, using: &generator))
            cycle.send(SIGKILL)
            _ = try cycle.finish()
        }
        let outcome = try rollcall.cycle()
        #expect(outcome.status == 0, "seed \(seed): \(outcome.errors)")
        try Self.expectWhole(rollcall, slapd, seed)
    }

    @Test func `given kills in the middle of a first cycle, when one cycle ends, then store and log are whole`() throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        var generator = Seeded(seed)
        let slapd = try Slapd(LDIF.people(Self.people))
        let settings = Settings.backEnd(host: slapd.localURI, more: "UserSyncInitialGroups => ['users'],")
        let start = DispatchTime.now()
        #expect(try Rollcall(settings).cycle().status == 0)
        let duration = Int(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds)
        for _ in 0..<6 {
            let rollcall = try Rollcall(settings)
            let cycle = try rollcall.start("--once")
            Self.pause(nanoseconds: Int.random(in: 0...duration, using: &generator))
            cycle.send(SIGKILL)
            _ = try cycle.finish()
            let outcome = try rollcall.cycle()
            #expect(outcome.status == 0, "seed \(seed): \(outcome.errors)")
            try Self.expectWhole(rollcall, slapd, seed)
            let counted = try rollcall.query("SELECT sum(people) FROM customer")
            #expect(counted == [["\(Self.people)"]], "seed \(seed)")
            #expect(try rollcall.query("PRAGMA integrity_check") == [["ok"]], "seed \(seed)")
        }
    }

    /// Changes that touch many batches: a tenth of the people get another number, some leave, some join.
    private static func changes(_ round: Int) -> String {
        let changed = stride(from: 1000 + round, to: people, by: 11).map {
            LDIF.replace(LDIF.login($0), "telephoneNumber", "\(round)")
        }
        let leavers = (0..<5).map { LDIF.delete(LDIF.login(round * 5 + $0)) }
        let joiners = (0..<5).map { LDIF.add(LDIF.person("new\(round)x\($0)")) }
        return (changed + leavers + joiners).joined()
    }

    private static func expectWhole(_ rollcall: Rollcall, _ slapd: Slapd, _ seed: UInt64) throws {
        let directory = try succeed(
            "/usr/bin/ldapsearch",
            [
                "-x", "-LLL", "-o", "ldif-wrap=no", "-H", slapd.localURI, "-D", Slapd.reader, "-w", Slapd.password, "-b",
                Slapd.people, "(objectClass=inetOrgPerson)", "uid", "telephoneNumber",
            ])
        let expected = directory.components(separatedBy: "\n\n").compactMap { entry -> String? in
            let value = { (name: String) in
                entry.split(separator: "\n").first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
            }
            return value("uid").map { "\($0) \(value("telephoneNumber") ?? "")" }
        }.sorted()
        let mirrored = try rollcall.query("SELECT login, phone FROM customer_user WHERE valid_id = 1")
            .map { "\($0[0]) \($0[1])" }.sorted()
        #expect(mirrored == expected, "seed \(seed)")
        let verified = try rollcall("log", "verify", "--against-store")
        #expect(verified.status == 0, "seed \(seed): \(verified.errors)")
        let log = try rollcall.wholeLog()
        #expect(log.map(\.sequence) == Array(1...log.count), "seed \(seed)")
        #expect(try rollcall.query("SELECT count(*), max(sequence) FROM change_record") == [["\(log.count)", "\(log.count)"]])
        // Every person was given the initial group once, and the log tells what the store has.
        let grants = log.count { $0.action == "grant-added" }
        #expect(try rollcall.query("SELECT count(*) FROM person_grant") == [["\(grants)"]], "seed \(seed)")
        let added = log.count { $0.action == "customer-user-added" }
        #expect(try rollcall.query("SELECT count(*) FROM person") == [["\(added)"]], "seed \(seed)")
    }

    /// Lets `nanoseconds` of the cycle's own time pass: the moment of the kill is what is random here.
    static func pause(nanoseconds: Int) {
        var time = timespec(tv_sec: nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
        nanosleep(&time, nil)
    }
}

/// kill -9 of cycles and commands, while the change log is renamed and compressed: it stays one log, the one that the store has.
@Suite struct LogCrashTests {
    private static let people = 60

    @Test(arguments: ["values", "values", "names", "digest"])
    func `given fifty kills of cycles and commands with rotation in between, when verified, then log and store agree`(
        _ values: String
    ) throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        var random = Seeded(seed)
        let slapd = try Slapd(LDIF.people(Self.people))
        let rollcall = try Rollcall(
            "$Self->{'Rollcall::Groups'} = ['vip']; $Self->{'Rollcall::ChangeLogValues'} = '\(values)';\n"
                + Settings.backEnd(host: slapd.localURI, more: "UserSyncInitialGroups => ['users'],"))
        let start = DispatchTime.now()
        #expect(try rollcall.cycle().status == 0)
        let duration = Int(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds)
        for round in 0..<50 {
            try slapd.modify(
                (0..<10).map { _ in LDIF.replace(LDIF.login(random.number(0..<Self.people)), "telephoneNumber", "\(round)") }
                    .joined())
            let victim = try random.oneIn(2) ? rollcall.start("--once") : Self.grant(rollcall, &random)
            CrashTests.pause(nanoseconds: random.number(0..<duration))
            victim.send(SIGKILL)
            _ = try victim.finish()
            if random.oneIn(4) { try Self.rotate(rollcall, round) }
            // What the next delivery does, by a cycle or a daemon.
            let outcome = try rollcall.cycle()
            #expect(outcome.status == 0, "seed \(seed), round \(round): \(outcome.errors)")
            let verified = try rollcall("log", "verify", "--against-store")
            #expect(verified.status == 0, "seed \(seed), round \(round): \(verified.errors)")
        }
        // Where a line does not say who it is, or was before, the store knows.
        let veiled = try rollcall.query(
            """
            SELECT count(*) FROM change_record
            WHERE CAST(line AS TEXT) ->> '$.user.hash' <> '' OR CAST(line AS TEXT) ->> '$.rollcall.changes.login' = '{}'
            """)
        #expect(try rollcall.query("SELECT count(*) FROM private_record WHERE line ->> '$.user.name' <> ''") == veiled)
    }

    private static func grant(_ rollcall: Rollcall, _ random: inout Seeded) throws -> Command {
        let logins = (0..<9).map { _ in LDIF.login(random.number(0..<people)) }
        return try Command(
            Rollcall.program,
            [random.oneIn(2) ? "grant" : "revoke", "--user"] + logins + [
                "--group", "vip", "--permission", "rw", "--config", rollcall.configuration,
            ])
    }

    private static func rotate(_ rollcall: Rollcall, _ round: Int) throws {
        let rotated = rollcall.changeLog + String(format: ".%03d", round)
        guard FileManager.default.fileExists(atPath: rollcall.changeLog) else { return }
        try FileManager.default.moveItem(atPath: rollcall.changeLog, toPath: rotated)
        // The one before: as delaycompress does, which the shipped rotation has.
        for other in try FileManager.default.contentsOfDirectory(atPath: rollcall.folder.path)
        where other.hasPrefix("changes.jsonl.") && !other.hasSuffix(".gz") && rollcall.folder[other] != rotated {
            try succeed("/usr/bin/gzip", [rollcall.folder[other]])
        }
    }
}
