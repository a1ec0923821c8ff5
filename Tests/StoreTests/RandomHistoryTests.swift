import Model
import Store
import Support
import Testing

/// Random histories of directories against the plainest idea of a mirror.
@Suite struct RandomHistoryTests {
    /// The directories of a test, changed at random.
    private struct World {
        var random: Seeded
        var people: [Int: [Person]]
        private var nextID: UInt128 = 1
        private var left: [Int: [Person]] = [:]

        init(_ seed: UInt64, slots: Int) {
            random = Seeded(seed)
            people = Dictionary(uniqueKeysWithValues: (1...slots).map { ($0, []) })
        }

        /// Few logins, so that they pass from one to another; in two spellings, and sometimes one that is taken.
        private mutating func login() -> String {
            let free = (0..<24).map { "u\($0)" }.filter { !logins.contains($0) }
            let login = random.oneIn(10) ? "u\(random.number(0..<24))" : free.randomElement(using: &random) ?? "u0"
            return random.oneIn(8) ? login.uppercased() : login
        }

        private mutating func pick(_ slot: Int) -> Int? {
            let count = people[slot]?.count ?? 0
            return count == 0 ? nil : random.number(0..<count)
        }

        mutating func step() {
            guard let slot = people.keys.sorted().randomElement(using: &random) else { return }
            switch random.number(0..<9) {
            case 0, 1, 2: join(slot)
            case 3: if let at = pick(slot), let gone = people[slot]?.remove(at: at) { left[slot, default: []].append(gone) }
            case 4: if let at = pick(slot) { let new = login(); people[slot]?[at].login = new }
            case 5: exchange(slot)
            case 6: if let at = pick(slot) { let new = "m\(random.number(0..<1000))@x.test"; people[slot]?[at].mail = new }
            case 7: if let back = left[slot]?.popLast() { people[slot]?.append(back) }
            default: people[slot] = people[slot]?.shuffled(using: &random)
            }
        }

        private mutating func join(_ slot: Int) {
            let person = Person(nextID, login(), mail: "p\(nextID)@x.test")
            people[slot]?.append(person)
            nextID += 1
        }

        private mutating func exchange(_ slot: Int) {
            guard let first = pick(slot), let second = pick(slot), let one = people[slot]?[first].login,
                let other = people[slot]?[second].login
            else { return }
            people[slot]?[first].login = other
            people[slot]?[second].login = one
        }

        /// Slot, login and address of everybody.
        var rows: [String] {
            people.flatMap { slot, people in people.map { "\(slot) \($0.login) \($0.mail)" } }.sorted()
        }

        /// No login is claimed twice. While one is, whoever does not get it keeps the login from before, which may in turn
        /// be in somebody else's way: what the mirror has then depends on its past.
        var isUnambiguous: Bool { logins.count == people.values.joined().count }

        var logins: Set<String> { Set(people.values.joined().map { $0.login.lowercased() }) }
    }

    @Test(arguments: [1, 2] as [Int], [7, 20_261_122, 3_141_592_653] as [UInt64])
    func `given random histories, when each state is read, then the mirror is the directories and a second reading is still`(
        _ slots: Int, _ seed: UInt64
    ) throws {
        try follow(slots, seed, readsChanges: false)
    }

    @Test(arguments: [1, 2, 3] as [Int], [7, 20_261_125, 2_718_281_828] as [UInt64])
    func `given random histories, when what has changed is read, then the mirror is the directories as well`(
        _ slots: Int, _ seed: UInt64
    ) throws {
        try follow(slots, seed, readsChanges: true)
    }

    private func follow(_ slots: Int, _ seed: UInt64, readsChanges: Bool) throws {
        var wholeCount = 0
        for history in 0..<5 {
            let place = "\(slots) back ends, seed \(seed), history \(history)"
            wholeCount += try follow(
                World(seed &+ UInt64(history) &* 1_000_003, slots: slots), readsChanges: readsChanges, place)
        }
        #expect(wholeCount > 15, "\(slots) back ends, seed \(seed): too few states were compared as a whole")
    }

    /// - Returns: how many states could be compared as a whole.
    private func follow(_ world: World, readsChanges: Bool, _ place: String) throws -> Int {
        var wholeCount = 0
        var world = world
        let mirror = try Mirror()
        let backEnds = try world.people.keys.sorted().map { try Mirror.backEnd($0) }
        for round in 0..<12 {
            for _ in 0..<world.random.number(1..<9) { world.step() }
            let readings = backEnds.map { ($0, world.people[$0.slot.number] ?? []) }
            let coverage: Coverage = readsChanges && !world.random.oneIn(4) ? .delta : .complete
            let isHeld = try mirror.cycle(readings, coverage: coverage, batchSize: world.random.number(1..<6))
                .contains { $0.end.heldReason != nil }
            // An empty directory is never believed, so nothing can be said before somebody is in it again.
            if isHeld { continue }
            // A login that was passed between back ends or between rivals may need one cycle more.
            try mirror.cycle(readings, coverage: coverage)
            if world.isUnambiguous { wholeCount += 1 }
            try check(mirror, world, "\(place), round \(round)")
            #expect(
                try mirror.records { try mirror.cycle(readings, coverage: coverage, batchSize: 2) } == [],
                "\(place), round \(round)")
        }
        let numbers = try mirror.store.records(after: 0, bytes: .max).map(\.sequence)
        #expect(numbers == Array(1...Int64(max(1, numbers.count))), "\(place)")
        return wholeCount
    }

    private func check(_ mirror: Mirror, _ world: World, _ place: String) throws {
        let rows = try mirror.query("SELECT back_end, login, email FROM person WHERE valid_id = 1")
        if world.isUnambiguous { #expect(rows.sorted() == world.rows, "\(place)") }
        #expect(Set(rows.map { $0.split(separator: " ")[1].lowercased() }).count == rows.count, "\(place)")
        #expect(try mirror.query("SELECT count(*) FROM person WHERE login_key <> lower(login)") == ["0"], "\(place)")
        for backEnd in try mirror.store.status().backEnds {
            let count = rows.count { $0.split(separator: " ")[0] == backEnd.key.dropFirst("CustomerUser".count) }
            #expect(backEnd.people == count, "\(place), \(backEnd.key)")
        }
    }
}
