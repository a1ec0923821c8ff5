import GRDB
import Model
import Support

@testable import Store

/// A random life of a store: what directories have, what the configuration says, and what people do by command.
final class PermissionHistory {
    let mirror: Mirror
    let place: String
    var random: Seeded
    var people: [Int: [Person]]
    var groups: GroupSettings
    var backEnds: [Int: BackEnd] = [:]
    /// What the store had after each step, the first before any.
    var states: [NaivePermissions] = []
    /// What may be undone: a target with the places in `states` before and after it.
    var targets: [(target: UndoTarget, before: Int, after: Int)] = []
    private var nextID: UInt128 = 1
    var now: NaivePermissions { states[states.count - 1] }

    static let vip = GroupRules.LDAPGroupRule(groupDN: "cn=vip", gifts: [.init(group: "vip", permissions: [.readWrite])])
    static let desk = GroupRules.LDAPGroupRule(groupDN: "cn=desk", gifts: [.init(group: "a%b", permissions: [.readOnly])])
    static let it = GroupRules.AttributeRule(
        attribute: "departmentNumber", value: "IT",
        gifts: [
            .init(group: "it", permissions: [.readOnly, Permission("create")]), .init(group: "vip", permissions: [.readOnly]),
        ])

    init(_ seed: UInt64, in folder: TestFolder? = nil) throws {
        let values = ChangeLogValues.allCases[Int(seed % 3)]
        mirror = try Mirror(in: folder, telling: values)
        place = "seed \(seed), \(values)"
        random = Seeded(seed)
        people = Dictionary(uniqueKeysWithValues: (1...2).map { ($0, []) })
        groups = GroupSettings(groups: ["users", "vip", "it", "a%b"], alwaysGroups: [:])
        if random.oneIn(3) { groups.contexts = [.same, .other] }
        if random.oneIn(2) { groups.configured = [.permissionTypes, .contexts] }
        for slot in [1, 2] {
            for _ in 0..<random.number(2..<5) { join(slot) }
            backEnds[slot] = try backEnd(slot)
        }
        states = [try NaivePermissions(mirror)]
        try cycle()
    }

    /// People of the second back end need groups more often than not.
    private func backEnd(_ slot: Int) throws -> BackEnd {
        var rules = GroupRules(
            initialGroups: random.oneIn(3) ? ["users"] : [], byLDAPGroup: [Self.vip, Self.desk],
            byAttribute: random.oneIn(4) ? [] : [Self.it])
        if random.oneIn(2) {
            rules.forCustomers = [CustomerRule(.id("B"), gifts: [.same: [.init(group: "it", permissions: [.readOnly])]])]
        }
        var backEnd = try Mirror.backEnd(slot, rules: rules, requiresGroups: random.oneIn(slot == 1 ? 2 : 4) == (slot == 1))
        if random.oneIn(3) { backEnd.onMissingGroup = .invalidate }
        return backEnd
    }

    // MARK: Directories

    private func login() -> String {
        let taken = Set(people.values.joined().map { $0.login.lowercased() })
        let free = (0..<9).map { "u\($0)" }.filter { !taken.contains($0) }
        return random.oneIn(6) ? "u\(random.number(0..<9))" : free.randomElement(using: &random) ?? "u\(nextID)x"
    }

    private func join(_ slot: Int) {
        // The same entry may be somebody in both back ends.
        let id = random.oneIn(4) ? people[3 - slot]?.randomElement(using: &random)?.id ?? nextID : nextID
        guard people[slot]?.contains(where: { $0.id == id }) == false else { return }
        var person = Person(id, login(), mail: "p\(id)@x.test")
        nextID += 1
        change(&person)
        people[slot]?.append(person)
    }

    private func change(_ person: inout Person) {
        switch random.number(0..<7) {
        case 0: person.login = login()
        case 1: person.customer = ["A", "B", "C", "D;x"].randomElement(using: &random) ?? "A"
        case 2: person.furtherCustomers = ["", "B", "A; C", "B;C;E"].randomElement(using: &random) ?? ""
        case 3: person.isValid = !random.oneIn(3)
        case 4, 5: person.memberships = (0..<2).map { _ in random.oneIn(2) ? .member : .notMember }
        default: person.values = ["departmentnumber": random.oneIn(2) ? ["it"] : ["Sales", "HR"]]
        }
    }

    private func mutate() {
        let slot = random.number(1..<3)
        let count = people[slot]?.count ?? 0
        switch random.number(0..<8) {
        case 0: join(slot)
        // An empty directory is never believed.
        case 1: if count > 1 { people[slot]?.remove(at: random.number(0..<count)) }
        case 2:
            // Whoever moves to the other back end has a new id there and the same login.
            guard count > 1, var moved = people[slot]?.remove(at: random.number(0..<count)) else { return }
            (moved.id, nextID) = (nextID, nextID + 1)
            people[3 - slot]?.append(moved)
        default:
            guard count > 0 else { return }
            let index = random.number(0..<count)
            guard var person = people[slot]?[index] else { return }
            change(&person)
            people[slot]?[index] = person
        }
    }

    // MARK: Cycles

    private func reconfigure() {
        switch random.number(0..<4) {
        case 0:
            groups.groups = ["users"] + ["vip", "it", "a%b"].filter { _ in !random.oneIn(4) }
        case 1:
            groups.permissions =
                [["ro", "rw"], ["ro", "create", "rw"], ["create", "rw"]].randomElement(using: &random)
                .map { $0.map(Permission.init) } ?? groups.permissions
        case 2:
            let some = { [self] in ["users", "vip", "own"].filter { _ in random.oneIn(3) } }
            groups.alwaysGroups = [.customerUser: some(), .customer: some()]
        default:
            let slot = random.number(1..<3)
            backEnds[slot]?.requiresGroups.toggle()
        }
    }

    /// Whether everybody is looked at again.
    @discardableResult
    func cycle() throws -> Bool {
        for _ in 0..<random.number(0..<4) { mutate() }
        if random.oneIn(3) { reconfigure() }
        let isRefresh = random.oneIn(2)
        if isRefresh {
            for slot in [1, 2] { people[slot] = people[slot]?.map { $0.with(\.phone, "\(random.number(0..<1_000_000))") } }
        }
        let readings = [1, 2].compactMap { slot in backEnds[slot].map { ($0, people[slot] ?? []) } }
        try mirror.cycle(readings, groups: groups, batchSize: random.number(1..<5))
        try note(.cycle(try mirror.store.lastCycle()))
        return isRefresh
    }

    func note(_ target: UndoTarget?) throws {
        states.append(try NaivePermissions(mirror))
        if let target, states[states.count - 2].sequence < now.sequence {
            targets.append((target, states.count - 2, states.count - 1))
        }
    }

    func order(_ text: String) -> CommandOrder { CommandOrder(actor: "grace", now: mirror.now(), text: text) }
}

extension Store {
    fileprivate func lastCycle() throws -> Int64 {
        try read { try Int64.fetchOne($0, sql: "SELECT max(number) FROM cycle") ?? 0 }
    }
}
