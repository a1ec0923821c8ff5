import Foundation
import Support
import Testing

/// Commands of several people at once, while the daemon runs its cycles.
@Suite struct ConcurrencyTests {
    private static let rounds = 24

    @Test
    func `given two who grant and revoke at once, when a daemon runs cycles, then nothing is lost and nobody waits for long`()
        throws
    {
        let slapd = try Slapd(LDIF.people(40))
        let rollcall = try Rollcall(
            """
            $Self->{'Rollcall::Groups'} = [ 'left', 'right', 'both' ];
            $Self->{'Rollcall::Interval'} = 1;
            $Self->{'Rollcall::RemovalLimit'} = '100%';

            """
                + Settings.backEnd(
                    host: slapd.localURI,
                    more: """
                        CustomerGroupSupport => 1,
                        UserSyncAttributeGroupsDefinition => { telephoneNumber => { '7' => { both => { ro => 1 } } } },
                        """))
        let daemon = try rollcall.start()
        try daemon.waitForErrors("cycle 1: 40 people read, 40 added")
        var refused = 0
        for round in 0..<Self.rounds {
            try slapd.modify(Self.changes(round))
            let commands = try [("left", "ada"), ("right", "bob")].map { group, actor in
                try Self.commands(round, group).map { try start(rollcall, $0 + ["--actor", actor]) }
            }
            for command in commands.joined() {
                let outcome = try command.finish()
                // What a rule gives by now is not revoked, and that is said.
                if outcome.status == 6 { refused += 1 }
                #expect(
                    outcome.status == 0 || outcome.errors.contains("which would give it again."),
                    "round \(round): \(outcome.status) \(outcome.errors)")
            }
        }
        daemon.send(SIGUSR1)
        daemon.send(SIGTERM)
        #expect(try daemon.finish().status == 0)
        #expect(!daemon.errors.contains("locked") && !daemon.errors.contains("error:"), "\(daemon.errors)")
        #expect(try rollcall.cycle().status == 0)
        try expectWhole(rollcall)
        // The last round has given everybody of its own both groups.
        for group in ["left", "right"] {
            let held = try rollcall.query(
                "SELECT user_id FROM group_customer_user JOIN groups_table ON id = group_id WHERE name = '\(group)' ORDER BY 1")
            #expect(held.map { $0[0] } == (0..<6).map { LDIF.login($0) }, "\(group)")
        }
        #expect(refused <= 2 * Self.rounds)
    }

    @Test func `given somebody else was quicker, when one says what they had seen, then of many at once one alone is done`()
        throws
    {
        let slapd = try Slapd(LDIF.people(2))
        let rollcall = try Rollcall("$Self->{'Rollcall::Groups'} = ['vip'];\n" + Settings.backEnd(host: slapd.localURI))
        #expect(try rollcall.cycle().status == 0)
        for round in 0..<6 {
            let seen = try rollcall.query("SELECT value FROM counter WHERE name = 'sequence'")[0][0]
            let act = round % 2 == 0 ? "grant" : "revoke"
            let started = try (0..<4).map { _ in
                try start(
                    rollcall, [act, "--user", "u00000", "--group", "vip", "--permission", "ro", "--if-unchanged-since", seen])
            }
            let outcomes = try started.map { try $0.finish() }
            #expect(outcomes.map(\.status).sorted() == [0, 6, 6, 6], "round \(round)")
            for outcome in outcomes where outcome.status == 6 {
                #expect(outcome.errors.contains("'u00000' and 'vip' were changed by"), "round \(round): \(outcome.errors)")
            }
        }
        try expectWhole(rollcall)
    }

    @Test
    func `given people who are forgotten as they come back, when a daemon runs cycles, then they are new, or were not gone`()
        throws
    {
        let slapd = try Slapd(LDIF.people(20))
        let rollcall = try Rollcall(
            """
            $Self->{'Rollcall::ChangeLogValues'} = 'digest'; $Self->{'Rollcall::Interval'} = 1;
            $Self->{'Rollcall::RemovalLimit'} = '100%';

            """ + Settings.backEnd(host: slapd.localURI, more: "UserSyncInitialGroups => ['users'],"))
        let daemon = try rollcall.start("--log-level", "info")
        try daemon.waitForErrors("cycle 1: 20 people read, 20 added")
        var erased = 0
        for round in 0..<10 {
            let login = LDIF.login(round)
            try slapd.modify(LDIF.delete(login) + LDIF.replace(LDIF.login(19), "mail", "m\(round)@test.example"))
            try daemon.waitForErrors("change=\"customer-user-invalidated ", count: round + 1)
            let erasure = try start(rollcall, ["log", "erase", "--user", login, "--apply"])
            try slapd.modify(LDIF.add(LDIF.person(login)))
            let outcome = try erasure.finish()
            if outcome.status == 0 { erased += 1 }
            #expect(outcome.status == 0 || outcome.errors.contains("is valid, and only"), "\(round): \(outcome.errors)")
        }
        #expect(try daemon.stopDaemon().status == 0)
        #expect(try rollcall.cycle().status == 0)
        let logins = try rollcall.query("SELECT login FROM customer_user WHERE valid_id = 1 ORDER BY login").map { $0[0] }
        #expect(logins == (0..<20).map(LDIF.login))
        #expect(try rollcall.log().count { $0.action == "customer-user-erased" } == erased)
        #expect(try rollcall.query("PRAGMA integrity_check") == [["ok"]])
        let verified = try rollcall("log", "verify", "--against-store")
        #expect(verified.status == 0, "\(verified.errors)")
    }

    private func start(_ rollcall: Rollcall, _ arguments: [String]) throws -> Command {
        try Command(Rollcall.program, arguments + ["--config", rollcall.configuration])
    }

    /// Each has a group of their own, and all meet in `both`.
    private static func commands(_ round: Int, _ group: String) -> [[String]] {
        let own = (0..<6).map { LDIF.login($0) }
        let isLast = round == rounds - 1
        return [
            [round % 2 == 0 && !isLast ? "revoke" : "grant", "--user"] + own + ["--group", group, "--permission", "rw"],
            [
                (round + group.count) % 2 == 0 ? "grant" : "revoke", "--user", "u00007", "u00008", "--group", "both",
                "--permission", "ro",
            ],
        ]
    }

    private static func changes(_ round: Int) -> String {
        LDIF.replace(LDIF.login(7), "telephoneNumber", round % 3 == 0 ? "7" : "\(round)")
            + LDIF.replace(LDIF.login(20 + round % 20), "mail", "m\(round)@test.example")
    }

    /// The change log has every number once, and what it tells is what the store has.
    private func expectWhole(_ rollcall: Rollcall) throws {
        #expect(try rollcall.cycle().status == 0)
        let lines = try rollcall.wholeLog()
        #expect(lines.map(\.sequence) == Array(1...lines.count))
        var held: Set<String> = []
        for line in lines where line.action.hasPrefix("grant-") {
            let object = try JSONSerialization.jsonObject(with: Data(line.text.utf8)) as? [String: Any]
            let grant = (object?["rollcall"] as? [String: Any])?["grant"] as? [String: String]
            let text = "\(line.user ?? "") \(line.group ?? "") \(grant?["permission"] ?? "") \(grant?["source"] ?? "")"
            if line.action == "grant-added" {
                #expect(held.insert(text).inserted, "record \(line.sequence) gives what is there: \(text)")
            } else if line.action == "grant-removed" {
                #expect(held.remove(text) != nil, "record \(line.sequence) takes what is not there: \(text)")
            }
        }
        let rows = try rollcall.query(
            """
            SELECT login, name, permission, source FROM person_grant JOIN person ON person.id = person
                JOIN user_group ON user_group.id = group_id
            """)
        #expect(held == Set(rows.map { $0.joined(separator: " ") }))
        #expect(try rollcall.query("PRAGMA integrity_check") == [["ok"]])
    }
}
