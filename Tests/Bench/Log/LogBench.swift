import ChangeLog
import Dispatch
import Foundation
import Logging
import Model
import Store
import Support
import Sync

/// What `script/bench --log` measures and no command of Rollcall does by itself.
@main
struct LogBench {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let words = Array(arguments.dropFirst())
        switch (arguments.first, words.count, words.last.flatMap { Int($0) }) {
        case ("write", 3, let count?) where count > 0: try Self(words[0]).write(count, to: words[1])
        case ("deliver", 2, _): try Self(words[0]).deliver(to: words[1])
        case ("follow", 3, let count?) where count > 0: try Self(words[0]).follow(count, with: words[1])
        default:
            FileHandle.standardError.write(Data(usage.utf8))
            exit(2)
        }
    }

    private static let usage = """
        usage: log-bench write STORE FILE RECORDS      store records of changes, and deliver them beside that
               log-bench deliver STORE FILE            deliver what the file lacks
               log-bench follow STORE ROLLCALL COUNT   commit single records while 'rollcall log --follow' shows them

        """

    private let store: Store

    private init(_ path: String) throws { store = try Store(writingTo: path, form: Record.form) }

    private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    // MARK: Writing

    /// As many records in a transaction as a cycle merges people at once.
    private static let transaction = 3000

    /// What a cycle does with its records, until they are in the file and the store knows.
    private func write(_ count: Int, to path: String) throws {
        guard let slot = Slot(1) else { throw CocoaError(.featureUnsupported) }
        let groups = GroupSettings(groups: [], alwaysGroups: [:])
        let cycle = try store.beginCycle(Configuration(backEnds: [], groups: groups), now: Self.now())
        let pump = DeliveryPump(delivery(to: path))
        pump.deliverNow()
        for start in stride(from: 0, to: count, by: Self.transaction) {
            let changes = (start..<min(start + Self.transaction, count)).lazy.map(Self.change)
            if let records = try store.record(changes, of: slot, cycle: cycle, now: Self.now()) { pump.take(records) }
        }
        try store.endCycle(cycle, CycleSummary(outcome: .done, counts: [:], nanoseconds: 0), now: Self.now())
        try pump.finish()
    }

    private func deliver(to path: String) throws { try delivery(to: path).deliver() }

    private func delivery(to path: String) -> Delivery {
        Delivery(store: store, path: path, log: Logger(label: "log-bench") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Of two people in turn one has new values, and the other is given a permission.
    private static func change(_ number: Int) -> Change {
        let person = person(number)
        guard number % 2 == 0 else { return .grantAdded(.customerUser(person), grant(number)) }
        return .customerUserUpdated(
            person,
            [
                FieldChange("email", from: "\(person.login)@old.example", to: "\(person.login)@bench.example"),
                FieldChange("phone", from: "+1 555 \(number)", to: "+1 555 \(number + 1)"),
            ])
    }

    private static func person(_ number: Int) -> PersonReference {
        // Ids without any order, as those of Active Directory.
        let bits = UInt128(UInt64(number) &* 0x9E37_79B9_7F4A_7C15) << 64 | UInt128(number)
        return PersonReference(
            directoryID: DirectoryID(bits: bits), login: "user\(number)", customerID: "customer\(number % 20_000)")
    }

    private static func grant(_ number: Int) -> Grant {
        let group = "group\(number % 500)"
        return Grant(
            group: group, permission: .readWrite, source: .rule,
            rule: "UserSyncGroupsDefinition cn=\(group),ou=groups,dc=bench,dc=example")
    }

    // MARK: Following

    /// Prints the JSON line of `log-follow`: how long it takes from before a record is committed until it is shown.
    private func follow(_ count: Int, with program: String) throws {
        let records = try store.lastSequence()
        let follower = try Command(program, ["log", "--follow", "--json", "--last", "1", "--store", store.path])
        try Self.wait(for: records, follower)
        var times: [Double] = []
        for round in 0..<count {
            // So that the commits come at all moments between two looks of the follower.
            usleep(UInt32(round * 37 % 100) * 1000)
            times.append(try seconds(until: records + Int64(round) + 1, by: follower))
        }
        follower.send(SIGTERM)
        _ = try follower.finish()
        times.sort()
        print(
            String(
                format: #"{"case":"log-follow","records":%d,"p50_seconds":%.4f,"p99_seconds":%.4f}"#, Int(records),
                times[count / 2], times[count * 99 / 100]))
    }

    private func seconds(until sequence: Int64, by follower: Command) throws -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        _ = try store.record([Self.change(Int(sequence))], of: Slot(1), now: Self.now())
        try Self.wait(for: sequence, follower)
        return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    }

    private static func wait(for sequence: Int64, _ follower: Command) throws {
        try follower.waitForOutput(#""event":{"sequence":\#(sequence),"#)
    }
}
