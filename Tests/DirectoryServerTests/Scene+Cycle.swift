import Dispatch
import Foundation
import Support
import Synchronization
import Testing

extension Scene {
    /// Runs a cycle of every mirror and compares each with the directory.
    ///
    /// - Parameters:
    ///   - expected: the change records that the cycle makes, in any order, such as `grant-added anna by-member`; nil if they
    ///     do not matter.
    ///   - way: how the strategies that can tell changes are expected to read.
    func cycle(_ expected: [String]? = nil, _ way: Way = .usual, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let surroundings = dialect.followsLater ? try DirectorySide.surroundings(self) : nil
        let isLastGone = try mirrors.map(isLastChangedGone)
        let cycles = try sideBySide { try $0.cycle() }
        let directory = try DirectorySide(self)
        let isSteady = surroundings == nil || surroundings == directory.surroundings
        for (index, (mirror, cycle)) in zip(mirrors, cycles).enumerated() {
            try require(
                cycle, of: mirror, way, isSteady ? directory.surroundings : nil, isLastGone[index], sourceLocation)
            try compare(cycle, of: mirror, with: directory, expected, sourceLocation)
        }
        known.withLock { $0.surroundings = isSteady ? directory.surroundings : nil }
    }

    /// How a cycle reads.
    enum Way {
        /// What has changed, if units and groups are as they were.
        case usual
        /// Everybody, for one of these reasons.
        case everybody([String])
        /// By one of these strategies.
        case strategies([String])
        /// It does not matter.
        case any
    }

    /// Runs a cycle of every mirror under a fault: it may fail, and takes nothing from anybody.
    ///
    /// - Parameter allowed: records of what is taken away all the same.
    func badCycle(allowed: [String] = [], sourceLocation: SourceLocation = #_sourceLocation) throws {
        for (mirror, cycle) in zip(mirrors, try sideBySide { try $0.cycle() }) {
            let losses = cycle.records.filter {
                $0.hasPrefix("customer-user-invalidated") || $0.hasPrefix("grant-removed")
            }
            report(
                "\(name(mirror)): the cycle said '\(cycle.outcome.errors)' and took away",
                unmarked(losses).filter { !allowed.contains($0) }, sourceLocation)
        }
        known.withLock { $0.surroundings = nil }
    }

    /// The same for all mirrors at a time.
    private func sideBySide<Value: Sendable>(_ body: @Sendable (Mirror) throws -> Value) throws -> [Value] {
        let results = Mutex<[Int: Result<Value, any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: mirrors.count) { index in
            let result = Result { try body(mirrors[index]) }
            results.withLock { $0[index] = result }
        }
        return try results.withLock { results in try mirrors.indices.compactMap { try results[$0]?.get() } }
    }

    /// Whether the person by whose time stamp the mirror goes on is no longer in the directory.
    private func isLastChangedGone(_ mirror: Mirror) throws -> Bool {
        guard let id = try mirror.lastChanged() else { return false }
        let digits = id.filter { $0 != "-" }
        let groups = stride(from: 0, to: 32, by: 8).map { digits.dropFirst($0).prefix(8) }.joined(separator: "-")
        return try server.search(server.suffix, filter: "(|(entryUUID=\(id))(nsUniqueId=\(groups)))", ["1.1"]).isEmpty
    }

    /// The cycle went well, and read what the strategy promises: without a change of units and groups not everybody, but
    /// when the last one who was changed is gone.
    ///
    /// - Parameter surroundings: nil when they were changing during the cycle.
    private func require(
        _ cycle: Mirror.Cycle, of mirror: Mirror, _ way: Way, _ surroundings: Set<String>?, _ isLastGone: Bool,
        _ sourceLocation: SourceLocation
    ) throws {
        let name = name(mirror)
        guard cycle.outcome.status == 0 else {
            throw TestFailure("\(name): the cycle ended with \(cycle.outcome.status): \(cycle.outcome.errors)")
        }
        let (known, wasRestarted) = known.withLock { ($0.surroundings, $0.serverWasRestarted) }
        let strategy = product.strategy(mirror.strategy)
        var isRight = cycle.state.strategy == strategy
        if case .strategies(let others) = way { isRight = others.contains(cycle.state.strategy ?? "") }
        if strategy == "full" {
            isRight = isRight && cycle.state.coverage == "complete"
        } else if case .strategies = way {
        } else if case .everybody(let reasons) = way {
            let reason = cycle.state.reason ?? ""
            isRight = cycle.state.coverage == "complete" && reasons.contains { reason.contains($0) }
        } else if case .usual = way, let known, let surroundings {
            isRight = isRight && cycle.state.readsEverybody == (known != surroundings || isLastGone)
            // After a restart OpenLDAP names who is there in place of who is gone.
            let provesAbsence =
                known != surroundings || isLastGone || wasRestarted && product == .openLDAP && strategy == "sync"
            isRight = isRight && (cycle.state.coverage == "delta" || provesAbsence && cycle.state.coverage == "complete")
        }
        if !isRight {
            Issue.record(
                "\(name): the cycle read in another way than it should: \(cycle.state), \(cycle.outcome.errors)",
                sourceLocation: sourceLocation)
        }
    }

    /// Compares a mirror and the records of its last cycle with what they should be.
    private func compare(
        _ cycle: Mirror.Cycle, of mirror: Mirror, with directory: DirectorySide, _ expected: [String]?,
        _ sourceLocation: SourceLocation
    ) throws {
        var cycle = cycle
        let name = name(mirror)
        if product.noticesDeletionsLater(mirror.strategy), cycle.state.coverage == "delta" {
            let differences = try Comparison(of: mirror.rollcall, with: directory).differences
                .filter { !$0.contains(": not in the directory, ") }
            report("\(name): the cycle said '\(cycle.outcome.errors)', and the mirror differs", differences, sourceLocation)
            try mirror.letFullEveryPass()
            let second = try mirror.cycle()
            guard second.outcome.status == 0, second.state.coverage == "complete" else {
                throw TestFailure(
                    "\(name): the cycle ended with \(second.outcome.status): \(second.state) \(second.outcome.errors)")
            }
            if let expected {
                let early = Self.subtracting(expected, from: unmarked(cycle.records))
                report("\(name): the cycle of changes recorded unexpectedly", early, sourceLocation)
            }
            cycle.records += second.records
        }
        if let expected {
            let records = unmarked(cycle.records)
            report("\(name): the cycle did not record", Self.subtracting(records, from: expected), sourceLocation)
            report("\(name): the cycle recorded unexpectedly", Self.subtracting(expected, from: records), sourceLocation)
        }
        let differences = try Comparison(of: mirror.rollcall, with: directory).differences
        report("\(name): the cycle said '\(cycle.outcome.errors)', and the mirror differs", differences, sourceLocation)
    }

    private func name(_ mirror: Mirror) -> String { mirror.strategy ?? "auto" }

    private func unmarked(_ records: [String]) -> [String] { records.map { $0.replacingOccurrences(of: mark, with: "") } }

    /// Fails with the lines, if there are any, and at most twenty of them.
    private func report(_ what: String, _ lines: [String], _ sourceLocation: SourceLocation) {
        guard !lines.isEmpty else { return }
        let more = lines.count > 20 ? ["and \(lines.count - 20) more"] : []
        let text = (["\(what):"] + lines.prefix(20) + more).joined(separator: "\n")
        Issue.record(Comment(rawValue: text), sourceLocation: sourceLocation)
    }

    /// What remains when each of `some` is taken away once.
    private static func subtracting(_ some: [String], from all: [String]) -> [String] {
        let counts = some.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        return Dictionary(grouping: all) { $0 }.sorted { $0.key < $1.key }.flatMap { line, lines in
            lines.dropFirst(counts[line] ?? 0)
        }
    }
}
