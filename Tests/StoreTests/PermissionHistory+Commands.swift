import Model
import Support
import Testing

@testable import Store

/// What people do by command, and what ought to come of it.
extension PermissionHistory {
    /// One random step, with everything checked that can be said of it alone.
    func step() throws {
        switch random.number(0..<16) {
        case 0...3: if try cycle() { try checkRules() }
        case 4...8: try changeGrants()
        case 9: try changeGroups()
        case 10: try changeSettings()
        case 11, 12: try importGrants()
        default: try undoSomething()
        }
    }

    private func some<Element>(_ elements: [Element], _ range: Range<Int>) -> [Element] {
        Array(elements.shuffled(using: &random).prefix(random.number(range)))
    }

    private var logins: [String] { now.people.values.sorted { $0.id < $1.id }.map(\.login) }
    private var groupNames: [String] { now.groups.values.map(\.name).sorted() }

    // MARK: Grants

    private func randomCommand() -> GrantCommand {
        let act = [GrantCommand.Act.grant, .grant, .revoke, .withhold, .release].randomElement(using: &random) ?? .grant
        var users = some(logins, 0..<3)
        if random.oneIn(6) { users.append(users.first?.uppercased() ?? "u1") }
        let customers = some(now.isCustomerValid.keys.sorted(), users.isEmpty ? 1..<3 : 0..<2)
        let types = random.oneIn(9) ? ["ro", "create", "rw"] : now.types
        var command = GrantCommand(
            act, users: users, customers: customers, context: random.oneIn(3) ? .other : .same, groups: some(groupNames, 1..<3),
            permissions: Set(some(types, 1..<3).map { Permission($0) }))
        if random.oneIn(4) { command.unchangedSince = states.randomElement(using: &random)?.sequence }
        return command
    }

    /// Whether the relations of a command are others than at the record that it names.
    private func isStale(_ command: GrantCommand) -> Bool {
        guard let since = command.unchangedSince else { return false }
        let groups = command.groups.compactMap(now.groupID)
        let people = command.users.compactMap { now.holder(of: $0)?.id }
        let relations = groups.flatMap { group in
            people.map { NaivePermissions.relation(person: $0, group) }
                + command.customers.map { NaivePermissions.relation(customer: $0, command.context.rawValue, group) }
        }
        let later = states.filter { $0.sequence >= since }.map(\.relations)
        return relations.contains { relation in later.contains { $0[relation] != later.first?[relation] } }
    }

    private func changeGrants() throws {
        let command = randomCommand()
        let before = now
        let expected = isStale(command) ? nil : before.after(command)
        var isRefused = false
        var number: Int64?
        do {
            number = try mirror.store.carryOut(command, order("grant")).records?.lowerBound
            #expect(expected != nil, "\(place): \(command) had to be refused")
        } catch let refusal as CommandRefusal {
            isRefused = true
            // Somebody may have changed it, and changed it back.
            let isChange =
                command.unchangedSince ?? before.sequence < before.sequence
                && refusal.reasons.allSatisfy { $0.contains(" were changed by ") }
            #expect(expected == nil || isChange, "\(place): \(command) was refused: \(refusal.reasons)")
        }
        try note(number.map(UndoTarget.record))
        guard let expected, !isRefused else { return #expect(now.relations == before.relations, "\(place)") }
        if command.act == .release {
            let isManual = { (held: String) in !held.contains("|rule|") }
            let kept = { (relations: [String: Set<String>]) in
                relations.mapValues { $0.filter(isManual) }.filter { !$0.value.isEmpty }
            }
            #expect(kept(now.relations) == kept(expected), "\(place): \(command)")
        } else {
            #expect(now.relations == expected, "\(place): \(command)")
        }
    }

    // MARK: Groups and settings

    private func changeGroups() throws {
        let name = groupNames.randomElement(using: &random) ?? "users"
        let new = ["own", "own2", "vip2", "a%b", "it"].randomElement(using: &random) ?? "own"
        let command: GroupCommand =
            switch random.number(0..<6) {
            case 0, 1: .add(name: new, comment: random.oneIn(2) ? "" : "for tests")
            case 2, 3: .rename(name, to: new)
            case 4: .invalidate(name)
            default: .validate(name)
            }
        let relations = now.relations
        do { _ = try mirror.store.carryOut(command, order("groups")) } catch is CommandRefusal {}
        try note(nil)
        #expect(now.relations == relations, "\(place): \(command)")
    }

    private func changeSettings() throws {
        let key = SettingKey.allCases.randomElement(using: &random) ?? .alwaysGroups
        let value: [String]? =
            switch key {
            case .alwaysGroups, .customerAlwaysGroups: random.oneIn(4) ? nil : some(groupNames, 0..<2)
            case .permissionTypes: random.oneIn(2) ? ["ro", "create", "rw"] : ["ro", "rw"]
            case .contexts: PermissionContext.allCases.map(\.rawValue).suffix(random.number(1..<3)).reversed()
            }
        do {
            if random.oneIn(4) {
                _ = try mirror.store.rollBack(to: nil, order("settings rollback"))
            } else {
                try mirror.store.stage(key, value, order("settings set"))
                _ = try mirror.store.deploy(order("settings deploy"), comment: "")
            }
        } catch is CommandRefusal {}
        try note(nil)
    }

    // MARK: Import

    private func randomRow() -> ListedGrant {
        let isPerson = random.oneIn(2)
        return ListedGrant(
            login: isPerson ? logins.randomElement(using: &random) : nil,
            customerID: isPerson ? nil : now.isCustomerValid.keys.sorted().randomElement(using: &random),
            context: isPerson ? nil : [nil, "Same", "Same", "Other"].randomElement(using: &random) ?? nil,
            group: groupNames.randomElement(using: &random) ?? "users",
            permission: now.types.randomElement(using: &random) ?? "rw", source: random.oneIn(5) ? "rule" : "manual")
    }

    private func importGrants() throws {
        var rows: [ListedGrant] = []
        if random.oneIn(2) { try mirror.store.forEachGrant(GrantFilter()) { rows.append($0) } }
        rows = rows.filter { _ in !random.oneIn(5) } + (0..<random.number(0..<5)).map { _ in randomRow() }
        let isExact = random.oneIn(2)
        let expected = now.after(rows, isExact: isExact)
        let imported = rows.enumerated().map { ImportRow($0.element, place: "row \($0.offset)") }
        let numbers: ClosedRange<Int64>?
        do {
            let plan = try mirror.store.planImport(imported, isExact: isExact)
            #expect(try mirror.store.lastSequence() == now.sequence, "\(place): a plan changes nothing")
            let done = try mirror.store.importGrants(imported, isExact: isExact, order("grants import"))
            #expect(done.plan == plan, "\(place): what is done is what was planned")
            numbers = done.records
        } catch let refusal as CommandRefusal {
            numbers = nil
            #expect(expected == nil, "\(place): an import was refused: \(refusal.reasons)")
            try note(nil)
            return
        }
        try note(numbers.map { .record($0.lowerBound) })
        #expect(expected == now.relations, "\(place): an import, exact \(isExact)")
    }

    // MARK: Rules

    /// After everybody was looked at, rules have given exactly what they say, but for what is withheld.
    private func checkRules() throws {
        for (slot, people) in people {
            guard let backEnd = backEnds[slot] else { continue }
            for person in people {
                let id = String(person.id, radix: 16, uppercase: true)
                let row = now.people.values.first {
                    $0.slot == slot && !$0.isGone && $0.directoryID.hasSuffix(id)
                        && $0.directoryID.dropLast(id.count).allSatisfy { $0 == "0" }
                }
                guard let row, row.login == person.login else { continue }
                let expected = expectedRuleGrants(backEnd.rules, person, row.id)
                let held = (now.grants[row.id] ?? []).filter { $0.source == "rule" }
                    .map { "\($0.group) \($0.permission) \($0.rule)" }
                #expect(held.sorted() == expected.sorted(), "\(place): rules of \(person.login)")
            }
        }
    }

    private func expectedRuleGrants(_ rules: GroupRules, _ person: Person, _ row: Int64) -> [String] {
        var gifts: [(rule: String, gift: GroupRules.Gift)] = []
        for (rule, membership) in zip(rules.byLDAPGroup, person.memberships) where membership == .member {
            gifts += rule.gifts.map { ("UserSyncGroupsDefinition \(rule.groupDN)", $0) }
        }
        for rule in rules.byAttribute where person.values["departmentnumber"] == ["it"] {
            gifts += rule.gifts.map { ("UserSyncAttributeGroupsDefinition departmentNumber=IT", $0) }
        }
        var expected: [String] = []
        for (rule, gift) in gifts {
            guard let group = now.groupID(gift.group) else { continue }
            let relation = NaivePermissions.relation(person: row, group)
            let withheld = now.withheld.filter { $0.relation == relation }.map(\.permission)
            for permission in gift.permissions.map(\.name) {
                let isKept = withheld.contains(permission) || permission == "rw" && !withheld.isEmpty
                if !isKept { expected.append("\(group) \(permission) \(rule)") }
            }
        }
        return expected
    }
}
