import Dispatch
import Foundation
import Support
import Synchronization
import Testing

/// Faults at every point of a reading: nobody is removed wrongly, no grant is lost, no number of the change log is missing
/// or twice, and the next good cycle repairs everything.
@Suite(.serialized, .running(.openLDAP)) struct ReadingFaultTests {
    @Test(arguments: [nil, "full", "changed"])
    func `given a fault anywhere in a reading, when a good cycle follows, then everything is repaired`(
        strategy: String?
    ) async throws {
        guard let slapd = try Running.server as? Slapd else { throw TestFailure("no OpenLDAP") }
        let failures = try await OwnThread.run { try Self.failures(FaultStage(slapd, strategy)) }
        for failure in failures.prefix(5) { Issue.record("\(failure)") }
    }

    private static func failures(_ stage: FaultStage) throws -> [String] {
        let points = stage.points(20)
        var failures = stage.play(points.map { .cut(afterBytes: $0) } + points.map { .reset(afterBytes: $0 + 1) })
        failures += stage.play(stage.points(8).map { .stall(afterBytes: $0) }, options: "timeout => 1", workers: 8)
        let rates = [max(1000, stage.reference.bytes / 8), max(1000, stage.reference.bytes / 4)]
        failures += stage.play(rates.map { .slow(bytesPerSecond: $0) }, options: "timeout => 2", workers: 2)
        // RFC 4511 appendix A: limits, referral, refusals, busy, unavailable, unwilling, other.
        let codes: [UInt8] = [1, 2, 3, 4, 10, 11, 12, 32, 50, 51, 52, 53, 80]
        failures += stage.play(codes.flatMap { code in stage.messages(4).map { .result(code: code, message: $0) } })
        failures += stage.play(stage.messages(8).map { .reference(message: $0) })
        return failures
    }
}

/// A mirror that is up to date, a directory that has changed since, and what a good cycle makes of that.
private struct FaultStage {
    /// What the good cycle did.
    struct Reference {
        var bytes: Int
        var messages: Int
        var records: [String]
        /// People and grants in the store.
        var picture: String
    }

    let scene: Scene
    let mirror: Mirror
    let reference: Reference
    private let slapd: Slapd
    private let seed = UInt64.random(in: 1...UInt64.max)

    private static let crowd = (0..<1200).map { "m\($0)" }

    init(_ slapd: Slapd, _ strategy: String?) throws {
        self.slapd = slapd
        let scene = try Scene(slapd, .openLDAP)
        self.scene = scene
        guard let mirror = scene.mirrors.first(where: { $0.strategy == strategy }) else { throw TestFailure("no mirror") }
        self.mirror = mirror
        try scene.modify(Self.crowd.map { scene.person($0, in: "support") }.joined())
        try scene.modify(scene.regroup(adding: Array(Self.crowd[..<20]), in: "support"))
        guard try mirror.cycle().outcome.status == 0, try mirror.cycle().outcome.status == 0 else {
            throw TestFailure("the mirror is not up to date")
        }
        try scene.modify(Self.changes(scene))
        let proxy = try FaultProxy(to: slapd.port, .none)
        let copy = try Self.copy(mirror, scene.settings(strategy, host: proxy.uri))
        let good = try copy.cycle()
        guard good.outcome.status == 0 else { throw TestFailure(good.outcome.errors) }
        var records = good.records
        let (bytes, messages) = (proxy.bytes, proxy.messages)
        if scene.product.noticesDeletionsLater(strategy) {
            try copy.letFullEveryPass()
            records += try copy.cycle().records
        }
        let differences = try Comparison(of: copy.rollcall, with: DirectorySide(scene)).differences
        guard differences.isEmpty else { throw TestFailure("without faults: \(differences.prefix(5))") }
        reference = Reference(
            bytes: bytes, messages: messages, records: records.sorted(), picture: try copy.picture())
    }

    /// People who come, go, change, become invalid and change their logins, and departments; groups stay as they are, so that
    /// changes alone are read.
    private static func changes(_ scene: Scene) -> String {
        let gone = stride(from: 100, to: 1200, by: 120).map { scene.delete(crowd[$0], in: "support") }
        let changed = stride(from: 50, to: 1200, by: 12).map {
            scene.replace(crowd[$0], "mail", "new\($0)@test.example", in: "support")
        }
        let invalid = stride(from: 55, to: 1200, by: 100).map { scene.replace(crowd[$0], "title", "former", in: "support") }
        let left = stride(from: 57, to: 1200, by: 100).map {
            scene.replace(crowd[$0], "businessCategory", "supplier", in: "support")
        }
        return (gone + changed + invalid + left).joined() + scene.person("nora") + scene.rename("carl", to: "karl")
            + scene.replace("dora", "departmentNumber", nil) + scene.replace("kai", "departmentNumber", "IT")
    }

    private static func copy(_ mirror: Mirror, _ settings: String) throws -> Mirror {
        let rollcall = try Rollcall(settings)
        for name in try FileManager.default.contentsOfDirectory(atPath: mirror.rollcall.folder.path)
        where name.hasPrefix("store") || name.hasPrefix("changes") {
            try FileManager.default.copyItem(atPath: mirror.rollcall.folder[name], toPath: rollcall.folder[name])
        }
        return Mirror(strategy: mirror.strategy, rollcall: rollcall)
    }

    // MARK: Where

    /// So many numbers of bytes: half of them in the first 6,000, where the steps before the people are.
    func points(_ count: Int) -> [Int] {
        var generator = Seeded(seed)
        let early = (0..<count / 2).map { $0 * min(6000, reference.bytes) / (count / 2) }
        let late = (0..<count - count / 2).map { _ in generator.number(0..<reference.bytes) }
        return early + late
    }

    /// So many numbers of messages: the steps before the people, the people, the last ones.
    func messages(_ count: Int) -> [Int] {
        var generator = Seeded(seed)
        return (0..<count).map { index in
            switch index % 3 {
            case 0: generator.number(0..<min(12, reference.messages))
            case 1: generator.number(0..<reference.messages)
            default: generator.number(max(0, reference.messages - 12)..<reference.messages)
            }
        }
    }

    // MARK: Play

    /// Runs one bad cycle under each fault and a good one after it, some at a time, each with a mirror of its own.
    ///
    /// - Returns: what went wrong.
    func play(_ faults: [FaultProxy.Fault], options: String = "", workers: Int = 3) -> [String] {
        let failures = Mutex<[String]>([])
        let next = Mutex(0)
        let disturbed = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while case let index = next.withLock({ next in
                defer { next += 1 }; return next
            }), index < faults.count {
                do {
                    let (found, wasDisturbed) = try findings(faults[index], options)
                    if wasDisturbed { disturbed.withLock { $0 += 1 } }
                    if !found.isEmpty { failures.withLock { $0.append("\(faults[index]): \(found)") } }
                } catch {
                    failures.withLock { $0.append("\(faults[index]): \(error)") }
                }
            }
        }
        let wrong = failures.withLock(\.self).map { "seed \(seed): \($0)" }
        // Slow connections may do no harm, and neither do some refusals, such as of a group that cannot be read.
        let isHarmless = options != "timeout => 2" && disturbed.withLock(\.self) < faults.count / 10
        return isHarmless ? wrong + ["seed \(seed): hardly any of \(faults) was noticed"] : wrong
    }

    /// What is wrong after a bad and a good cycle, in words; empty when all is well.
    private func findings(
        _ fault: FaultProxy.Fault, _ options: String
    ) throws -> (String, wasDisturbed: Bool) {
        let proxy = try FaultProxy(to: slapd.port, fault)
        let copy = try Self.copy(mirror, scene.settings(mirror.strategy, host: proxy.uri, options: options))
        let bad = try copy.cycle()
        try copy.rollcall.configure(scene.settings(mirror.strategy, host: slapd.uri))
        let good = try copy.cycle()
        let finding = try finding(copy, bad, good).map { "\($0) after '\(bad.outcome.errors)' and '\(good.outcome.errors)'" }
        return (finding ?? "", bad.outcome.status != 0 || bad.state.strategy != good.state.strategy || bad.state.readsEverybody)
    }

    private func finding(_ copy: Mirror, _ bad: Mirror.Cycle, _ good: Mirror.Cycle) throws -> String? {
        guard [0, 1, 3].contains(bad.outcome.status), good.outcome.status == 0 else { return "failed" }
        if let wrong = losses(bad.records).subtracting(losses(reference.records)).first { return "wrongly \(wrong)" }
        let log = try copy.rollcall.wholeLog().map(\.sequence)
        guard log == Array(1...log.count) else { return "the change log has gaps" }
        return try late(copy, bad, good)
    }

    /// Deletions under 'changed' are noticed when everybody is read.
    private func late(_ copy: Mirror, _ bad: Mirror.Cycle, _ good: Mirror.Cycle) throws -> String? {
        var records = bad.records + good.records
        if scene.product.noticesDeletionsLater(mirror.strategy) {
            try copy.letFullEveryPass()
            records += try copy.cycle().records
        }
        if let difference = difference(records) {
            return "\(difference) was not done once, but read \(good.state.coverage ?? "")"
        }
        if try copy.picture() == reference.picture { return nil }
        return try Comparison(of: copy.rollcall, with: DirectorySide(scene)).differences.prefix(3).joined(separator: "; ")
    }

    private func difference(_ records: [String]) -> String? {
        let lasting = records.filter { !$0.contains("-held") }.sorted()
        guard lasting != reference.records else { return nil }
        return "\(Set(lasting).symmetricDifference(reference.records).sorted().prefix(3)) of \(lasting.count)"
    }

    private func losses(_ records: [String]) -> Set<String> {
        Set(records.filter { $0.hasPrefix("customer-user-invalidated") || $0.hasPrefix("grant-removed") })
    }
}
