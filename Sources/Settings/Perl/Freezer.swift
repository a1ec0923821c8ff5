/// Fifth stage: what Perl would hold becomes plain values, for the keys that concern Rollcall. Here it is told what is no data.
struct Freezer {
    /// More values than any configuration has, counting one that stands in many places as often.
    static let valueLimit = 2_000_000

    private let evaluator: Evaluator
    private var findings: Findings
    private var subject = ""
    /// What has been frozen already: a container that stands in many places is worked out once.
    private var known: [Container: Frozen] = [:]
    /// The containers around the one that is being frozen.
    private var path: Set<Container> = []
    /// A flaw is told once, with the first key that it reaches.
    private var told: Set<PerlFlaw> = []

    private enum Container: Hashable {
        case array(Int)
        case hash(Int)
    }

    private struct Frozen {
        let content: Value.Content
        /// Values in it, itself included.
        let count: Int
        /// Levels of containers, itself included.
        let depth: Int
    }

    /// All settings; those that do not concern Rollcall are unknown, and nothing is said of them.
    static func settings(of evaluator: Evaluator, into findings: inout Findings) -> Hash {
        var freezer = Freezer(evaluator: evaluator, findings: findings)
        let settings = freezer.settings()
        findings = freezer.findings
        return settings
    }

    private init(evaluator: Evaluator, findings: Findings) {
        self.evaluator = evaluator
        self.findings = findings
    }

    private mutating func settings() -> Hash {
        for finding in evaluator.findings {
            if finding.isError {
                findings.error(at: finding.flaw.offset, finding.flaw.message)
            } else {
                findings.warning(at: finding.flaw.offset, finding.flaw.message)
            }
        }
        var hash = Hash()
        for pair in evaluator.heap.hashes[evaluator.settings].pairs {
            subject = pair.key.proper
            let isOurs = evaluator.concerns(subject)
            let content = isOurs ? freeze(pair.value).content : .unknown
            hash.set(Value(content, at: pair.value.offset), for: subject, keyOffset: pair.keyOffset)
        }
        return hash
    }

    // MARK: - Values

    private mutating func freeze(_ held: Held) -> Frozen {
        switch held.content {
        case .undefined: Frozen(content: .undefined, count: 1, depth: 0)
        case .text(let text): Frozen(content: .text(text.proper), count: 1, depth: 0)
        case .number(let number): Frozen(content: .number(number), count: 1, depth: 0)
        case .array(let id): freeze(.array(id), at: held.offset)
        case .hash(let id): freeze(.hash(id), at: held.offset)
        case .unknown(let flaw): refuse(flaw)
        }
    }

    private mutating func freeze(_ container: Container, at offset: Int) -> Frozen {
        if let frozen = known[container] { return bounded(frozen, at: offset) }
        guard path.count < Brackets.depthLimit, path.insert(container).inserted else { return refuseEndless(at: offset) }
        defer { path.remove(container) }
        let frozen =
            switch container {
            case .array(let id): list(evaluator.heap.arrays[id])
            case .hash(let id): hash(evaluator.heap.hashes[id])
            }
        known[container] = frozen
        return bounded(frozen, at: offset)
    }

    private mutating func bounded(_ frozen: Frozen, at offset: Int) -> Frozen {
        frozen.count <= Self.valueLimit && path.count + frozen.depth <= Brackets.depthLimit + 1
            ? frozen : refuseEndless(at: offset)
    }

    private mutating func list(_ array: Heap.Array) -> Frozen {
        if let flaw = array.flaw { return refuse(flaw) }
        let elements = array.elements.map { ($0.offset, freeze($0)) }
        return Frozen(
            content: .list(List(elements.map { Value($1.content, at: $0) })), count: Self.count(elements.map(\.1)),
            depth: Self.depth(elements.map(\.1)))
    }

    private mutating func hash(_ hash: Heap.Hash) -> Frozen {
        if let flaw = hash.flaw { return refuse(flaw) }
        var pairs = Hash()
        var values: [Frozen] = []
        for pair in hash.pairs {
            let key = pair.key.proper
            if pairs[key] != nil {
                findings.error(
                    at: pair.keyOffset,
                    "\(subject): two keys are bytes and characters of one text. Write it once, with 'use utf8;'.")
            }
            let frozen = freeze(pair.value)
            values.append(frozen)
            pairs.set(Value(frozen.content, at: pair.value.offset), for: key, keyOffset: pair.keyOffset)
        }
        return Frozen(content: .hash(pairs), count: Self.count(values), depth: Self.depth(values))
    }

    /// Beyond the limit the exact number does not matter.
    private static func count(_ values: [Frozen]) -> Int { values.reduce(1) { min($0 + $1.count, valueLimit + 1) } }

    private static func depth(_ values: [Frozen]) -> Int { 1 + (values.map(\.depth).max() ?? 0) }

    // MARK: - Flaws

    private mutating func refuseEndless(at offset: Int) -> Frozen {
        refuse(
            PerlFlaw(
                at: offset, "values nest deeper than \(Brackets.depthLimit) levels, or without end. Write them flatter."))
    }

    private mutating func refuse(_ flaw: PerlFlaw) -> Frozen {
        if !flaw.isTold, told.insert(flaw).inserted { findings.error(at: flaw.offset, "\(subject): \(flaw.message)") }
        return Frozen(content: .unknown, count: 1, depth: 0)
    }
}
