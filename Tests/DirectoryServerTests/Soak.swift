import Foundation
import Support
import Testing

/// An OpenLDAP server that changes at random, and a Rollcall that mirrors two parts of it through a proxy.
///
/// A class because it goes through many states. Used by one thread.
final class Soak {
    private let seed: UInt64
    private var random: Seeded
    private let slapd: Slapd
    private let proxy: FaultProxy
    private let rollcall: Rollcall
    private let receiver: SoakReceiver
    private var daemon: Command?
    /// Login and unit of everybody in the directory.
    private var people: [String: String] = [:]
    /// The units and their names of now.
    private var units = ["people/a": "a", "people/b": "b", "partners/c": "c", "partners/d": "d"]
    /// Those who are never deleted, renamed, or taken out of a filter.
    private let stable: Set<String>
    private var members: Set<String> = ["anchor"]
    private var made = 0
    private var counts: [String: Int] = [:]
    private var cycles = 0

    private static let bases = ["people": Slapd.people, "partners": "ou=partners,\(Slapd.suffix)"]
    private static let group = LDIF.groupDN("members")

    init(_ seed: UInt64) throws {
        self.seed = seed
        random = Seeded(seed)
        slapd = try Slapd(
            "dn: ou=partners,\(Slapd.suffix)\nobjectClass: organizationalUnit\nou: partners\n\n",
            overlays: Slapd.Overlay.allCases)
        proxy = try FaultProxy(to: slapd.port, .none)
        rollcall = try Rollcall("")
        receiver = try SoakReceiver()
        stable = Set((0..<150).map { "stable\($0)" })
        try populate()
        try configure()
        // From here on the receiver is owed every record.
        let outcome = try rollcall.cycle()
        guard outcome.status == 0 else { throw TestFailure("seed \(seed): \(outcome.errors)") }
    }

    var summary: String {
        "\(cycles) cycles by hand, " + counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    private func populate() throws {
        var ldif = units.keys.sorted().map {
            "dn: \(dn(ofUnit: $0))\nobjectClass: organizationalUnit\nou: \(units[$0] ?? "")\n\n"
        }
        for login in stable.sorted() + (0..<100).map({ "volatile\($0)" }) { ldif.append(add(login, to: anyUnit())) }
        ldif.append(LDIF.group("members", members: ["cn=anchor,\(Slapd.suffix)"]))
        try slapd.modify(ldif.joined())
    }

    // MARK: Names

    private func dn(ofUnit unit: String) -> String {
        let base = Self.bases[String(unit.prefix { $0 != "/" })] ?? ""
        return "ou=\(units[unit] ?? ""),\(base)"
    }

    private func dn(_ login: String) -> String { "cn=\(login),\(dn(ofUnit: people[login] ?? ""))" }

    private func anyUnit() -> String { units.keys.sorted()[random.number(0..<units.count)] }

    private func anybody(volatile: Bool) -> String? {
        let candidates = people.keys.filter { !volatile || !stable.contains($0) }.sorted()
        return candidates.isEmpty ? nil : candidates[random.number(0..<candidates.count)]
    }

    // MARK: Steps

    /// One change, or something that goes wrong.
    func step() throws {
        switch random.number(0..<100) {
        case 0..<70: try change((0..<random.number(1..<6)).compactMap { _ in anyChange() }.joined())
        case 70..<78: try spoil()
        case 78..<80: try interrupt()
        case 80: try restartServer()
        case 81..<90: try runOnce()
        case 90..<94: try toggleDaemon()
        default: usleep(useconds_t(random.number(10_000..<400_000)))
        }
    }

    private func count(_ what: String) { counts[what, default: 0] += 1 }

    /// Applies LDIF to the server itself, never through the proxy.
    private func change(_ ldif: String) throws { if !ldif.isEmpty { try slapd.modify(ldif) } }

    private func add(_ login: String, to unit: String) -> String {
        people[login] = unit
        return LDIF.person(
            login, ["title": "here", "departmentNumber": random.oneIn(3) ? "IT" : "HR"], below: dn(ofUnit: unit))
    }

    private func anyChange() -> String? {
        switch random.number(0..<11) {
        case 0, 1:
            made += 1
            count("added")
            return add("new\(made)", to: anyUnit())
        case 2: return anybody(volatile: true).map(delete)
        case 3: return anybody(volatile: true).map(rename)
        case 4, 5: return anybody(volatile: false).map { replace($0, "mail", "\(random.number(0..<1_000_000))@test.example") }
        case 6: return anybody(volatile: false).map { replace($0, "departmentNumber", random.oneIn(2) ? "IT" : "HR") }
        case 7: return anybody(volatile: false).map(move)
        case 8: return random.oneIn(4) ? renameUnit() : nil
        case 9: return anybody(volatile: true).map { replace($0, "title", ["here", "former", "hidden"][random.number(0..<3)]) }
        default: return anybody(volatile: false).map(regroup)
        }
    }

    private func delete(_ login: String) -> String {
        count("deleted")
        defer { people[login] = nil }
        return "dn: \(dn(login))\nchangetype: delete\n\n"
    }

    private func replace(_ login: String, _ attribute: String, _ value: String) -> String {
        count("modified")
        return "dn: \(dn(login))\nchangetype: modify\nreplace: \(attribute)\n\(attribute): \(value)\n-\n\n"
    }

    /// Another login for the same entry.
    private func rename(_ login: String) -> String {
        count("renamed")
        made += 1
        let new = "renamed\(made)"
        let change = "dn: \(dn(login))\nchangetype: modrdn\nnewrdn: cn=\(new)\ndeleteoldrdn: 1\n\n"
        people[new] = people.removeValue(forKey: login)
        return change + replace(new, "uid", new)
    }

    private func move(_ login: String) -> String {
        count("moved")
        let before = dn(login)
        let side = people[login]?.prefix { $0 != "/" } ?? ""
        // Stable people stay in their part, since leaving it is leaving a back end.
        let target = units.keys.filter { !stable.contains(login) || $0.hasPrefix(side) }.sorted()
        people[login] = target[random.number(0..<target.count)]
        return
            "dn: \(before)\nchangetype: modrdn\nnewrdn: cn=\(login)\ndeleteoldrdn: 1\nnewsuperior: \(dn(ofUnit: people[login] ?? ""))\n\n"
    }

    private func renameUnit() -> String {
        count("units renamed")
        let unit = anyUnit()
        let before = dn(ofUnit: unit)
        made += 1
        units[unit] = "unit\(made)"
        return "dn: \(before)\nchangetype: modrdn\nnewrdn: ou=unit\(made)\ndeleteoldrdn: 1\n\n"
    }

    private func regroup(_ login: String) -> String {
        count("regrouped")
        // A member that is there already, or not, is an error of the whole change: replacing asks for nothing.
        let some = people.keys.sorted().filter { _ in random.oneIn(4) }
        return "dn: \(Self.group)\nchangetype: modify\nreplace: member\nmember: cn=anchor,\(Slapd.suffix)\n"
            + some.map { "member: \(dn($0))\n" }.joined() + "-\n\n"
    }

    // MARK: Faults

    private func spoil() throws {
        let bytes = random.oneIn(2) ? random.number(0..<5000) : random.number(0..<80_000)
        let codes: [UInt8] = [1, 3, 4, 11, 51, 52, 53, 80]
        let fault: FaultProxy.Fault
        switch random.number(0..<8) {
        case 0: fault = .cut(afterBytes: bytes)
        case 1: fault = .reset(afterBytes: bytes)
        case 2: fault = .stall(afterBytes: bytes)
        case 3: fault = .result(code: codes[random.number(0..<codes.count)], message: random.number(0..<300))
        case 4: fault = .reference(message: random.number(0..<300))
        default: fault = .none
        }
        count("faults")
        proxy.spoil(fault)
    }

    /// The server hangs for a moment.
    private func interrupt() throws {
        count("hangs")
        slapd.hang()
        usleep(useconds_t(random.number(100_000..<2_500_000)))
        slapd.resume()
    }

    private func restartServer() throws {
        count("restarts")
        try slapd.restart()
    }

    // MARK: Rollcall

    private func configure() throws {
        let strategies = ["auto", "auto", "sync", "full", "changed"]
        let parts = ["people", "partners"].enumerated().map { index, part in
            Settings.backEnd(
                "CustomerUser\(index + 1)", host: proxy.uri, base: Self.bases[part] ?? "",
                parameters: "Params => { timeout => 1 },",
                more: """
                    Strategy => '\(strategies[random.number(0..<strategies.count)])', RemovalLimit => '100%', CustomerGroupSupport => 1,
                    CustomerUserValidFilter => '(!(title=former))',
                    UserSyncGroupsDefinition => { '\(Self.group)' => { 'by-group' => { rw => 1 } } },
                    UserSyncAttributeGroupsDefinition => { departmentNumber => { 'IT' => { 'it' => { ro => 1 } } } },
                    """
            ).replacingOccurrences(of: "(objectClass=inetOrgPerson)", with: "(&(objectClass=inetOrgPerson)(!(title=hidden)))")
        }
        try rollcall.configure(
            """
            $Self->{'Rollcall::Groups'} = ['by-group', 'it']; $Self->{'Rollcall::Interval'} = 1;
            $Self->{'Rollcall::RemovalLimit'} = '100%'; $Self->{'Rollcall::Persist'} = \(random.number(0..<2));
            $Self->{'Rollcall::Syslog'} = { Host => '127.0.0.1', Port => \(receiver.port), Transport => 'tcp' };
            $Self->{CustomerGroupAlwaysGroups} = []; $Self->{CustomerGroupCompanyAlwaysGroups} = [];

            """ + parts.joined(separator: "\n"))
    }

    private func runOnce() throws {
        guard daemon == nil else { return }
        if random.oneIn(3) { try configure() }
        try changeReceiver()
        let run = try rollcall.start("--once")
        cycles += 1
        if random.oneIn(2) {
            usleep(useconds_t(random.number(0..<300_000)))
            run.send(SIGKILL)
            count("runs killed")
        }
        _ = try run.finish()
    }

    private func toggleDaemon() throws {
        guard let running = daemon else {
            try configure()
            try changeReceiver()
            daemon = try rollcall.start()
            return
        }
        count(random.oneIn(3) ? "daemons stopped" : "daemons killed")
        running.send(random.oneIn(3) ? SIGTERM : SIGKILL)
        _ = try running.finish()
        daemon = nil
    }

    /// While nobody sends.
    private func changeReceiver() throws {
        guard random.oneIn(3) else { return try receiver.come() }
        count("receivers gone")
        let position = try rollcall.query("SELECT sequence FROM delivery WHERE outlet LIKE 'syslog %'").first?.first
        try receiver.go(after: position.flatMap { Int($0) } ?? 0)
    }

    // MARK: The end

    /// The faults stop, and two good cycles run. What the guard holds because people came and went is approved: it is right.
    func settle() throws {
        proxy.spoil(.none)
        daemon?.send(SIGKILL)
        _ = try daemon?.finish()
        daemon = nil
        try receiver.come()
        for _ in 0..<2 {
            let outcome = try rollcall.cycle()
            guard [0, 3].contains(outcome.status) else { throw TestFailure("seed \(seed): \(outcome.errors)") }
            for slot in ["CustomerUser1", "CustomerUser2"] where outcome.status == 3 {
                let approval = try rollcall("approve", slot, "--actor", "soak")
                guard approval.status == 0 else { throw TestFailure("seed \(seed): \(approval.errors)") }
            }
        }
        // Leavers of 'changed' are noticed when everybody is read.
        try succeed("/usr/bin/sqlite3", [rollcall.store, "UPDATE reading_state SET last_complete = 0"])
        let outcome = try rollcall.cycle()
        guard outcome.status == 0 else { throw TestFailure("seed \(seed): \(outcome.errors)") }
    }

    /// Those who were in the directory all the time and were invalidated all the same.
    func lost() throws -> [String] {
        try rollcall.log().filter { $0.action == "customer-user-invalidated" && stable.contains($0.user ?? "") }.map(\.text)
    }

    /// What is different in the directory, in the store and in the change log.
    func differences() throws -> [String] {
        let directory = try SoakDirectory.lines(slapd, bases: Self.bases.values.sorted(), group: Self.group)
        let store = try rollcall.query(
            """
            SELECT login || ' ' || email || ' ' || CASE valid_id WHEN 1 THEN 'valid' ELSE 'invalid' END || ' '
                || coalesce((SELECT group_concat(name, ',') FROM (
                    SELECT DISTINCT groups_table.name FROM group_customer_user JOIN groups_table ON groups_table.id = group_id
                    WHERE user_id = login ORDER BY 1)), '')
            FROM customer_user
            """
        ).map { $0[0] }
        let present = store.filter { line in people[String(line.prefix { $0 != " " })] != nil || line.contains(" valid ") }
        let missing = Set(directory).subtracting(present).sorted()
        let valid = directory.filter { $0.contains(" valid ") }
        let surplus = Set(store.filter { $0.contains(" valid ") }).subtracting(valid).sorted()
        return missing.prefix(5).map { "not in the store: \($0)" } + surplus.prefix(5).map { "in the store alone: \($0)" }
            + (try flawsOfLog())
    }

    /// Numbers without gaps, and records that come to the same as the store.
    private func flawsOfLog() throws -> [String] {
        let whole = try rollcall.wholeLog()
        guard whole.map(\.sequence) == Array(1...whole.count) else { return ["the change log has gaps"] }
        let unheard = try receiver.flaws(of: whole.count)
        if !unheard.isEmpty { return unheard }
        let log = whole.filter { !$0.isProceeding }
        let replayed = try SoakReplay(log)
        let valid = try rollcall.query("SELECT login FROM customer_user WHERE valid_id = 1").map { $0[0] }.sorted()
        let grants = try rollcall.query(
            """
            SELECT person.login || ' ' || user_group.name FROM person_grant JOIN person ON person.id = person
                JOIN user_group ON user_group.id = group_id
            """
        ).map { $0[0] }.sorted()
        let odd = Self.difference(replayed.valid, valid) + Self.difference(replayed.grants, grants)
        guard let first = odd.first.map({ String($0.prefix { $0 != " " }) }) else { return [] }
        return ["by the change log otherwise: \(odd.prefix(5))", SoakReplay.history(of: [first], in: log)]
    }

    /// What is in one of them alone, or more often in one than in the other.
    private static func difference(_ left: [String], _ right: [String]) -> [String] {
        let difference = left.difference(from: right)
        return (difference.insertions + difference.removals).map { change in
            switch change {
            case .insert(_, let element, _), .remove(_, let element, _): element
            }
        }
    }
}
