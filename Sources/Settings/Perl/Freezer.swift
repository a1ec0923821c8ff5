/// Fifth stage: what Perl would hold becomes plain values, for the keys that concern Rollcall. Here it is told what is no data.
struct Freezer {
    /// More values than any configuration has, also where one list stands in many places.
    static let valueLimit = 2_000_000

    private let evaluator: Evaluator
    private var findings: Findings
    private var subject = ""
    private var remaining = Self.valueLimit

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
            let value = isOurs ? value(pair.value, depth: 0) : Value(.unknown, at: pair.value.offset)
            hash.set(value, for: subject, keyOffset: pair.keyOffset)
        }
        return hash
    }

    private mutating func value(_ held: Held, depth: Int) -> Value {
        let offset = held.offset
        remaining -= 1
        guard depth < Brackets.depthLimit, remaining > 0 else {
            return refuse(
                PerlFlaw(
                    at: offset, "values nest deeper than \(Brackets.depthLimit) levels, or without end. Write them flatter."))
        }
        switch held.content {
        case .undefined: return Value(.undefined, at: offset)
        case .text(let text): return Value(.text(text.proper), at: offset)
        case .number(let number): return Value(.number(number), at: offset)
        case .array(let id): return list(evaluator.heap.arrays[id], depth, at: offset)
        case .hash(let id): return hash(evaluator.heap.hashes[id], depth, at: offset)
        case .unknown(let flaw): return refuse(flaw)
        }
    }

    private mutating func list(_ array: Heap.Array, _ depth: Int, at offset: Int) -> Value {
        if let flaw = array.flaw { return refuse(flaw) }
        return Value(.list(List(array.elements.map { value($0, depth: depth + 1) })), at: offset)
    }

    private mutating func hash(_ hash: Heap.Hash, _ depth: Int, at offset: Int) -> Value {
        if let flaw = hash.flaw { return refuse(flaw) }
        var frozen = Hash()
        for pair in hash.pairs {
            let key = pair.key.proper
            if frozen[key] != nil {
                findings.error(
                    at: pair.keyOffset,
                    "\(subject): two keys are bytes and characters of one text. Write it once, with 'use utf8;'.")
            }
            frozen.set(value(pair.value, depth: depth + 1), for: key, keyOffset: pair.keyOffset)
        }
        return Value(.hash(frozen), at: offset)
    }

    private mutating func refuse(_ flaw: PerlFlaw) -> Value {
        if !flaw.isTold { findings.error(at: flaw.offset, "\(subject): \(flaw.message)") }
        return Value(.unknown, at: flaw.offset)
    }
}
