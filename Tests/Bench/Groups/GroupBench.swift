import ChangeLog
import Dispatch
import Foundation
import Model
import Store

/// Measures the group model in this process: a store with so many people, and what is asked of it. Prints one JSON line for
/// each case; seconds are medians.
@main
struct GroupBench {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard 3...4 ~= arguments.count, let people = Int(arguments[2]),
            let values = arguments.count == 3 ? .values : ChangeLogValues(rawValue: arguments[3])
        else {
            FileHandle.standardError.write(Data("usage: group-bench STORE PEOPLE [values | names | digest]\n".utf8))
            exit(2)
        }
        let bench = try GroupBench(arguments[1], people, values)
        try bench.fill()
        try bench.ask()
        try bench.change()
    }

    private let people: Int
    private let store: Store
    /// What the change log tells of them.
    private let values: ChangeLogValues

    private static let groupCount = 500
    private static let customerCount = 20_000

    private init(_ path: String, _ people: Int, _ values: ChangeLogValues) throws {
        self.people = people
        self.values = values
        store = try Store(writingTo: path, form: Record.form)
    }

    // MARK: Filling

    /// - Parameter changed: how many of the rules, the first ones, give `rw` in place of `ro`.
    private static func backEnd(changed: Int) throws -> BackEnd {
        guard let slot = Slot(1) else { throw CocoaError(.featureUnsupported) }
        let rules = (0..<groupCount).map { number in
            GroupRules.AttributeRule(
                attribute: "g", value: "\(number)",
                gifts: [.init(group: "group\(number)", permissions: [number < changed ? .readWrite : .readOnly])])
        }
        return BackEnd(
            slot: slot, name: "Bench", connection: ConnectionSettings(servers: [.tcp(host: "x", port: 389, tls: false)]),
            search: SearchSettings(baseDN: "dc=bench", scope: .sub), mapping: Mapping(keyAttribute: "uid", rows: []),
            rules: GroupRules(byAttribute: rules), requiresGroups: true, removalLimit: .percent(100))
    }

    private static var groups: GroupSettings {
        GroupSettings(groups: ["users"] + (0..<groupCount).map { "group\($0)" }, alwaysGroups: [:])
    }

    /// - Parameter version: of the fingerprints, which change with the rules.
    private func cycle(changedRules: Int, version: Int) throws {
        let backEnd = try Self.backEnd(changed: changedRules)
        var configuration = Configuration(backEnds: [backEnd], groups: Self.groups)
        configuration.changeLogValues = values
        let number = try store.beginCycle(configuration, now: Self.now())
        let merge = Merge(store, backEnd, cycle: number, server: "ldap://bench", clock: { Self.now() })
        let pages = stride(from: 0, to: people, by: 1000).map { $0..<min($0 + 1000, people) }
        // As many at once as a cycle merges.
        for start in stride(from: 0, to: pages.count, by: 3) {
            _ = try merge.apply(
                pages[start..<min(start + 3, pages.count)].map {
                    Generated(numbers: $0, customers: Self.customerCount, version: version)
                })
        }
        try merge.endFirstFill()
        _ = try merge.close(ReadingEnd(coverage: .complete, strategy: .full, entries: people))
        try store.endCycle(number, CycleSummary(outcome: .done, counts: [:], nanoseconds: 0), now: Self.now())
    }

    private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    private func fill() throws {
        try measure("fill", count: people) { try cycle(changedRules: 0, version: 1) }
        let customers = (0..<Self.customerCount).map { "customer\($0)" }
        for (number, start) in stride(from: 0, to: customers.count, by: 1000).enumerated() {
            let some = Array(customers[start..<min(start + 1000, customers.count)])
            _ = try store.carryOut(
                GrantCommand(.grant, customers: some, groups: ["group\(number)"], permissions: [.readOnly]), order("bench"))
        }
    }

    private func order(_ text: String) -> CommandOrder { CommandOrder(actor: "bench", now: Self.now(), text: text) }

    // MARK: Asking

    private static let rounds = 101

    private func ask() throws {
        try repeated("explain") { round in
            _ = try store.explain("user\(round * 7919 % people)")?.permissions
        }
        try repeated("members-page-rules") { round in
            _ = try store.members(of: "group\(100 + round)", after: "user\(round * 7919 % people)", limit: 200)
        }
        try repeated("members-page-customers") { round in
            _ = try store.members(of: "group\(round % 20)", after: "user\(round * 7919 % people)", limit: 200)
        }
        try repeated("effective-permission-view") { round in
            _ = try store.effectivePermissions(ofLogin: "user\(round * 7919 % people)")
        }
    }

    private func change() throws {
        let logins = (0..<min(1000, people)).map { "user\($0)" }
        try measure("grant-1000-people", count: logins.count) {
            _ = try store.carryOut(
                GrantCommand(.grant, users: logins, groups: ["users"], permissions: [.readOnly]), order("grant"))
        }
        try measure("one-rule-changed", count: people) { try cycle(changedRules: 1, version: 2) }
        try measure("every-rule-changed", count: people) { try cycle(changedRules: Self.groupCount, version: 3) }
    }

    // MARK: Measuring

    private func measure(_ name: String, count: Int, _ body: () throws -> Void) throws {
        let before = Self.cpuSeconds
        let seconds = try Self.seconds(body)
        print(name, seconds, count, cpu: Self.cpuSeconds - before)
    }

    private func repeated(_ name: String, _ body: (Int) throws -> Void) throws {
        var times: [Double] = []
        for round in 0..<Self.rounds { times.append(try Self.seconds { try body(round) }) }
        times.sort()
        print(name, times[times.count / 2], Self.rounds, worst: times[times.count * 99 / 100])
    }

    private static func seconds(_ body: () throws -> Void) throws -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        try body()
        return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    }

    private static var usage: rusage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage
    }

    /// User and system time of all threads so far.
    private static var cpuSeconds: Double {
        let usage = usage
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    private func print(_ name: String, _ seconds: Double, _ count: Int, worst: Double? = nil, cpu: Double? = nil) {
        let worst = worst.map { String(format: #","p99_seconds":%.6f"#, $0) } ?? ""
        let cpu = cpu.map { String(format: #","cpu_seconds":%.2f"#, $0) } ?? ""
        Swift.print(
            String(
                format: #"{"case":"groups-%@","users":%d,"seconds":%.6f%@%@,"peak_mib":%.1f}"#, name, people, seconds, worst,
                cpu, Double(Self.usage.ru_maxrss) / 1024))
    }
}

/// People who exist only here: each with three of the values that rules look at, and one of the customers.
private struct Generated: MappedBatch {
    let numbers: Range<Int>
    let customers: Int
    let headers: [EntryHeader]
    var problems: [Problem] { [] }

    init(numbers: Range<Int>, customers: Int, version: Int) {
        self.numbers = numbers
        self.customers = customers
        headers = numbers.map { number in
            // Ids without any order, as those of Active Directory.
            let bits = UInt128(UInt64(number) &* 0x9E37_79B9_7F4A_7C15) << 64 | UInt128(number)
            return EntryHeader(id: DirectoryID(bits: bits), fingerprint: Fingerprint(bits: UInt128(number << 8 | version)))
        }
    }

    func dn(at index: Int) -> String { "uid=user\(numbers.lowerBound + index),dc=bench" }

    func person(at index: Int) -> MappedPerson {
        let number = numbers.lowerBound + index
        let user = CustomerUser([
            .login: "user\(number)", .email: "user\(number)@bench.example", .customerID: "customer\(number % customers)",
            .firstName: "First\(number % 977)", .lastName: "Last\(number % 7919)", .phone: "+1 555 \(number)",
        ])
        let values = [number % 499, number % 491 + 3, number % 487 + 7].map { "\($0)" }
        return MappedPerson(customerUser: user, facts: RuleFacts(values: ["g": values]))
    }
}
